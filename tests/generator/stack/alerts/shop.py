"""Alerts of an invented stack that uses every feature of the definitions once."""

from exporters.catalog import cache
from generator.rules import Alert, Example, Limit, Reading, Vanished, record

MAX_MISSES = Limit("misses_per_second_max", 5)

misses = record(
    "instance:misses:rate5m",
    "Reads that miss, a second.",
    f"rate({cache.misses_total}[5m])",
    tests=[
        Reading(
            "three a minute",
            given={cache.misses_total(instance="a"): "0+3x10"},
            at="10m",
            reads={'{instance="a"}': 0.05},
        )
    ],
)

ShopMisses = Alert(
    expr=f"""
    {misses}
      > {MAX_MISSES}
    """,
    for_="2m",
    keep_firing_for="5m",
    severity="warning",
    summary="{{ $labels.instance }} misses {{ $value | humanize }} a second",
    description=f"More than {MAX_MISSES} a second.",
    tests=[
        Example(
            "ten misses a second for ten minutes",
            given={cache.misses_total(instance="a"): "0+600x10 6000+0x20"},
            silent_at="1m",
            fires_at="8m",
            gone_at="29m",
            says="a misses 10 a second",
            labels={"instance": "a"},
        ),
        Vanished(
            "a shop that is gone misses nothing",
            given={cache.misses_total(instance="a"): "0+600x10 stale"},
            at="30m",
            instead=None,
        ),
    ],
)

ShopDown = Alert(
    expr=f"{cache.up(job='cache')} == 0",
    for_="0s",
    severity="critical",
    summary="{{ $labels.instance }} is down",
    description="Nothing is sold.",
    tests=[
        Example(
            "down after a minute, beside a till that is closed",
            given={
                cache.up(job="cache", instance="a"): "1 0x5 1x5",
                cache.up(job="till", instance="b"): "0x11",
            },
            silent_at="0m",
            fires_at="1m",
            gone_at="7m",
            says="a is down",
            labels={"job": "cache", "instance": "a"},
        ),
        Vanished(
            "nobody asks any more",
            given={cache.up(job="cache", instance="a"): "0x5 stale"},
            at="6m",
            instead=None,
        ),
    ],
)
