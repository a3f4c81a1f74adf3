"""Alerts for Laravel Horizon: does it run, does anybody remember that it was paused?"""

from alerts.queue import QueueSourceDown
from exporters.catalog import horizon, queue
from generator.drills import Real, Scaled
from generator.rules import Alert, Example, Vanished

HorizonNotRunning = Alert(
    expr=f"sum without (status) ({horizon.masters}) == 0",
    # A deployment ends it, and waits for the jobs at work before it is started again.
    for_="1m",
    severity="critical",
    summary="Horizon of {{ $labels.instance }} does not run",
    description="No master gives a sign of life: jobs are added and none is done.",
    drill=Real("horizon-stopped"),
    tests=[
        Example(
            "a deployment takes half a minute; later the only master is paused, a minute after "
            "that it ends, and it is started again after four",
            given={
                horizon.masters(instance="a", status="running"): "1x4 0x2 1x4 0x19 1x8",
                horizon.masters(instance="a", status="paused"): "0x12 1x3 0x25",
            },
            interval="15s",
            silent_at="5m",
            fires_at="5m15s",
            gone_at="8m15s",
            says="Horizon of a does not run",
            labels={"instance": "a"},
        ),
        Vanished(
            "the server of the queues stops answering while Horizon does not run",
            given={
                horizon.masters(instance="a", status="running"): "0x10 stale",
                horizon.masters(instance="a", status="paused"): "0x10 stale",
                queue.up(instance="a"): "1x10 0x10",
            },
            at="15m",
            instead=QueueSourceDown,
        ),
    ],
)

HorizonPaused = Alert(
    expr=f"""{horizon.masters(status="paused")} > 0""",
    for_="5m",
    severity="warning",
    summary="Horizon of {{ $labels.instance }} is paused",
    description="Somebody told it to rest, and jobs wait until somebody lets it go on.",
    drill=Scaled("horizon-paused"),
    tests=[
        Example(
            "of two masters one is paused after two minutes, and goes on eight minutes later",
            given={
                horizon.masters(instance="a", status="paused"): "0x1 1x7 0x5",
                horizon.masters(instance="a", status="running"): "1x14",
            },
            silent_at="6m",
            fires_at="7m",
            gone_at="10m",
            says="Horizon of a is paused",
            labels={"instance": "a", "status": "paused"},
        ),
        Vanished(
            "the server of the queues stops answering while Horizon is paused",
            given={
                horizon.masters(instance="a", status="paused"): "1x10 stale",
                queue.up(instance="a"): "1x10 0x10",
            },
            at="15m",
            instead=QueueSourceDown,
        ),
    ],
)
