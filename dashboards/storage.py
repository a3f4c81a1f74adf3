"""What the database keeps: does it fit, does it grow, how long will it last?"""

from alerts.plans import (
    MAX_ROW_AGE_SECONDS,
    MAX_SCANNED_ROWS,
    MAX_SECONDS,
    DatabaseConfiguredQueryScans,
    DatabaseConfiguredQuerySlow,
    DatabaseRowsOld,
)
from alerts.storage import (
    MAX_GROWTH_BYTES,
    MAX_WRAPAROUND_RATIO,
    MIN_DAYS_LEFT,
    DatabaseFullSoon,
    DatabaseGrowthHigh,
    DatabaseWraparoundNear,
    days_left,
    growth,
    wraparound_ratio,
)
from exporters.catalog import database, postgres
from generator.annotations import firing
from generator.panels import Dashboard, Query, Variable, stat, timeseries

service = Variable("service", database.up)
instance = Variable("instance", database.up)


size = stat(
    "Size",
    f"sum({database.size_bytes(service, instance)})",
    unit="bytes",
    help="Disk space of all databases. Compare it with the disk.",
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

table_sizes = timeseries(
    "Largest tables",
    Query(
        f"""
        topk(10, sum by (table) (
          {database.table_size_bytes(service, instance)}
            +
          {database.table_indexes_size_bytes(service, instance)}
        ))
        """,
        legend="{{table}}",
    ),
    unit="bytes",
    help="Disk space of tables with their indexes. Worry about one that grows like no other.",
)

table_rows = timeseries(
    "Rows of tables",
    Query(
        f"""
        topk(10, sum by (table) (
          {database.table_rows(service, instance)}
        ))
        """,
        legend="{{table}}",
    ),
    unit="short",
    help="Rows, as the server estimates them. Worry when old ones are not deleted any more.",
)

growth_per_day = timeseries(
    "Growth per day",
    Query(growth(service, instance), legend="{{instance}}"),
    unit="bytes",
    line=MAX_GROWTH_BYTES,
    help="Bytes a day, by the last six hours. The line is where we alert.",
    alerts=[DatabaseGrowthHigh],
)

days_until_full = timeseries(
    "Days until the limit",
    Query(
        f"""
        clamp_max({days_left(service, instance)}, 1000)
          or
        {growth(service, instance)} * 0 + 1000
        """,
        legend="{{instance}}",
    ),
    unit="short",
    line=MIN_DAYS_LEFT,
    bad="below",
    help="At the pace of the last six hours; 1000 stands for more, and for no growth. The line is "
    "where we alert.",
    alerts=[DatabaseFullSoon],
)

dead_rows = timeseries(
    "Dead rows",
    Query(
        f"""
        topk(10, sum by (table) (
          {postgres.table_rows_dead(service, instance)}
        ))
        """,
        legend="{{table}}",
    ),
    unit="short",
    help="Rows that wait for vacuum. Worry when they only grow: something keeps it away.",
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

wraparound = timeseries(
    "Transaction ids used",
    Query(wraparound_ratio(service, instance), legend="{{instance}}"),
    unit="percentunit",
    line=MAX_WRAPAROUND_RATIO,
    help="At 100 % nothing can be written any more. The line is where we page.",
    alerts=[DatabaseWraparoundNear],
)


query_time = timeseries(
    "Configured queries",
    Query(database.query_seconds(service, instance), legend="{{query}}"),
    unit="s",
    line=MAX_SECONDS,
    help="How long the queries take that the settings name. The line is where we alert.",
    alerts=[DatabaseConfiguredQuerySlow],
)

query_scans = timeseries(
    "Rows read in full by configured queries",
    Query(database.plan_rows(service, instance, access="full"), legend="{{query}} {{table}}"),
    unit="short",
    line=MAX_SCANNED_ROWS,
    help="Rows that are read because no index leads to them. The line is where we alert.",
    alerts=[DatabaseConfiguredQueryScans],
)

query_full_scans = stat(
    "Tables read in full",
    f"sum({database.plan_full_scans(service, instance)})",
    help="Tables that configured queries read all of, small ones too.",
)

row_age = timeseries(
    "Oldest rows",
    Query(database.table_oldest_row_seconds(service, instance), legend="{{instance}} {{table}}"),
    unit="s",
    line=MAX_ROW_AGE_SECONDS,
    help="Age of the oldest row of the tables that the settings name. The line is where we alert.",
    alerts=[DatabaseRowsOld],
)


dashboard = Dashboard(
    "Storage",
    "What the database keeps: does it fit, does it grow, how long will it last?",
    variables=[service, instance],
    annotations=[firing(service, instance)],
    rows={
        "Does it fit?": [size, growth_per_day, days_until_full, table_sizes, table_rows],
        "Is it tidy?": [indexes, duplicates, unused_indexes, dead_rows],
        "Are its queries as they were meant to be?": [query_full_scans, query_time, query_scans],
        "How long will it last?": [row_age, wraparound],
    },
)
