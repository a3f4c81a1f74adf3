"""Alerts for the database's replicas: do they follow, do they keep up, are they there?"""

from alerts.database import DatabaseDown
from exporters.catalog import database, postgres
from generator.drills import Scaled
from generator.rules import Alert, Example, Limit, Reading, Vanished, record

# Who reads from a replica right after a write sees it later than a page takes to load.
MAX_LAG_SECONDS = Limit("database_replication_lag_seconds_max", 30)

# The log that a slot keeps lies on the disk of the data.
MAX_SLOT_BYTES = Limit("database_slot_retained_bytes_max", 10_000_000_000)


replicas_lost = record(
    "instance:database_replicas_lost:max1h",
    "Replicas that are not connected now, and were within the last hour.",
    f"max_over_time({database.replicas}[1h]) - {database.replicas}",
    tests=[
        Reading(
            "two of three are gone, one for twenty minutes, one for half an hour",
            given={database.replicas(instance="a"): "3x60 2x9 1x20"},
            at="1h29m",
            reads={'{instance="a"}': 2},
        ),
        Reading(
            "what was more than an hour ago is how it was meant",
            given={database.replicas(instance="a"): "3x10 1x70"},
            at="1h15m",
            reads={'{instance="a"}': 0},
        ),
    ],
)

DatabaseReplicationBroken = Alert(
    expr=f"{database.replication_running} == 0",
    for_="30s",
    severity="warning",
    summary="Replica {{ $labels.instance }} does not follow its primary",
    description="It answers with what it had when it stopped, and would take over with that.",
    drill=Scaled("history-replica-broken"),
    tests=[
        Example(
            "it stops for ten seconds, and later for two minutes",
            given={database.replication_running(instance="b"): "1x6 0x1 1x7 0x24 1x6"},
            interval="5s",
            silent_at="1m50s",
            fires_at="1m55s",
            gone_at="3m30s",
            says="Replica b does not follow its primary",
            labels={"instance": "b"},
        ),
        Vanished(
            "the replica stops answering after it stopped to follow",
            given={
                database.replication_running(instance="b"): "0x24 stale",
                database.up(instance="b"): "1x24 0x24",
            },
            interval="5s",
            at="3m",
            instead=DatabaseDown,
        ),
    ],
)

DatabaseReplicaLagging = Alert(
    expr=f"{database.replication_lag_seconds} > {MAX_LAG_SECONDS}",
    for_="1m",
    severity="warning",
    summary="Replica {{ $labels.instance }} is {{ $value | humanizeDuration }} behind",
    description="Reads from it are that old, and so much is lost if it must take over now.",
    drill=Scaled("history-replica-late", grows_to="database_replication_lag_seconds_max"),
    tests=[
        Example(
            "it is half a minute behind all the time, then falls back, and catches up",
            given={database.replication_lag_seconds(instance="b"): "30x20 31+60x10 2x10"},
            silent_at="21m",
            fires_at="22m",
            gone_at="32m",
            says="Replica b is 1m 31s behind",
            labels={"instance": "b"},
        ),
        Vanished(
            "the replica stops answering while it is behind",
            given={
                database.replication_lag_seconds(instance="b"): "600x20 stale",
                database.up(instance="b"): "1x20 0x20",
            },
            at="30m",
            instead=DatabaseDown,
        ),
        Vanished(
            "it does not follow any more, and how late it is, is not known",
            given={
                database.replication_lag_seconds(instance="b"): "600x20 stale",
                database.replication_running(instance="b"): "1x20 0x20",
            },
            at="30m",
            instead=DatabaseReplicationBroken,
        ),
    ],
)

DatabaseReplicaGone = Alert(
    expr=f"{replicas_lost} > 0",
    for_="1m",
    severity="warning",
    summary="Database {{ $labels.instance }} misses {{ $value }} of its replicas",
    description="Who reads from them gets what is old, or nothing; fewer are left to take over.",
    drill=Scaled("history-replica-stopped"),
    tests=[
        Example(
            "one of two goes for thirty seconds, later for ten minutes",
            given={database.replicas(instance="a"): "2x60 1x6 2x60 1x120 2x12"},
            interval="5s",
            silent_at="11m40s",
            fires_at="11m45s",
            gone_at="20m50s",
            says="Database a misses 1 of its replicas",
            labels={"instance": "a"},
        ),
        Example(
            "one is taken away for good: an hour later that is how it is",
            given={database.replicas(instance="a"): "2x10 1x80"},
            silent_at="11m",
            fires_at="12m",
            gone_at="1h11m",
            says="Database a misses 1 of its replicas",
            labels={"instance": "a"},
        ),
        Vanished(
            "the primary stops answering, too",
            given={
                database.replicas(instance="a"): "2x10 1x10 stale",
                database.up(instance="a"): "1x21 0x20",
            },
            at="30m",
            instead=DatabaseDown,
        ),
    ],
)

DatabaseSlotHoldsLog = Alert(
    expr=f"{postgres.slot_retained_bytes} > {MAX_SLOT_BYTES}",
    for_="5m",
    severity="warning",
    summary="Slot {{ $labels.slot }} of {{ $labels.instance }} keeps {{ $value | humanize1024 }}B "
    "of log",
    description="Whoever the slot is for does not take it. It is kept until the disk is full, "
    "and then nothing can be written.",
    drill=Scaled("database-slot-forgotten"),
    tests=[
        Example(
            "a replica is taken away and its slot forgotten, until somebody drops it",
            given={
                postgres.slot_retained_bytes(instance="a", slot="s"): "9.9e9+1e8x20 stale",
                postgres.slot_retained_bytes(instance="a", slot="t"): "1e9x40",
            },
            silent_at="6m",
            fires_at="7m",
            gone_at="22m",
            says="Slot s of a keeps 9.872GiB of log",
            labels={"instance": "a", "slot": "s"},
        ),
        Vanished(
            "the database stops answering, perhaps because its disk is full",
            given={
                postgres.slot_retained_bytes(instance="a", slot="s"): "9e10x20 stale",
                database.up(instance="a"): "1x20 0x20",
            },
            at="30m",
            instead=DatabaseDown,
        ),
    ],
)
