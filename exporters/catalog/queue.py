"""What the queue exporters measure: do jobs get done, how long do they wait, who does them?

One vocabulary for every queue system. ``system`` is its name (``rq``, ``celery``);
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
    source="RQ: lists and registries; Celery: all priorities of a queue, and unacked",
)

oldest_ready_job_age_seconds = gauge(
    "queue_oldest_ready_job_age_seconds",
    "How long the next job has been able to run; absent when none is, or when nobody knows.",
    unit="seconds",
    labels=("system", "queue"),
    source="RQ: enqueued_at, or its time if it was delayed; Celery: the header published_at",
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
    source="RQ: successful_job_count and failed_job_count of every worker",
)

jobs_failed_total = counter(
    "queue_jobs_failed_total",
    "Jobs that ended in a failure, since the exporter first looked.",
    labels=("system", "queue"),
    source="RQ: failed_job_count of every worker",
)

jobs_seconds_total = counter(
    "queue_jobs_seconds_total",
    "Time that workers spent on jobs, since the exporter first looked.",
    unit="seconds",
    labels=("system", "queue"),
    source="RQ: total_working_time of every worker",
)

workers = gauge(
    "queue_workers",
    "Workers that take jobs from a queue; one that serves several counts for each of them.",
    labels=("system", "queue"),
    source="RQ: registered workers that have not died",
)

paused = gauge(
    "queue_paused",
    "Whether workers were told to take no jobs (1) or not (0).",
    labels=("system", "queue"),
    source="RQ: suspended",
)

unwatched_queues = gauge(
    "queue_unwatched_queues",
    "Queues that exist and are not measured, because there are too many of them.",
    labels=("system",),
)
