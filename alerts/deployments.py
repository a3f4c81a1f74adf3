"""Alerts right after a deployment: is it to be taken back?"""

from alerts.http import error_ratio, p95
from alerts.scrape import TargetDown
from exporters.catalog import application, http, prometheus
from generator.drills import Scaled, Simulated
from generator.rules import Alert, Example, Limit, Reading, Vanished, record

# What goes wrong within this time of a deployment came with it, until something else is found.
WATCH_SECONDS = Limit("deployment_watch_seconds_max", 1_800)

# A8: beyond these a release is taken back, and not looked into first.
MAX_ERROR_RATIO = Limit("deployment_error_ratio_max", 0.01)
MAX_P95_SECONDS = Limit("deployment_p95_seconds_max", 3)

deployed = application.deployed_timestamp_seconds
bucket = http.request_duration_seconds.bucket
count = http.request_duration_seconds.count


since_deployment = record(
    "service:application_since_deployment_seconds:min",
    "Time since a service's newest release was deployed.",
    f"time() - max by (service, team) ({deployed})",
    tests=[
        Reading(
            "two instances run a release of a minute ago, and one still the one before it",
            given={
                deployed(service="s", team="t", instance="a", release="2"): "540x20",
                deployed(service="s", team="t", instance="b", release="2"): "530x20",
                deployed(service="s", team="t", instance="c", release="1"): "0x20",
            },
            at="10m",
            reads={'{service="s", team="t"}': 60},
        ),
    ],
)

DeploymentFailing = Alert(
    expr=f"{error_ratio} > {MAX_ERROR_RATIO} and {since_deployment} < {WATCH_SECONDS}",
    for_="1m",
    severity="critical",
    summary="{{ $labels.service }} fails to answer {{ $value | humanizePercentage }} of requests "
    "since its deployment",
    description=f"More than {MAX_ERROR_RATIO:.0%} of its users get an error page instead of what "
    "they asked for. Take the release back; look into it afterwards.",
    drill=Scaled("release-failing"),
    tests=[
        Example(
            "a release brings more than is allowed, and is taken back after a quarter of an hour",
            given={
                error_ratio(service="s"): "0.01x61 0.1x15 0.005x30",
                deployed(service="s", release="1"): "0x59 stale",
                deployed(service="s", release="2"): "_x60 3600x60",
            },
            silent_at="1h2m",
            fires_at="1h3m",
            gone_at="1h18m",
            says="s fails to answer 10% of requests since its deployment",
            labels={"service": "s"},
        ),
        Example(
            "nobody takes it back, and half an hour later that is another alert's",
            given={
                error_ratio(service="s"): "0.005x19 0.015x60",
                deployed(service="s", release="1"): "0x70",
            },
            silent_at="20m",
            fires_at="21m",
            gone_at="30m",
            says="s fails to answer 1.5% of requests since its deployment",
            labels={"service": "s"},
        ),
        Vanished(
            "the release dies of its errors",
            given={
                count(service="s", instance="a", status="500"): "0+120x40 stale",
                deployed(service="s", instance="a", release="2"): "1200x40 stale",
                prometheus.up(service="s", instance="a"): "1x40 0x20",
            },
            at="55m",
            instead=TargetDown,
        ),
    ],
)

DeploymentSlow = Alert(
    expr=f"{p95} > {MAX_P95_SECONDS} and {since_deployment} < {WATCH_SECONDS}",
    for_="1m",
    severity="critical",
    summary="{{ $labels.service }} takes {{ $value | humanizeDuration }} for one in twenty "
    "requests since its deployment",
    description=f"More than {MAX_P95_SECONDS:.0f} s: users leave. Take the release back; look into "
    "it afterwards.",
    drill=Simulated("the releases of the demo fail, and none of them is slow"),
    tests=[
        Example(
            "a release brings more than is allowed, and is taken back after a quarter of an hour",
            given={
                p95(service="s"): "3x61 4x15 0.3x30",
                deployed(service="s", release="1"): "0x59 stale",
                deployed(service="s", release="2"): "_x60 3600x60",
            },
            silent_at="1h2m",
            fires_at="1h3m",
            gone_at="1h18m",
            says="s takes 4s for one in twenty requests since its deployment",
            labels={"service": "s"},
        ),
        Example(
            "nobody takes it back, and half an hour later that is another alert's",
            given={
                p95(service="s"): "0.3x19 4x60",
                deployed(service="s", release="1"): "0x70",
            },
            silent_at="20m",
            fires_at="21m",
            gone_at="30m",
            says="s takes 4s for one in twenty requests since its deployment",
            labels={"service": "s"},
        ),
        Vanished(
            "the release hangs, and then is gone",
            given={
                bucket(service="s", instance="a", le="5.0"): "0x40 stale",
                bucket(service="s", instance="a", le="10.0"): "0+120x40 stale",
                bucket(service="s", instance="a", le="+Inf"): "0+120x40 stale",
                count(service="s", instance="a", status="200"): "0+120x40 stale",
                deployed(service="s", instance="a", release="2"): "1200x40 stale",
                prometheus.up(service="s", instance="a"): "1x40 0x20",
            },
            at="55m",
            instead=TargetDown,
        ),
    ],
)
