"""Alerts for the stack itself: would we hear of anything, if it went wrong now?"""

from alerts.scrape import TargetDown
from exporters.catalog import inbox, prometheus
from generator.drills import Real, Simulated
from generator.rules import Alert, Example, Limit, Vanished

# The stack's own jobs are scraped every 15 s or oftener: two rounds without a sample.
MAX_SAMPLE_AGE = 30

# Prometheus' alerts end 40 s after they were last sent: a clock that is off by that much ends them.
MAX_CLOCK_OFFSET = 10

# The last twentieth of the disk: below it databases, and we, begin to lose what they write.
MIN_DISK_FREE = Limit("stack_disk_free_ratio_min", 0.05)

# The stack's own target, in the examples.
_INBOX = {"job": "inbox", "instance": "i", "service": "lightship"}

Watchdog = Alert(
    expr=f"""
    vector(1)
      and on ()
    time() - max(timestamp({prometheus.up})) < {MAX_SAMPLE_AGE}
    """,
    for_="0s",
    severity="info",
    summary="Samples are fresh, and alerts find their way",
    description="This alert always fires; the inbox says so when it stops coming.",
    drill=Real("targets-all-forgotten", ends=True),
    tests=[
        Example(
            "the first samples come after a minute, and the disk is full five minutes later",
            given={prometheus.up(job="inbox", instance="inbox"): "_x5 1x20"},
            interval="15s",
            silent_at="1m",
            fires_at="6m30s",
            gone_at="6m45s",
            says="Samples are fresh, and alerts find their way",
        ),
        Vanished(
            "nothing is scraped any more: the inbox misses the Watchdog, and says so itself",
            given={prometheus.up(job="inbox", instance="inbox"): "1x4 stale"},
            interval="15s",
            at="2m",
            instead=None,
        ),
    ],
)

StackDiskNearlyFull = Alert(
    expr=f"{inbox.storage_free_bytes} / {inbox.storage_size_bytes} < {MIN_DISK_FREE}",
    for_="1m",
    severity="critical",
    summary="The stack's disk has {{ $value | humanizePercentage }} left",
    description="A full disk blinds Prometheus without a word, and the inbox can store nothing.",
    drill=Simulated("a disk of this machine would have to be filled"),
    tests=[
        Example(
            "the disk fills up, and something is deleted five minutes later",
            given={
                inbox.storage_free_bytes(**_INBOX): "5x2 4x5 6x10",
                inbox.storage_size_bytes(**_INBOX): "100x17",
            },
            silent_at="3m",
            fires_at="4m",
            gone_at="9m",
            says="The stack's disk has 4% left",
            labels=_INBOX,
        ),
        Vanished(
            "the inbox is gone, that measured it",
            given={
                inbox.storage_free_bytes(**_INBOX): "4x5 stale",
                inbox.storage_size_bytes(**_INBOX): "100x5 stale",
                prometheus.up(**_INBOX): "1x5 0x10",
            },
            at="15m",
            instead=TargetDown,
        ),
    ],
)

ClockSkewed = Alert(
    expr=f"abs({inbox.peer_clock_offset_seconds}) > {MAX_CLOCK_OFFSET}",
    for_="1m",
    severity="critical",
    summary="The clock of {{ $labels.peer }} is {{ $value | humanizeDuration }} off",
    description="From 40 s on alerts count as resolved while they fire, and nobody is told.",
    drill=Simulated("one machine has one clock"),
    tests=[
        Example(
            "a clock goes wrong by minus eleven seconds and is set right, another's by nine",
            given={
                inbox.peer_clock_offset_seconds(**_INBOX, peer="prometheus"): "0x2 -11x5 0x10",
                inbox.peer_clock_offset_seconds(**_INBOX, peer="alertmanager"): "9x17",
            },
            silent_at="3m",
            fires_at="4m",
            gone_at="9m",
            says="The clock of prometheus is 11s off",
            labels={**_INBOX, "peer": "prometheus"},
        ),
        Vanished(
            "the inbox is gone, that compared the clocks",
            given={
                inbox.peer_clock_offset_seconds(**_INBOX, peer="prometheus"): "60x5 stale",
                prometheus.up(**_INBOX): "1x5 0x10",
            },
            at="15m",
            instead=TargetDown,
        ),
    ],
)
