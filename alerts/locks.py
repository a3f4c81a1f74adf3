"""Alerts for who waits for whom in the database: locks, open transactions, deadlocks."""

from alerts.database import DatabaseDown
from exporters.catalog import database
from generator.drills import Real, Scaled
from generator.rules import Alert, Example, Limit, Reading, Vanished, record

# An open transaction keeps its locks, and every row that it might still look at.
MAX_TRANSACTION_SECONDS = Limit("database_transaction_seconds_max", 600)

# One or two wait now and then; more than this wait for the same one.
MAX_WAITING = Limit("database_locks_waiting_max", 3)

# Two transactions that wait for each other are a mistake in the order of their statements.
MAX_DEADLOCKS = Limit("database_deadlocks_max", 0)


deadlocks = record(
    "instance:database_deadlocks:increase5m",
    "Transactions that waited for each other, in five minutes.",
    f"sum without (database) (increase({database.deadlocks_total}[5m]))",
    tests=[
        Reading(
            "each of two databases had four in the last four minutes, and others before",
            given={
                database.deadlocks_total(instance="a", database="d"): "0+9x10 91+1x9",
                database.deadlocks_total(instance="a", database="e"): "0x10 1+1x9",
            },
            at="17m",
            # Four minutes lie between the points of five: the rest is extrapolated.
            reads={'{instance="a"}': 10},
        ),
    ],
)

DatabaseTransactionOld = Alert(
    expr=f"{database.transaction_oldest_seconds} > {MAX_TRANSACTION_SECONDS}",
    for_="1m",
    severity="warning",
    summary="A transaction of {{ $labels.instance }} is open for {{ $value | humanizeDuration }}",
    description="It keeps its locks, and no row that was deleted since can be cleaned up.",
    drill=Scaled("database-locked", grows_to="database_transaction_seconds_max"),
    tests=[
        Example(
            "a transaction is forgotten open, and ended after half an hour",
            given={database.transaction_oldest_seconds(instance="a"): "0+60x30 0x10"},
            silent_at="11m",
            fires_at="12m",
            gone_at="31m",
            says="A transaction of a is open for 12m 0s",
            labels={"instance": "a"},
        ),
        Vanished(
            "the database stops answering, and the transaction ends with it",
            given={
                database.transaction_oldest_seconds(instance="a"): "900x20 stale",
                database.up(instance="a"): "1x20 0x20",
            },
            at="30m",
            instead=DatabaseDown,
        ),
    ],
)

DatabaseLocksWaiting = Alert(
    expr=f"{database.locks_waiting} > {MAX_WAITING}",
    for_="1m",
    severity="warning",
    summary="{{ $value }} clients of {{ $labels.instance }} wait for a lock",
    description="Somebody holds what they need: their users wait as well, and more will come.",
    drill=Real("database-locked"),
    tests=[
        Example(
            "three wait, then four, until the one that they wait for is ended",
            given={database.locks_waiting(instance="a"): "3x10 4x10 0x5"},
            silent_at="11m",
            fires_at="12m",
            gone_at="22m",
            says="4 clients of a wait for a lock",
            labels={"instance": "a"},
        ),
        Vanished(
            "the database stops answering while everybody waits",
            given={
                database.locks_waiting(instance="a"): "40x20 stale",
                database.up(instance="a"): "1x20 0x20",
            },
            at="30m",
            instead=DatabaseDown,
        ),
    ],
)

DatabaseDeadlocks = Alert(
    expr=f"{deadlocks} > {MAX_DEADLOCKS}",
    for_="1m",
    severity="warning",
    summary="Transactions of {{ $labels.instance }} waited for each other: {{ $value | humanize }}",
    description="The server ended one of each pair with an error; somebody has seen it.",
    drill=Scaled("database-deadlocks"),
    tests=[
        Example(
            "two transactions deadlock once, ten minutes from now",
            given={database.deadlocks_total(instance="a", database="d"): "3x9 4x20"},
            silent_at="10m",
            fires_at="11m",
            gone_at="15m",
            says="Transactions of a waited for each other: 1.25",
            labels={"instance": "a"},
        ),
        Vanished(
            "the database stops answering right after a deadlock",
            given={
                database.deadlocks_total(instance="a", database="d"): "3x18 4x2 stale",
                database.up(instance="a"): "1x21 0x20",
            },
            at="30m",
            instead=DatabaseDown,
        ),
    ],
)
