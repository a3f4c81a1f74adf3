"""Alerts for what users wait for: are requests answered, are they answered in time?"""

from alerts.scrape import TargetDown
from exporters.catalog import application, http, prometheus
from exporters.catalog.family import regex
from generator.drills import Scaled
from generator.rules import Alert, Example, Limit, Reading, Vanished, record

# Users leave where one request in twenty takes longer than this.
MAX_P95_SECONDS = Limit("http_request_p95_seconds_max", 0.8)

# Beyond one request in a hundred it is no bad luck any more.
MAX_ERROR_RATIO = Limit("http_error_ratio_max", 0.01)

# Fewer requests a second than this say nothing about all of them.
MIN_REQUESTS = Limit("http_requests_per_second_min", 1)

# A job that fails now and then is tried again; more than these are lost on users.
MAX_JOB_FAILURES = Limit("application_job_failure_ratio_max", 0.015)

# Fewer jobs a second than this say nothing about a share.
MIN_JOBS = Limit("application_jobs_per_second_min", 0.1)

bucket = http.request_duration_seconds.bucket
count = http.request_duration_seconds.count
errors = count(status=regex("5.."))
jobs = application.job_duration_seconds.count

# A service is what its users see, wherever it runs.
requests = f"sum by (service, team) (rate({count}[5m]))"
done = f"sum by (service, team, queue) (rate({jobs}[15m]))"


p95 = record(
    "service:http_request_duration_seconds:p95_rate5m",
    "Time within which 19 of 20 requests were answered, over five minutes; absent below one "
    "request a second.",
    f"""
    histogram_quantile(
      0.95,
      sum by (service, team, le) (rate({bucket}[5m]))
    )
      and
    {requests} >= {MIN_REQUESTS}
    """,
    tests=[
        Reading(
            "of two services' requests nine in ten take half a second, or a tenth, the others "
            "twice that; both changed ten minutes ago, and one was asked less before",
            given={
                bucket(service="s", team="t", instance="a", le="0.5"): "0+0x9 540+540x9",
                bucket(service="s", team="t", instance="a", le="1.0"): "0+600x19",
                bucket(service="s", team="t", instance="a", le="+Inf"): "0+600x19",
                count(service="s", team="t", instance="a"): "0+600x19",
                bucket(service="s", team="t", instance="b", le="0.5"): "0+0x9 540+540x9",
                bucket(service="s", team="t", instance="b", le="1.0"): "0+600x19",
                bucket(service="s", team="t", instance="b", le="+Inf"): "0+600x19",
                count(service="s", team="t", instance="b"): "0+600x19",
                bucket(service="u", team="v", instance="c", le="0.1"): "0+0x9 81+81x9",
                bucket(service="u", team="v", instance="c", le="0.2"): "0+0x9 90+90x9",
                bucket(service="u", team="v", instance="c", le="+Inf"): "0+0x9 90+90x9",
                count(service="u", team="v", instance="c"): "0+0x9 90+90x9",
            },
            at="19m",
            # Halfway between the two bounds lies the middle of the slowest tenth.
            reads={'{service="s", team="t"}': 0.75, '{service="u", team="v"}': 0.15},
        ),
        Reading(
            "half a request a second says nothing",
            given={
                bucket(service="s", le="5.0"): "0+30x10",
                bucket(service="s", le="+Inf"): "0+30x10",
                count(service="s"): "0+30x10",
            },
            at="10m",
            reads={},
        ),
    ],
)

error_ratio = record(
    "service:http_error_ratio:rate5m",
    "Share of requests that the application failed to answer (5xx), over five minutes; absent "
    "below one request a second.",
    f"""
    (sum by (service, team) (rate({errors}[5m])) or {requests} * 0)
      /
    ({requests} >= {MIN_REQUESTS})
    """,
    tests=[
        Reading(
            "three of a hundred requests fail, of all endpoints and instances together; of "
            "another service, which is asked one and a half times a second, one in two does",
            given={
                count(service="s", team="t", instance="a", status="200"): "0+582x10",
                count(service="s", team="t", instance="b", status="500"): "0+12x10",
                count(service="s", team="t", instance="b", status="503"): "0+6x10",
                count(service="u", team="v", instance="c", status="200"): "0+45x10",
                count(service="u", team="v", instance="c", status="500"): "0+45x10",
                count(service="w", team="v", instance="d", status="200"): "0+90x10",
            },
            at="10m",
            reads={
                '{service="s", team="t"}': 0.03,
                '{service="u", team="v"}': 0.5,
                # It never failed, which is no reason not to know.
                '{service="w", team="v"}': 0,
            },
        ),
        Reading(
            "every request fails, and there is one in two seconds",
            given={count(service="s", status="500"): "0+30x10"},
            at="10m",
            reads={},
        ),
    ],
)

