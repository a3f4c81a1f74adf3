"""What the queue exporters measure: do jobs get done, how long do they wait, who does them?

One vocabulary for every queue system. ``system`` is its name (``rq``, ``celery``, ``laravel``);
``queue`` is empty where a system does not tell queues apart. What a system does not
record is absent, never 0.
"""

from exporters.catalog.family import counter, gauge

# Every value of the label `state`, and what the systems call it.
#   ready      may run now and waits for a worker
#   delayed    waits for its time
#   deferred   waits for other jobs
#   reserved   handed to a worker, which has not said that it is done
#   finished   done, and still remembered
#   failed     failed for good, and kept for people to look at
STATES = ("ready", "delayed", "deferred", "reserved", "finished", "failed")

up = gauge(
    "queue_up",
    "Whether the server that holds the queues answered the last scrape (1) or not (0).",
)

jobs = gauge(
    "queue_jobs",
    "Jobs by state: ready, delayed, deferred, reserved, finished or failed.",
    labels=("system", "queue", "state"),
    source="RQ: lists and registries; Celery: all priorities of a queue, and unacked; "
    "Laravel: queues:NAME, :delayed and :reserved, failed_jobs",
)

oldest_ready_job_age_seconds = gauge(
    "queue_oldest_ready_job_age_seconds",
    "How long the next job has been able to run; absent when none is, or when nobody knows.",
    unit="seconds",
    labels=("system", "queue"),
    source="RQ: enqueued_at, or its time if it was delayed; Celery: the header published_at; "
    "Laravel: pushedAt or createdAt, delay, and Horizon's updated_at",
)

oldest_reserved_job_age_seconds = gauge(
    "queue_oldest_reserved_job_age_seconds",
    "How long ago the oldest of the jobs that workers hold was handed out; absent when none is.",
    unit="seconds",
    labels=("system", "queue"),
    source="Celery: unacked_index",
)

jobs_processed_total = counter(
    "queue_jobs_processed_total",
    "Jobs that ended, well or not, since the exporter first looked.",
    labels=("system", "queue"),
    source="RQ: successful_job_count and failed_job_count of every worker; "
    "Horizon: throughput, its snapshots, and failed_jobs",
)

jobs_failed_total = counter(
    "queue_jobs_failed_total",
    "Jobs that ended in a failure, since the exporter first looked.",
    labels=("system", "queue"),
    source="RQ: failed_job_count of every worker; Horizon: failed_jobs",
)

jobs_seconds_total = counter(
    "queue_jobs_seconds_total",
    "Time that workers spent on jobs, since the exporter first looked.",
    unit="seconds",
    labels=("system", "queue"),
    source="RQ: total_working_time of every worker; Horizon: throughput x runtime",
)

job_class_processed_total = counter(
    "queue_job_class_processed_total",
    "Jobs of a class that ended, well or not, in any queue, since the exporter first looked.",
    labels=("system", "job_class"),
    source="Horizon: throughput, its snapshots, and failed_jobs",
)

job_class_failed_total = counter(
    "queue_job_class_failed_total",
    "Jobs of a class that ended in a failure, in any queue, since the exporter first looked.",
    labels=("system", "job_class"),
    source="Horizon: failed_jobs",
)

job_class_seconds_total = counter(
    "queue_job_class_seconds_total",
    "Time that workers spent on jobs of a class, since the exporter first looked.",
    unit="seconds",
    labels=("system", "job_class"),
    source="Horizon: throughput x runtime",
)

next_jobs = gauge(
    "queue_next_jobs",
    "Of the next fifty jobs of a queue, how many are of a class; looked at now and then.",
    labels=("system", "queue", "job_class"),
    source="Laravel: displayName in the first fifty of queues:NAME",
)

notifications = gauge(
    "queue_notifications",
    "Entries of the list that wakes workers; more than ready jobs are left from former ones.",
    labels=("system", "queue"),
    source="Laravel: queues:NAME:notify",
)

workers = gauge(
    "queue_workers",
    "Workers that take jobs from a queue; one that serves several counts for each of them.",
    labels=("system", "queue"),
    source="RQ: registered workers that have not died; Horizon: processes of every supervisor",
)

paused = gauge(
    "queue_paused",
    "Whether workers were told to take no jobs (1) or not (0).",
    labels=("system", "queue"),
    source="RQ: suspended; Horizon: every supervisor of the queue is paused",
)

unwatched_queues = gauge(
    "queue_unwatched_queues",
    "Queues that exist and are not measured, because there are too many of them.",
    labels=("system",),
)
