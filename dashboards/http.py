"""What applications say of themselves: do users get what they ask for, in time?"""

from alerts.deployments import (
    WATCH_SECONDS,
    DeploymentFailing,
    DeploymentSlow,
    since_deployment,
)
from alerts.http import (
    MAX_ERROR_RATIO,
    MAX_JOB_FAILURES,
    MAX_P95_SECONDS,
    ApplicationJobsFailing,
    HttpErrorsHigh,
    HttpLatencyHigh,
    error_ratio,
    job_failure_ratio,
    p95,
)
from exporters.catalog import application, http
from exporters.catalog.family import regex
from generator.annotations import Annotation, firing
from generator.panels import Dashboard, Query, Variable, bars, stat, timeseries

service = Variable("service", http.request_duration_seconds.count)
instance = Variable("instance", http.request_duration_seconds.count)

duration = http.request_duration_seconds
lookups = application.cache_lookups_total


def quantile(share: float) -> str:
    """Return the time within which a share of all requests was answered."""
    return f"""
        histogram_quantile(
          {share},
          sum by (le) (rate({duration.bucket(service, instance)}[$__rate_interval]))
        )
        """


slowest = stat(
    "Slowest service, p95",
    f"max({p95(service)})",
    unit="s",
    line=MAX_P95_SECONDS,
    help="19 of 20 requests are answered within this. The colour changes where we page.",
)

failing = stat(
    "Most errors",
    f"max({error_ratio(service)})",
    unit="percentunit",
    line=MAX_ERROR_RATIO,
    help="Share of requests that end in an error of ours. The colour changes where we page.",
)

running = stat(
    "Requests in progress",
    f"sum({http.requests_in_progress(service, instance)})",
    help="Requests that wait for an answer now. Worry when they pile up: answers do not come.",
)

deployment = stat(
    "Since the last deployment",
    f"min({since_deployment(service)})",
    unit="s",
    line=WATCH_SECONDS,
    bad="below",
    help="While it is shorter than the line, errors and slow answers are a reason to take the "
    "release back.",
    alerts=[DeploymentFailing, DeploymentSlow],
)

rates = timeseries(
    "Requests",
    Query(
        f"sum by (service) (rate({duration.count(service, instance)}[$__rate_interval]))",
        legend="{{service}}",
    ),
    unit="ops",
    help="Requests a second. Worry about a sudden fall: they do not reach us any more.",
)

errors = timeseries(
    "Error ratio",
    Query(error_ratio(service), legend="{{service}}"),
    unit="percentunit",
    line=MAX_ERROR_RATIO,
    help="Share of requests answered with a 5xx, over five minutes. The line is where we page.",
    alerts=[HttpErrorsHigh],
)

latency = timeseries(
    "Latency, p95 by service",
    Query(p95(service), legend="{{service}}"),
    unit="s",
    line=MAX_P95_SECONDS,
    help="Time within which 19 of 20 requests are answered. The line is where we page.",
    alerts=[HttpLatencyHigh],
)

percentiles = timeseries(
    "Latency by percentile",
    Query(quantile(0.5), legend="p50"),
    Query(quantile(0.95), legend="p95"),
    Query(quantile(0.99), legend="p99"),
    Query(quantile(0.999), legend="p99.9"),
    unit="s",
    help="How far the slow ones are from the usual one. When all rise, everybody waits; when "
    "p99.9 alone does, look for what is rare.",
)

statuses = bars(
    "Requests by status",
    Query(
        f"sum by (status) (rate({duration.count(service, instance)}[$__rate_interval]))",
        legend="{{status}}",
    ),
    unit="ops",
    help="Requests a second by status: 5xx is our fault, 4xx is theirs, 499 did not wait.",
)

endpoint_rates = timeseries(
    "Busiest endpoints",
    Query(
        f"""
        topk(10, sum by (method, endpoint) (
          rate({duration.count(service, instance)}[$__rate_interval])
        ))
        """,
        legend="{{method}} {{endpoint}}",
    ),
    unit="ops",
    help="Requests a second of the ten busiest endpoints.",
)

