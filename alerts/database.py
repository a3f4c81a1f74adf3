"""Alerts for the database: is it up, is it quick, who is connected?"""

from alerts.scrape import TargetDown
from exporters.catalog import database, prometheus
from generator.drills import Real, Scaled
from generator.rules import Alert, Example, Limit, Reading, Vanished, record

# R2: an application of this size gives its connections back long before.
MAX_CONNECTIONS = Limit("database_connections_max", 40)

# R2: whoever waits a second for a query waits several for a page.
MAX_QUERY_SECONDS = Limit("database_query_mean_seconds_max", 1)

# Fewer queries a second than this say nothing about a mean: one report is slow, and alone.
MIN_QUERIES = Limit("database_queries_per_second_min", 1)


connections = record(
    "instance:database_connections:sum",
    "Clients connected, in whatever state.",
    f"sum without (state) ({database.connections})",
    tests=[
        Reading(
            "two are active and three idle",
            given={
                database.connections(instance="a", state="active"): "2x5",
                database.connections(instance="a", state="idle"): "3x5",
            },
            at="5m",
            reads={'{instance="a"}': 5},
        ),
    ],
)

query_seconds = record(
    "instance:database_query_mean_seconds:rate5m",
    "Mean time of a query over five minutes; absent below one query a second.",
    f"""
    sum without (database) (rate({database.queries_seconds_total}[5m]))
      /
    (sum without (database) (rate({database.queries_total}[5m])) >= {MIN_QUERIES})
    """,
    tests=[
        Reading(
            "one database has three queries a second of 0.1 s, another one a second of 0.5 s",
            given={
                database.queries_total(instance="a", database="d"): "0+180x10",
                database.queries_seconds_total(instance="a", database="d"): "0+18x10",
                database.queries_total(instance="a", database="e"): "0+60x10",
                database.queries_seconds_total(instance="a", database="e"): "0+30x10",
            },
            at="10m",
            reads={'{instance="a"}': 0.2},
        ),
        Reading(
            "nine queries in ten seconds say nothing",
            given={
                database.queries_total(instance="a", database="d"): "0+54x10",
                database.queries_seconds_total(instance="a", database="d"): "0+54x10",
            },
            at="10m",
            reads={},
        ),
        Reading(
            "ten minutes of quick queries, then slow ones: five minutes later that is all it sees",
            given={
                database.queries_total(instance="a", database="d"): "0+120x20",
                database.queries_seconds_total(instance="a", database="d"): "0+12x10 240+120x9",
            },
            at="17m",
            reads={'{instance="a"}': 1},
        ),
    ],
)

cache_hit_ratio = record(
    "instance:database_cache_hit_ratio:rate5m",
    "Share of blocks that the database found in its own memory, over five minutes.",
    f"""
    sum without (database) (rate({database.cache_hits_total}[5m]))
      /
    (
      sum without (database) (rate({database.cache_hits_total}[5m]))
        +
      sum without (database) (rate({database.cache_misses_total}[5m]))
        > 0
    )
    """,
    tests=[
        Reading(
            "ten minutes of hits alone, then in one of two databases every other block is read",
            given={
                database.cache_hits_total(instance="a", database="d"): "0+60x20",
                database.cache_misses_total(instance="a", database="d"): "0x10 60+60x9",
                database.cache_hits_total(instance="a", database="e"): "0+120x20",
                database.cache_misses_total(instance="a", database="e"): "0x20",
            },
            at="17m",
            reads={'{instance="a"}': 0.75},
        ),
        Reading(
            "nobody asks for anything",
            given={
                database.cache_hits_total(instance="a", database="d"): "7x10",
                database.cache_misses_total(instance="a", database="d"): "7x10",
            },
            at="10m",
            reads={},
        ),
    ],
)

DatabaseDown = Alert(
    expr=f"{database.up} == 0",
    for_="10s",
    severity="critical",
    summary="Database {{ $labels.instance }} does not answer",
    description="Nothing that needs its data works: expect errors wherever it is used.",
    drill=Real("database-stopped"),
    tests=[
        Example(
            "the database stops answering after one minute and comes back four minutes later",
            given={database.up(instance="a"): "1x12 0x48 1x12"},
            interval="5s",
            silent_at="1m10s",
            fires_at="1m15s",
            gone_at="5m10s",
            says="Database a does not answer",
            labels={"instance": "a"},
        ),
        Vanished(
            "the exporter that asked it is gone as well",
            given={
                database.up(instance="a"): "0x12 stale",
                prometheus.up(job="database", instance="a"): "1x12 0x24",
            },
            interval="5s",
            at="2m",
            instead=TargetDown,
        ),
    ],
)

DatabaseConnectionsHigh = Alert(
    expr=f"{connections} > {MAX_CONNECTIONS}",
    for_="1m",
    severity="warning",
    summary="Database {{ $labels.instance }} has {{ $value }} clients connected",
    description=f"More than {MAX_CONNECTIONS} are not given back, or wait for something. At its "
    "limit the database takes nobody in.",
    drill=Real("database-connections"),
    tests=[
        Example(
            "an application opens a connection a minute, and is restarted after twenty minutes",
            given={
                database.connections(instance="a", state="active"): "10x40",
                database.connections(instance="a", state="idle"): "22+1x20 5x19",
            },
            silent_at="9m",
            fires_at="10m",
            gone_at="21m",
            says="Database a has 42 clients connected",
            labels={"instance": "a"},
        ),
        Example(
            "as many as are allowed, all the time, and for a while one more",
            given={database.connections(instance="a", state="idle"): "40x20 41x10 40x10"},
            silent_at="21m",
            fires_at="22m",
            gone_at="32m",
            says="Database a has 41 clients connected",
            labels={"instance": "a"},
        ),
        Vanished(
            "the database stops answering with all connections in use",
            given={
                database.connections(instance="a", state="idle"): "60x20 stale",
                database.up(instance="a"): "1x20 0x20",
            },
            at="30m",
            instead=DatabaseDown,
        ),
    ],
)

DatabaseQueriesSlow = Alert(
    expr=f"{query_seconds} > {MAX_QUERY_SECONDS}",
    for_="5m",
    severity="warning",
    summary="A query of {{ $labels.instance }} takes {{ $value | humanizeDuration }} on average",
    description="Whoever asks waits, and what waits holds connections that others need.",
    drill=Scaled("database-slow"),
    tests=[
        Example(
            "five queries a second take two seconds each for half an hour, then a tenth",
            given={
                database.queries_total(instance="a", database="d"): "0+300x60",
                database.queries_seconds_total(instance="a", database="d"): "0+600x30 18000+30x30",
            },
            silent_at="5m",
            fires_at="6m",
            gone_at="37m",
            says="A query of a takes 2s on average",
            labels={"instance": "a"},
        ),
        Example(
            "queries of one second each are what is allowed, those of a little more are not",
            given={
                database.queries_total(instance="a", database="d"): "0+300x60",
                database.queries_seconds_total(instance="a", database="d"): "0+300x20 6330+330x19 "
                "12630+30x20",
            },
            silent_at="25m",
            fires_at="26m",
            gone_at="41m",
            says="A query of a takes 1.1s on average",
            labels={"instance": "a"},
        ),
        Vanished(
            "the database stops answering while its queries are slow",
            given={
                database.queries_total(instance="a", database="d"): "0+300x20 stale",
                database.queries_seconds_total(instance="a", database="d"): "0+600x20 stale",
                database.up(instance="a"): "1x20 0x20",
            },
            at="30m",
            instead=DatabaseDown,
        ),
    ],
)
