"""Queries and indexes: what takes the time, what is slow, which index lacks or lies idle?"""

from alerts.database import MAX_QUERY_SECONDS
from alerts.plans import (
    MAX_SCANNED_ROWS,
    MAX_SECONDS,
    DatabaseConfiguredQueryScans,
    DatabaseConfiguredQuerySlow,
)
from alerts.queries import MAX_SLOW_QUERIES, DatabaseSlowQueriesMany, slow_queries
from exporters.catalog import database, mysql, postgres
from generator.annotations import firing
from generator.panels import Dashboard, Query, Variable, stat, timeseries

service = Variable("service", database.up)
instance = Variable("instance", database.up)


slow = timeseries(
    "Slow queries a minute",
    Query(slow_queries(service, instance), legend="{{instance}}"),
    unit="short",
    line=MAX_SLOW_QUERIES,
    help="Those that took longer than the server's own limit. The line is where we alert. "
    "MySQL and MariaDB: PostgreSQL and SQLite count none.",
    alerts=[DatabaseSlowQueriesMany],
)

slow_limit = stat(
    "Slow is longer than",
    f"max({database.slow_query_limit_seconds(service, instance)})",
    unit="s",
    help="The server's own limit, long_query_time; of several servers the largest.",
)

statement_calls = timeseries(
    "Calls by statement",
    Query(
        f"""
        topk(10, sum by (statement) (
          rate({database.statement_calls_total(service, instance)}[$__rate_interval])
        ))
        """,
        legend="{{statement}}",
    ),
    unit="ops",
    help="How often statements run. The same time and more calls: something asks in a loop.",
)

statement_rows = timeseries(
    "Rows by statement",
    Query(
        f"""
        topk(10, sum by (statement) (
          rate({database.statement_rows_total(service, instance)}[$__rate_interval])
        ))
        """,
        legend="{{statement}}",
    ),
    unit="ops",
    help="Rows per second that statements give or change. Many for one page: it reads too much.",
)

table_scans = timeseries(
    "Full scans of tables",
    Query(
        f"""
        topk(10, sum by (table) (
          rate({database.table_scans_total(service, instance, kind="full")}[$__rate_interval])
        ))
        """,
        legend="{{table}}",
    ),
    unit="ops",
    help="How often all of a table is read, by table: PostgreSQL. Right for small ones.",
)

query_scans = timeseries(
    "Queries without an index",
    Query(
        f"""
        sum by (instance, kind) (
          rate({mysql.scans_total(service, instance)}[$__rate_interval])
        )
        """,
        legend="{{instance}} {{kind}} table",
    ),
    unit="ops",
    help="Queries per second that read all of a table, as their first or to join it: MySQL and "
    "MariaDB. A join without an index reads it again for each row.",
)

table_indexes = timeseries(
    "Indexes of tables",
    Query(
        f"""
        topk(10, sum by (table) (
          {database.table_indexes(service, instance)}
        ))
        """,
        legend="{{table}}",
    ),
    unit="short",
    help="How many there are. Each of them is written with every row.",
)

invalid = stat(
    "Broken indexes",
    f"sum({postgres.indexes_invalid(service, instance)})",
    line=0,
    help="Indexes of PostgreSQL whose making was broken off: written, and used by nobody.",
)

statement_time = timeseries(
    "Time by statement",
    Query(
        f"""
        topk(10, sum by (statement) (
          rate({database.statement_seconds_total(service, instance)}[$__rate_interval])
        ))
        """,
        legend="{{statement}}",
    ),
    unit="short",
    help="Seconds of work in every second, by statement. The first one is where tuning pays.",
)

statement_mean = timeseries(
    "Mean time of a statement",
    Query(
        f"""
        topk(10,
          sum by (statement) (
            rate({database.statement_seconds_total(service, instance)}[$__rate_interval])
          )
            /
          sum by (statement) (
            rate({database.statement_calls_total(service, instance)}[$__rate_interval])
          )
        )
        """,
        legend="{{statement}}",
    ),
    unit="s",
    line=MAX_QUERY_SECONDS,
    help="How long a statement takes. Worry when one leaves its usual band.",
)

slowest = timeseries(
    "Slowest run of a statement",
    Query(
        f"""
        topk(10, max by (statement) (
          {database.statement_slowest_seconds(service, instance)}
        ))
        """,
        legend="{{statement}}",
    ),
    unit="s",
    help="The longest that a statement ever took. One far above its mean waited for something.",
)

full_scans = timeseries(
    "Rows read by full scans",
    Query(
        f"""
        topk(10, sum by (table) (
          rate({database.table_rows_read_total(service, instance, kind="full")}[$__rate_interval])
        ))
        """,
        legend="{{table}}",
    ),
    unit="ops",
    help="Rows per second that were read because no index led to them. Worry on large tables.",
)

indexes = stat(
    "Indexes without a use",
    f"sum({database.indexes_unused(service, instance)})",
    line=0,
    help="Indexes that no query has used. Each slows every write: drop it, after a month.",
)

duplicates = stat(
    "Duplicate indexes",
    f"sum({database.indexes_duplicate(service, instance)})",
    line=0,
    help="Indexes whose columns another one has. Drop one of each pair.",
)

unused_indexes = timeseries(
    "Unused indexes",
    Query(
        f"""
        topk(10, sum by (table, index) (
          {database.index_unused_bytes(service, instance)}
        ))
        """,
        legend="{{table}} {{index}}",
    ),
    unit="bytes",
    help="Disk space of indexes that no query uses. Each slows every write: drop it.",
)

query_time = timeseries(
    "Configured queries",
    Query(database.query_seconds(service, instance), legend="{{query}}"),
    unit="s",
    line=MAX_SECONDS,
    help="How long the queries take that the settings name. The line is where we alert.",
    alerts=[DatabaseConfiguredQuerySlow],
)

plan_scans = timeseries(
    "Rows read in full by configured queries",
    Query(database.plan_rows(service, instance, access="full"), legend="{{query}} {{table}}"),
    unit="short",
    line=MAX_SCANNED_ROWS,
    help="Rows that are read because no index leads to them. The line is where we alert.",
    alerts=[DatabaseConfiguredQueryScans],
)

unindexed = timeseries(
    "Columns without an index",
    Query(
        database.plan_unindexed_rows(service, instance), legend="{{query}}: {{table}} {{column}}"
    ),
    unit="short",
    help="Rows that a configured query reads all of, and the column that it looks for them by, "
    "where its plan says so: PostgreSQL, MySQL and MariaDB. Worry when they grow.",
)

query_full_scans = stat(
    "Tables read in full",
    f"sum({database.plan_full_scans(service, instance)})",
    help="Tables that configured queries read all of, small ones too.",
)


dashboard = Dashboard(
    "Queries and indexes",
    "What takes the time, what is slow, which index lacks or lies idle?",
    variables=[service, instance],
    links=["database", "storage", "mysql", "postgres"],
    annotations=[firing(service, instance)],
    rows={
        "Is anything slow?": [slow, slow_limit, slowest],
        "Which statements take the time?": [
            statement_time,
            statement_mean,
            statement_calls,
            statement_rows,
        ],
        "Are configured queries as they were meant to be?": [
            query_full_scans,
            query_time,
            plan_scans,
        ],
        "Does an index lack?": [unindexed, full_scans, table_scans, query_scans],
        "Does one lie idle?": [indexes, duplicates, invalid, unused_indexes, table_indexes],
    },
)
