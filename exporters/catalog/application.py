"""What applications say of their caches and their jobs, as they see them from inside.

An application exposes these itself, through `exporters.application`; what the servers
behind it say is in `cache` and `queue`.
"""

from exporters.catalog.family import counter, gauge, histogram
from exporters.catalog.http import SECONDS

cache_lookups_total = counter(
    "application_cache_lookups_total",
    "Lookups in a cache of the application, by result: hit or miss.",
    labels=("cache", "result"),
)

cache_lookup_duration_seconds = histogram(
    "application_cache_lookup_duration_seconds",
    "Time that a lookup in a cache took.",
    unit="seconds",
    labels=("cache",),
    # A cache answers within milliseconds, or is of no use.
    buckets=(0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.5),
)

job_duration_seconds = histogram(
    "application_job_duration_seconds",
    "Time that a job took, by how it ended: processed or failed.",
    unit="seconds",
    labels=("queue", "job_class", "status"),
    buckets=(*SECONDS, 30.0, 60.0, 300.0),
    source="its count is the number of jobs",
)

jobs_in_progress = gauge(
    "application_jobs_in_progress",
    "Jobs that were begun and have not ended yet.",
    labels=("queue",),
)

deployed_timestamp_seconds = gauge(
    "application_deployed_timestamp_seconds",
    "When the release that runs was deployed.",
    unit="seconds",
    labels=("release",),
)
