"""The queues at a glance: do jobs get done, how many wait, who does them?"""

from alerts.queue import (
    MAX_AGE,
    MAX_FAILED,
    MAX_FAILED_SHARE,
    MAX_READY,
    QueueDepthHigh,
    QueueFailedJobs,
    QueueSourceDown,
    QueueStuck,
    QueueWorkersGone,
    failed,
    ready,
)
from exporters.catalog import queue
from generator.annotations import firing
from generator.panels import Dashboard, Query, Variable, bars, stat, timeseries

service = Variable("service", queue.up)
instance = Variable("instance", queue.up)


answering = stat(
    "Answering",
    f"avg({queue.up(service, instance)})",
    unit="percentunit",
    line=1,
    bad="below",
    help="Share of the queues' servers that answered their last scrape. Worry below 100 %.",
    alerts=[QueueSourceDown],
)

busy = stat(
    "At work",
    f"""sum({queue.jobs(service, instance, state="reserved")})""",
    help="Jobs that workers hold now.",
)

oldest = timeseries(
    "Oldest waiting job",
    Query(
        f"""
        {queue.oldest_ready_job_age_seconds(service, instance)}
          or ignoring (state)
        ({queue.jobs(service, instance, state="ready")} == 0)
        """,
        legend="{{instance}} {{queue}}",
    ),
    unit="s",
    line=MAX_AGE,
    help="How long the next job has been able to run; 0 where none waits. The line is where we "
    "page.",
    alerts=[QueueStuck],
)

throughput = timeseries(
    "Jobs done",
    Query(
        f"rate({queue.jobs_processed_total(service, instance)}[$__rate_interval])",
        legend="{{instance}} {{queue}}",
    ),
    unit="ops",
    help="Jobs that ended per second, well or not. Worry when it falls while jobs wait.",
)

failed_share = timeseries(
    "Failed share",
    Query(
        f"""
        rate({queue.jobs_failed_total(service, instance)}[$__rate_interval])
          /
        rate({queue.jobs_processed_total(service, instance)}[$__rate_interval])
        """,
        legend="{{instance}} {{queue}}",
    ),
    unit="percentunit",
    line=MAX_FAILED_SHARE,
    help="Of the jobs that ended, those that failed. The line is the target.",
)

duration = timeseries(
    "Job duration",
    Query(
        f"""
        rate({queue.jobs_seconds_total(service, instance)}[$__rate_interval])
          /
        rate({queue.jobs_processed_total(service, instance)}[$__rate_interval])
        """,
        legend="{{instance}} {{queue}}",
    ),
    unit="s",
    help="Mean time that a job takes. Worry when it leaves its usual band.",
)

waiting = timeseries(
    "Waiting jobs, all queues",
    Query(ready(service, instance), legend="{{instance}}"),
    unit="short",
    line=MAX_READY,
    help="Jobs that wait for a worker, by target. The line is where we alert.",
    alerts=[QueueDepthHigh],
)

waiting_by_queue = bars(
    "Waiting jobs",
    Query(
        queue.jobs(service, instance, state="ready"),
        legend="{{instance}} {{queue}}",
    ),
    unit="short",
    help="Jobs that wait for a worker, by queue.",
)

states = timeseries(
    "Jobs by state",
    Query(
        f"sum by (state) ({queue.jobs(service, instance)})",
        legend="{{state}}",
    ),
    unit="short",
    help="Jobs that wait for a worker, for their time or for others, are at work, done or failed.",
)

failures = timeseries(
    "Failed jobs",
    Query(failed(service, instance), legend="{{instance}}"),
    unit="short",
    line=MAX_FAILED,
    help="Failed jobs that are kept for somebody to look at. The line is where we alert.",
    alerts=[QueueFailedJobs],
)

workers = timeseries(
    "Workers",
    Query(queue.workers(service, instance), legend="{{instance}} {{queue}}"),
    unit="short",
    help="Workers that take jobs from each queue. We page when none is left and jobs wait.",
    alerts=[QueueWorkersGone],
)

paused = stat(
    "Paused",
    f"sum({queue.paused(service, instance)})",
    help="Queues whose workers were told to rest. Worry when nobody remembers why.",
)

unwatched = stat(
    "Not measured",
    f"sum({queue.unwatched_queues(service, instance)})",
    help="Queues beyond the hundred of a target that are measured; name those that matter in the "
    "settings.",
)


dashboard = Dashboard(
    "Queue",
    "Background jobs: do they get done, how many wait, who does them?",
    links=("cache", "scrape"),
    variables=[service, instance],
    annotations=[firing(service, instance)],
    rows={
        "Do jobs get done?": [answering, busy, oldest, throughput, failed_share, duration],
        "How many wait?": [waiting, waiting_by_queue, states, failures],
        "Who does them?": [workers, paused, unwatched],
    },
)
