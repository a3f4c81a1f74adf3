"""Alerts for the sessions: can people sign in, and will they still tomorrow?"""

from alerts.targets import TargetDown
from exporters.catalog import cache, prometheus
from generator.rules import Alert, Example, Limit, Reading, Vanished, record

# A service may set this for itself: services.web.limits.sessions_memory_ratio_max.
MAX_MEMORY = Limit("sessions_memory_ratio_max", 0.85)

memory_ratio = record(
    "instance:sessions_memory_ratio",
    "Share of the memory limit in use; absent where there is no limit.",
    f"{cache.memory_used_bytes} / ({cache.memory_limit_bytes} > 0)",
    tests=[
        Reading(
            "one server is half full, and another has no limit",
            given={
                cache.memory_used_bytes(instance="sessions"): "50x5",
                cache.memory_limit_bytes(instance="sessions"): "100x5",
                cache.memory_used_bytes(instance="carts"): "50x5",
                cache.memory_limit_bytes(instance="carts"): "0x5",
            },
            at="5m",
            reads={'{instance="sessions"}': 0.5},
        ),
    ],
)

SessionsDown = Alert(
    expr=f"{cache.up} == 0",
    for_="10s",
    severity="critical",
    summary="{{ $labels.instance }} does not answer",
    description="Nobody can sign in, and whoever was signed in is asked to again.",
    tests=[
        Example(
            "the server stops answering after one minute and comes back four minutes later",
            given={cache.up(instance="sessions"): "1x12 0x48 1x12"},
            interval="5s",
            silent_at="1m10s",
            fires_at="1m15s",
            gone_at="5m10s",
            says="sessions does not answer",
            labels={"instance": "sessions"},
        ),
        Vanished(
            "the exporter that asks it is gone as well",
            given={
                cache.up(instance="sessions"): "0x12 stale",
                prometheus.up(job="cache", instance="sessions"): "1x12 0x24",
            },
            interval="5s",
            at="2m",
            instead=TargetDown,
        ),
    ],
)

SessionsNearLimit = Alert(
    expr=f"{memory_ratio} > {MAX_MEMORY}",
    for_="5m",
    severity="warning",
    summary="{{ $labels.instance }} is {{ $value | humanizePercentage }} full",
    description="At its limit the server forgets sessions that are still in use.",
    tests=[
        Example(
            "memory grows past the limit's last sixth, and is given more after twenty minutes",
            given={
                cache.memory_used_bytes(instance="sessions"): "85x5 86x30",
                cache.memory_limit_bytes(instance="sessions"): "100x20 200x15",
            },
            silent_at="10m",
            fires_at="11m",
            gone_at="21m",
            says="sessions is 86% full",
            labels={"instance": "sessions"},
        ),
        Vanished(
            "a full server stops answering",
            given={
                cache.memory_used_bytes(instance="sessions"): "90x10 stale",
                cache.memory_limit_bytes(instance="sessions"): "100x10 stale",
                cache.up(instance="sessions"): "1x10 0x20",
            },
            at="15m",
            instead=SessionsDown,
        ),
    ],
)
