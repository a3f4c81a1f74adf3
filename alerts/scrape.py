"""Alerts for measuring itself: do we still see what we watch?"""

from exporters.catalog import prometheus
from generator.rules import Alert, Example

TargetDown = Alert(
    expr=f"{prometheus.up} == 0",
    for_="30s",
    severity="critical",
    summary="Prometheus cannot scrape {{ $labels.instance }} ({{ $labels.job }})",
    description="Nothing is known about it any more: its other alerts are silent, come what may.",
    tests=[
        Example(
            "the exporter dies after one minute and is back two minutes later",
            given={prometheus.up(job="cache", instance="a"): "1x12 0x24 1x12"},
            interval="5s",
            silent_at="1m30s",
            fires_at="1m35s",
            gone_at="3m10s",
        ),
    ],
)
