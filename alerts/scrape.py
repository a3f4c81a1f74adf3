"""Alerts for measuring itself: do we still see what we watch?"""

from exporters.catalog import prometheus
from generator.drills import Real
from generator.rules import Alert, Example, Vanished

TargetDown = Alert(
    expr=f"{prometheus.up} == 0",
    for_="30s",
    severity="critical",
    summary="Prometheus cannot scrape {{ $labels.instance }} ({{ $labels.job }})",
    description="Nothing is known about it any more: its other alerts are silent, come what may.",
    drill=Real("exporters-stopped"),
    tests=[
        Example(
            "the exporter dies after one minute and is back two minutes later",
            given={prometheus.up(job="cache", instance="a"): "1x12 0x24 1x12"},
            interval="5s",
            silent_at="1m30s",
            fires_at="1m35s",
            gone_at="3m10s",
            says="Prometheus cannot scrape a (cache)",
            labels={"job": "cache", "instance": "a"},
        ),
        Vanished(
            "a target that is taken out of the settings is nobody's concern any more",
            given={prometheus.up(job="cache", instance="a"): "0x12 stale"},
            interval="5s",
            at="2m",
            instead=None,
        ),
    ],
)
