"""Laravel Horizon at a glance: does it run, does it keep up, with which jobs?"""

from alerts.horizon import HorizonNotRunning, HorizonPaused
from alerts.queue import MAX_FAILED_SHARE
from exporters.catalog import horizon, queue
from generator.annotations import firing
from generator.panels import Dashboard, Query, Variable, bars, stat, timeseries

# U5: what a healthy Horizon does.
MIN_JOBS_PER_MINUTE = 100

service = Variable("service", horizon.masters)
instance = Variable("instance", horizon.masters)

# Other systems may have a target of the same service.
_OURS = {"system": "laravel"}


masters = timeseries(
    "Masters",
    Query(f"sum without (status) ({horizon.masters(service, instance)})", legend="{{instance}}"),
    unit="short",
    line=1,
    bad="below",
    help="Masters that gave a sign of life in the last 15 s. We page when there is none.",
    alerts=[HorizonNotRunning],
)

paused = stat(
    "Paused masters",
    f"""sum({horizon.masters(service, instance, status="paused")})""",
    help="Masters that were told to rest. Worry when nobody remembers why.",
    alerts=[HorizonPaused],
)

supervisors = timeseries(
    "Supervisors",
    Query(
        horizon.supervisors(service, instance),
        legend="{{instance}} {{status}}",
    ),
    unit="short",
    help="Supervisors that gave a sign of life in the last 30 s, by what they do.",
)

snapshot_age = stat(
    "Since the last snapshot",
    f"max(time() - {horizon.last_snapshot_timestamp_seconds(service, instance)})",
    unit="s",
    help="horizon:snapshot should run every five minutes; without it Horizon's own graphs stand "
    "still.",
)

processes = timeseries(
    "Processes",
    Query(queue.workers(service, instance, **_OURS), legend="{{instance}} {{queue}}"),
    unit="short",
    help="Processes that take jobs from each queue; one that serves several counts for each.",
)

per_minute = timeseries(
    "Jobs per minute",
    Query(horizon.jobs_per_minute(service, instance), legend="{{instance}}"),
    unit="short",
    line=MIN_JOBS_PER_MINUTE,
    bad="below",
    help="Jobs that went well since the last snapshot, per minute: Horizon's own number. The line "
    "is the target.",
)

done = timeseries(
    "Jobs done",
    Query(
        f"rate({queue.jobs_processed_total(service, instance, **_OURS)}[$__rate_interval])",
        legend="{{instance}} {{queue}}",
    ),
    unit="ops",
    help="Jobs that ended per second, well or not, by queue. Worry when it falls while jobs wait.",
)

failed_share = timeseries(
    "Failed share",
    Query(
        f"""
        rate({queue.jobs_failed_total(service, instance, **_OURS)}[$__rate_interval])
          /
        rate({queue.jobs_processed_total(service, instance, **_OURS)}[$__rate_interval])
        """,
        legend="{{instance}} {{queue}}",
    ),
    unit="percentunit",
    line=MAX_FAILED_SHARE,
    help="Of the jobs that ended, those that failed. The line is the target.",
)

waiting = timeseries(
    "Waiting jobs",
    Query(
        queue.jobs(service, instance, state="ready", **_OURS),
        legend="{{instance}} {{queue}}",
    ),
    unit="short",
    help="Jobs that wait for a process, by queue. Each should stay below fifty.",
)

expected_wait = timeseries(
    "Expected wait",
    Query(
        f"""
        {queue.jobs(service, instance, state="ready", **_OURS)}
          / ignoring (state)
        {queue.workers(service, instance, **_OURS)}
          * ignoring (state)
        (
          rate({queue.jobs_seconds_total(service, instance, **_OURS)}[$__rate_interval])
            /
          rate({queue.jobs_processed_total(service, instance, **_OURS)}[$__rate_interval])
        )
        """,
        legend="{{instance}} {{queue}}",
    ),
    unit="s",
    help="What waits, times how long a job takes, shared by the processes: how long a job that is "
    "added now will wait.",
)

by_class = timeseries(
    "Jobs done, by class",
    Query(
        f"rate({queue.job_class_processed_total(service, instance)}[$__rate_interval])",
        legend="{{instance}} {{job_class}}",
    ),
    unit="ops",
    help="Jobs that ended, well or not, by their class.",
)

failed_by_class = timeseries(
    "Failures, by class",
    Query(
        f"rate({queue.job_class_failed_total(service, instance)}[$__rate_interval])",
        legend="{{instance}} {{job_class}}",
    ),
    unit="ops",
    help="Jobs that ended in a failure, by their class. Worry about one that leads.",
)

duration_by_class = timeseries(
    "Job duration, by class",
    Query(
        f"""
        rate({queue.job_class_seconds_total(service, instance)}[$__rate_interval])
          /
        rate({queue.job_class_processed_total(service, instance)}[$__rate_interval])
        """,
        legend="{{instance}} {{job_class}}",
    ),
    unit="s",
    help="Mean time that a job of a class takes. Worry when it leaves its usual band.",
)

next_jobs = bars(
    "Next jobs, by class",
    Query(
        f"""
        sum by (instance, job_class) ({queue.next_jobs(service, instance)})
          or on (instance)
        sum by (instance) ({queue.jobs(service, instance, state="ready", **_OURS)}) == 0
        """,
        legend="{{instance}} {{job_class}}",
    ),
    unit="short",
    help="Of the next fifty jobs of each queue, how many are of which class: what a long queue "
    "is made of.",
)

remembered = bars(
    "What Horizon lists",
    Query(horizon.remembered_jobs(service, instance), legend="{{instance}} {{list}}"),
    unit="short",
    help="Jobs that Horizon shows on its pages; they take memory until it forgets them.",
)


dashboard = Dashboard(
    "Horizon",
    "Laravel Horizon: does it run, does it keep up, with which jobs?",
    variables=[service, instance],
    annotations=[firing(service, instance)],
    rows={
        "Does it run?": [masters, supervisors, processes, paused, snapshot_age],
        "Does it keep up?": [per_minute, done, failed_share, waiting, expected_wait],
        "With which jobs?": [
            by_class,
            failed_by_class,
            duration_by_class,
            next_jobs,
            remembered,
        ],
    },
)
