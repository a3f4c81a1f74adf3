"""Alerts for single queries: how many of them are slow?"""

from alerts.database import DatabaseDown
from exporters.catalog import database
from generator.drills import Scaled
from generator.rules import Alert, Example, Limit, Reading, Vanished, record

# H7. What slow is, the server's own setting says: ten seconds unless it is changed.
MAX_SLOW_QUERIES = Limit("database_slow_queries_per_minute_max", 5)


slow_queries = record(
    "instance:database_slow_queries_per_minute:increase5m",
    "Queries a minute that took longer than the server's own limit, over five minutes.",
    f"increase({database.slow_queries_total}[5m]) / 5",
    tests=[
        Reading(
            "there were many, and for five minutes there are three a minute",
            given={database.slow_queries_total(instance="a"): "0+50x10 503+3x9"},
            at="17m",
            reads={'{instance="a"}': 3},
        ),
    ],
)

DatabaseSlowQueriesMany = Alert(
    expr=f"{slow_queries} > {MAX_SLOW_QUERIES}",
    for_="1m",
    severity="warning",
    summary="{{ $value | humanize }} queries a minute of {{ $labels.instance }} are slow",
    description="Each took longer than the server's own limit for slow queries (long_query_time): "
    "whoever asked has waited as long.",
    drill=Scaled("history-slow"),
    tests=[
        Example(
            "five a minute are slow, then six, until a missing index is made",
            given={database.slow_queries_total(instance="a"): "0+5x30 156+6x19 270x20"},
            silent_at="31m",
            fires_at="32m",
            gone_at="53m",
            says="5.5 queries a minute of a are slow",
            labels={"instance": "a"},
        ),
        Vanished(
            "the database stops answering after everything has become slow",
            given={
                database.slow_queries_total(instance="a"): "0+60x20 stale",
                database.up(instance="a"): "1x21 0x20",
            },
            at="30m",
            instead=DatabaseDown,
        ),
    ],
)
