"""What the database keeps: does it fit, does it grow, how long will it last?"""

from alerts.plans import MAX_ROW_AGE_SECONDS, DatabaseRowsOld
from alerts.storage import (
    MAX_GROWTH_BYTES,
    MIN_DAYS_LEFT,
    DatabaseFullSoon,
    DatabaseGrowthHigh,
    DatabaseGrowthLow,
    days_left,
    growth,
)
from exporters.catalog import database, sqlite
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
    help="Bytes a day, by the last six hours. The line is where we alert; we do as well for far "
    "less than at this time of the last two weeks.",
    alerts=[DatabaseGrowthHigh, DatabaseGrowthLow],
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

rows_changed = timeseries(
    "Rows changed by table",
    Query(
        f"""
        topk(10, sum by (table, operation) (
          rate({database.table_rows_changed_total(service, instance)}[$__rate_interval])
        ))
        """,
        legend="{{table}} {{operation}}",
    ),
    unit="ops",
    help="Rows inserted, updated and deleted per second. Inserted and never deleted: it grows.",
)

row_age = timeseries(
    "Oldest rows",
    Query(database.table_oldest_row_seconds(service, instance), legend="{{instance}} {{table}}"),
    unit="s",
    line=MAX_ROW_AGE_SECONDS,
    help="Age of the oldest row of the tables that the settings name. The line is where we alert.",
    alerts=[DatabaseRowsOld],
)


file_free = timeseries(
    "Free in the file",
    Query(
        f"""
        {sqlite.free_bytes(service, instance)}
          /
        {database.size_bytes(service, instance)}
        """,
        legend="{{instance}}",
    ),
    unit="percentunit",
    help="Share of an SQLite file that holds nothing now. VACUUM gives it back.",
)

file_log = timeseries(
    "Write-ahead log beside the file",
    Query(sqlite.wal_bytes(service, instance), legend="{{instance}}"),
    unit="bytes",
    help="It grows while somebody reads for long. 0 where there is none.",
)

file_waits = stat(
    "Readers need not wait",
    f"avg({sqlite.wal_mode(service, instance)})",
    unit="percentunit",
    help="Share of the files with a write-ahead log: elsewhere readers and writers wait for each "
    "other.",
)

file_written = timeseries(
    "Since the file was written",
    Query(
        f"""
        time() - {sqlite.last_write_timestamp_seconds(service, instance)}
        """,
        legend="{{instance}}",
    ),
    unit="s",
    help="How long nothing has been written. Longer than usual: whoever writes it stands still.",
)

file_schema = timeseries(
    "Version of the schema",
    Query(sqlite.schema_version(service, instance), legend="{{instance}}"),
    unit="short",
    help="It goes up when tables or indexes are made or changed: with a release, and only then.",
)


dashboard = Dashboard(
    "Storage",
    "What the database keeps: does it fit, does it grow, how long will it last?",
    variables=[service, instance],
    links=["database", "queries"],
    annotations=[firing(service, instance)],
    rows={
        "Does it fit?": [size, growth_per_day, days_until_full, row_age],
        "What is it that grows?": [table_sizes, table_rows, rows_changed],
        "How are SQLite's files?": [file_written, file_free, file_log, file_waits, file_schema],
    },
)
