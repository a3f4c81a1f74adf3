"""What Laravel Horizon says of itself: does it run, is it paused, what does it remember?

What it knows of queues and jobs is in the words of all queue systems, in ``queue.py``.
"""

from exporters.catalog.family import gauge

# Every value of the label `status`.
STATUSES = ("running", "paused")

# Every value of the label `list`: the jobs that Horizon lists, for an hour or, of those
# that failed and those that somebody monitors, for a week.
LISTS = ("recent", "pending", "completed", "silenced", "monitored", "recent_failed", "failed")

masters = gauge(
    "horizon_masters",
    "Horizon's masters that gave a sign of life in the last 15 s; none means that it does not run.",
    labels=("status",),
    source="masters, and the hash of each",
)

supervisors = gauge(
    "horizon_supervisors",
    "Horizon's supervisors that gave a sign of life in the last 30 s.",
    labels=("status",),
    source="supervisors, and the hash of each",
)

remembered_jobs = gauge(
    "horizon_remembered_jobs",
    "Jobs that Horizon lists; it forgets them by their age, as long as it runs.",
    labels=("list",),
    source="recent_jobs, pending_jobs, completed_jobs, silenced_jobs, monitored_jobs, "
    "recent_failed_jobs, failed_jobs",
)

jobs_per_minute = gauge(
    "horizon_jobs_per_minute",
    "Jobs that went well per minute since the last snapshot, as Horizon's own page says; absent "
    "until there is a snapshot.",
    source="throughput of every queue, last_snapshot_at",
)

last_snapshot_timestamp_seconds = gauge(
    "horizon_last_snapshot_timestamp_seconds",
    "When horizon:snapshot ran last; absent when it never has.",
    unit="seconds",
    source="last_snapshot_at",
)