job_failure_ratio = record(
    "service:application_job_failure_ratio:rate15m",
    "Share of jobs that failed, over a quarter of an hour, by queue; absent below one job in ten "
    "seconds.",
    f"""
    (sum by (service, team, queue) (rate({jobs(status="failed")}[15m])) or {done} * 0)
      /
    ({done} >= {MIN_JOBS})
    """,
    tests=[
        Reading(
            "one in fifty fails; in another service's queue, with nine a minute, one in three",
            given={
                jobs(service="s", team="t", queue="mail", status="processed"): "0+49x20",
                jobs(service="s", team="t", queue="mail", status="failed"): "0+1x20",
                jobs(service="u", team="v", queue="mail", status="processed"): "0+6x20",
                jobs(service="u", team="v", queue="mail", status="failed"): "0+3x20",
                jobs(service="u", team="v", queue="slow", status="processed"): "0+9x20",
            },
            at="20m",
            reads={
                '{service="s", team="t", queue="mail"}': 0.02,
                '{service="u", team="v", queue="mail"}': 0.333333,
                '{service="u", team="v", queue="slow"}': 0,
            },
        ),
        Reading(
            "of few jobs every one fails",
            given={jobs(service="s", queue="mail", status="failed"): "0+5x20"},
            at="20m",
            reads={},
        ),
    ],
)

HttpLatencyHigh = Alert(
    expr=f"{p95} > {MAX_P95_SECONDS}",
    for_="3m",
    severity="critical",
    summary="One in twenty requests to {{ $labels.service }} takes over "
    "{{ $value | humanizeDuration }}",
    description="Users wait, and some of them leave. Who clicks often meets the slow one.",
    drill=Scaled("http-slow"),
    tests=[
        Example(
            "one request in ten takes more than eight tenths of a second, for half an hour",
            given={
                bucket(service="s", le="0.8"): ("0+600x9 6000+540x29 22200+600x20"),
                bucket(service="s", le="1.0"): "0+600x60",
                bucket(service="s", le="+Inf"): "0+600x60",
                count(service="s"): "0+600x60",
            },
            silent_at="15m",
            # Within three minutes the window holds enough of them; for three more it must.
            fires_at="16m",
            gone_at="43m",
            says="One in twenty requests to s takes over 900ms",
            labels={"service": "s"},
        ),
        Vanished(
            "the application dies while it is slow",
            given={
                bucket(service="s", instance="a", le="0.8"): ("0+0x20 stale"),
                bucket(service="s", instance="a", le="1.0"): ("0+600x20 stale"),
                bucket(service="s", instance="a", le="+Inf"): ("0+600x20 stale"),
                count(service="s", instance="a"): "0+600x20 stale",
                prometheus.up(service="s", instance="a"): "1x20 0x20",
            },
            at="30m",
            instead=TargetDown,
        ),
    ],
)

HttpErrorsHigh = Alert(
    expr=f"{error_ratio} > {MAX_ERROR_RATIO}",
    for_="3m",
    severity="critical",
    summary="{{ $labels.service }} fails to answer {{ $value | humanizePercentage }} of requests",
    description=f"More than {MAX_ERROR_RATIO:.0%} of its users get an error page instead of what "
    "they asked for.",
    drill=Scaled("http-errors"),
    tests=[
        Example(
            "one in a hundred requests fails, then two, for half an hour",
            given={
                count(service="s", status="200"): ("0+594x9 5940+588x29 23580+600x20"),
                count(service="s", status="500"): ("0+6x9 60+12x29 420+0x20"),
            },
            silent_at="13m",
            fires_at="15m",
            gone_at="43m",
            says="s fails to answer 2% of requests",
            labels={"service": "s"},
        ),
        Vanished(
            "the application dies of its errors",
            given={
                count(service="s", instance="a", status="500"): ("0+60x20 stale"),
                prometheus.up(service="s", instance="a"): "1x20 0x20",
            },
            at="30m",
            instead=TargetDown,
        ),
    ],
)

ApplicationJobsFailing = Alert(
    expr=f"{job_failure_ratio} > {MAX_JOB_FAILURES}",
    for_="5m",
    severity="warning",
    summary="{{ $labels.service }} fails {{ $value | humanizePercentage }} of its jobs in "
    "{{ $labels.queue }}",
    description="What these jobs should have done is not done; the rest goes on.",
    drill=Scaled("http-errors"),
    tests=[
        Example(
            "one in fifty jobs fails from the start, and none after half an hour",
            given={
                jobs(service="s", queue="mail", status="processed"): "0+196x29 5880+200x30",
                jobs(service="s", queue="mail", status="failed"): "0+4x29 120+0x30",
            },
            silent_at="5m",
            fires_at="6m",
            gone_at="35m",
            says="s fails 2% of its jobs in mail",
            labels={"service": "s", "queue": "mail"},
        ),
        Example(
            "three of two hundred jobs fail, and that is what happens; then four, then three",
            given={
                jobs(service="s", queue="mail", status="processed"): (
                    "0+197x29 5910+196x29 11790+197x30"
                ),
                jobs(service="s", queue="mail", status="failed"): "0+3x29 90+4x29 210+3x30",
            },
            silent_at="30m",
            fires_at="50m",
            gone_at="76m",
            says="s fails 2% of its jobs in mail",
            labels={"service": "s", "queue": "mail"},
        ),
        Vanished(
            "the application dies while its jobs fail",
            given={
                jobs(service="s", instance="a", queue="mail", status="failed"): "0+60x20 stale",
                prometheus.up(service="s", instance="a"): "1x20 0x30",
            },
            at="45m",
            instead=TargetDown,
        ),
    ],
)
