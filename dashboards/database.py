"""The database at a glance: is it up, is it quick, who waits?"""

from alerts.database import (
    MAX_CONNECTIONS,
    MAX_QUERY_SECONDS,
    DatabaseConnectionsHigh,
    DatabaseDown,
    DatabaseQueriesSlow,
    cache_hit_ratio,
    connections,
    query_seconds,
)
from alerts.locks import (
    MAX_DEADLOCKS,
    MAX_TRANSACTION_SECONDS,
    MAX_WAITING,
    DatabaseDeadlocks,
    DatabaseLocksWaiting,
    DatabaseTransactionOld,
    deadlocks,
)
from exporters.catalog import database
from generator.annotations import firing, restarts
from generator.panels import Dashboard, Query, Variable, bars, stat, timeseries

# R4: what an application of this size needs; more are a sign, not yet a fault.
TARGET_CONNECTIONS = 30

service = Variable("service", database.up)
instance = Variable("instance", database.up)


answering = stat(
    "Answering",
    f"avg({database.up(service, instance)})",
    unit="percentunit",
    line=1,
    bad="below",
    help="Share of the databases that answered their last scrape. Worry below 100 %.",
    alerts=[DatabaseDown],
)

connected = stat(
    "Connections",
    f"sum({connections(service, instance)})",
    line=TARGET_CONNECTIONS,
    help=f"Clients connected now. Worry above {TARGET_CONNECTIONS}: some are not given back.",
)

uptime = stat(
    "Up since",
    f"min({database.uptime_seconds(service, instance)})",
    unit="s",
    help="Time since the youngest server was started: when short, its memory is cold.",
)

query_performance = timeseries(
    "Query performance",
    Query(query_seconds(service, instance), legend="{{instance}}"),
    unit="s",
    line=MAX_QUERY_SECONDS,
    help="Mean time of a query, all statements together. The line is where we alert.",
    alerts=[DatabaseQueriesSlow],
)

query_throughput = bars(
    "Query throughput",
    Query(
        f"""
        sum by (instance, database) (
          rate({database.queries_total(service, instance)}[$__rate_interval])
        )
        """,
        legend="{{instance}} {{database}}",
    ),
    unit="ops",
    help="Queries per second, by database. A sudden fall with clients connected: they wait.",
)

connections_by_state = timeseries(
    "Connections by state",
    Query(
        f"sum by (instance, state) ({database.connections(service, instance)})",
        legend="{{instance}} {{state}}",
    ),
    Query(connections(service, instance), legend="{{instance}} all"),
    unit="short",
    line=MAX_CONNECTIONS,
    help="What clients do. Many that are idle are leaked; the line is where we alert.",
    alerts=[DatabaseConnectionsHigh],
)

waiting = timeseries(
    "Waiting for locks",
    Query(database.locks_waiting(service, instance), legend="{{instance}}"),
    unit="short",
    line=MAX_WAITING,
    help="Clients that need what another one holds. The line is where we alert.",
    alerts=[DatabaseLocksWaiting],
)

oldest_transaction = timeseries(
    "Oldest transaction",
    Query(
        database.transaction_oldest_seconds(service, instance), legend="{{instance}} transaction"
    ),
    Query(database.query_longest_seconds(service, instance), legend="{{instance}} query"),
    unit="s",
    line=MAX_TRANSACTION_SECONDS,
    help="How long the oldest open transaction and the longest query last. Worry at the line.",
    alerts=[DatabaseTransactionOld],
)

transactions = timeseries(
    "Transactions",
    Query(
        f"""
        sum by (instance, outcome) (
          rate({database.transactions_total(service, instance)}[$__rate_interval])
        )
        """,
        legend="{{instance}} {{outcome}}",
    ),
    unit="ops",
    help="Transactions per second by outcome. Worry when more are rolled back than usual.",
)

deadlocked = timeseries(
    "Deadlocks",
    Query(deadlocks(service, instance), legend="{{instance}}"),
    unit="short",
    line=MAX_DEADLOCKS,
    help="Transactions that waited for each other, in five minutes. Any is one too many.",
    alerts=[DatabaseDeadlocks],
)

hit_ratio = timeseries(
    "Found in memory",
    Query(cache_hit_ratio(service, instance), legend="{{instance}}"),
    unit="percentunit",
    help="Share of blocks in the database's own memory. Worry when it leaves its usual band.",
)

limit_used = timeseries(
    "Connections, share of the limit",
    Query(
        f"""
        {connections(service, instance)}
          /
        {database.connections_limit(service, instance)}
        """,
        legend="{{instance}}",
    ),
    unit="percentunit",
    help="At 100 % the database takes nobody in. Worry when it leaves its usual band.",
)

rows = timeseries(
    "Rows",
    Query(
        f"""
        sum by (instance, operation) (
          rate({database.rows_total(service, instance)}[$__rate_interval])
        )
        """,
        legend="{{instance}} {{operation}}",
    ),
    unit="ops",
    help="Rows read and changed per second. Far more read than before, for as many queries: an "
    "index is not used any more.",
)

runs = timeseries(
    "What runs",
    Query(
        f"count by (product, version, role) ({database.server_info(service, instance)})",
        legend="{{product}} {{version}}, {{role}}",
    ),
    unit="short",
    help="Servers by product, version and role. One that changes its role has taken over.",
)


dashboard = Dashboard(
    "Database",
    "PostgreSQL, MySQL, MariaDB: is it up, is it quick, who waits?",
    variables=[service, instance],
    links=["queries", "storage", "replication"],
    annotations=[firing(service, instance), restarts(database.uptime_seconds, service, instance)],
    rows={
        "Is it up, is it quick?": [
            answering,
            connected,
            uptime,
            query_performance,
            query_throughput,
            hit_ratio,
            rows,
            runs,
        ],
        "Who is connected, who waits?": [
            connections_by_state,
            limit_used,
            waiting,
            oldest_transaction,
            transactions,
            deadlocked,
        ],
    },
)