endpoint_latency = timeseries(
    "Slowest endpoints, p95",
    Query(
        f"""
        topk(10, histogram_quantile(
          0.95,
          sum by (endpoint, le) (rate({duration.bucket(service, instance)}[$__rate_interval]))
        ))
        """,
        legend="{{endpoint}}",
    ),
    unit="s",
    help="Where the time is lost. Begin with the one that is both slow and busy.",
)

endpoint_errors = timeseries(
    "Endpoints with errors",
    Query(
        f"""
        topk(10, sum by (endpoint, status) (
          rate({duration.count(service, instance, status=regex("5.."))}[$__rate_interval])
        ))
        """,
        legend="{{endpoint}} {{status}}",
    ),
    unit="ops",
    help="Errors a second by endpoint. One endpoint is a bug, all of them are something shared.",
)

sizes = timeseries(
    "Mean size",
    Query(
        f"""
        sum(rate({http.request_size_bytes.sum(service, instance)}[$__rate_interval]))
          /
        sum(rate({http.request_size_bytes.count(service, instance)}[$__rate_interval]))
        """,
        legend="request",
    ),
    Query(
        f"""
        sum(rate({http.response_size_bytes.sum(service, instance)}[$__rate_interval]))
          /
        sum(rate({http.response_size_bytes.count(service, instance)}[$__rate_interval]))
        """,
        legend="response",
    ),
    unit="bytes",
    help="Mean size of bodies. Responses that grow make everything slower.",
)

cache_hits = timeseries(
    "Hits of the application's caches",
    Query(
        f"""
        sum by (cache) (
          rate({lookups(service, instance, result="hit")}[$__rate_interval])
        )
          /
        sum by (cache) (rate({lookups(service, instance)}[$__rate_interval]))
        """,
        legend="{{cache}}",
    ),
    unit="percentunit",
    help="Share of lookups answered, by what is cached. Worry when it leaves its usual band.",
)

cache_latency = timeseries(
    "Lookups in caches, p95",
    Query(
        f"""
        histogram_quantile(
          0.95,
          sum by (cache, le) (
            rate({
            application.cache_lookup_duration_seconds.bucket(service, instance)
        }[$__rate_interval])
          )
        )
        """,
        legend="{{cache}}",
    ),
    unit="s",
    help="As the application sees it, the way there and back included.",
)

job_rates = timeseries(
    "Jobs",
    Query(
        f"""
        sum by (queue, job_class) (
          rate({application.job_duration_seconds.count(service, instance)}[$__rate_interval])
        )
        """,
        legend="{{queue}} {{job_class}}",
    ),
    unit="ops",
    help="Jobs a second, however they ended.",
)

job_failures = timeseries(
    "Jobs that fail",
    Query(job_failure_ratio(service), legend="{{service}} {{queue}}"),
    unit="percentunit",
    line=MAX_JOB_FAILURES,
    help="Share of jobs that failed, over a quarter of an hour. The line is where we alert.",
    alerts=[ApplicationJobsFailing],
)


deployments = Annotation(
    "Deployments",
    f"{since_deployment(service)} < bool 60",
    "{{service}} was deployed",
)


dashboard = Dashboard(
    "Applications",
    "What applications say of themselves: do users get what they ask for, in time?",
    variables=[service, instance],
    annotations=[firing(service, instance), deployments],
    rows={
        "Do users get what they ask for?": [
            slowest,
            failing,
            running,
            deployment,
            rates,
            errors,
            latency,
        ],
        "What is slow, what fails?": [
            percentiles,
            statuses,
            endpoint_rates,
            endpoint_latency,
            endpoint_errors,
            sizes,
        ],
        "What is behind it?": [cache_hits, cache_latency, job_rates, job_failures],
    },
)
