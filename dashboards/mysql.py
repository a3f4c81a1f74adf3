"""What only MySQL and MariaDB have: commands, the buffer pool, row locks, temporary tables."""

from exporters.catalog import mysql
from generator.annotations import firing
from generator.panels import Dashboard, Query, Variable, stat, timeseries

service = Variable("service", mysql.commands_total)
instance = Variable("instance", mysql.commands_total)

durable = stat(
    "Commits that are on the disk",
    f"""
    avg({mysql.setting(service, instance, setting="innodb_flush_log_at_trx_commit")} == bool 1)
    """,
    unit="percentunit",
    help="Share of the servers that write each commit before they confirm it. Elsewhere a crash "
    "loses the last second.",
)

commands = timeseries(
    "Statements by what they do",
    Query(
        f"""
        sum by (instance, command) (
          rate({mysql.commands_total(service, instance)}[$__rate_interval])
        )
        """,
        legend="{{instance}} {{command}}",
    ),
    unit="ops",
    help="Statements per second. More selects and nothing else: a cache is gone.",
)

network = timeseries(
    "Network",
    Query(
        f"""
        sum by (instance, direction) (
          rate({mysql.network_bytes_total(service, instance)}[$__rate_interval])
        )
        """,
        legend="{{instance}} {{direction}}",
    ),
    unit="Bps",
    help="What clients send and get. Much sent for few statements: somebody reads too much.",
)

opened = timeseries(
    "Connections opened",
    Query(
        f"rate({mysql.connections_opened_total(service, instance)}[$__rate_interval])",
        legend="{{instance}}",
    ),
    unit="ops",
    help="Attempts to connect per second. As many as statements: no client keeps its connection.",
)

aborted = timeseries(
    "Connections that failed",
    Query(
        f"rate({mysql.connections_aborted_total(service, instance)}[$__rate_interval])",
        legend="{{instance}} {{when}}",
    ),
    Query(
        f"rate({mysql.connections_refused_total(service, instance)}[$__rate_interval])",
        legend="{{instance}} turned away",
    ),
    unit="ops",
    help="At login: a wrong password. In session: a client went without a word. Turned away: as "
    "many as may were connected.",
)

pool = timeseries(
    "Buffer pool",
    Query(
        f"sum by (instance, state) ({mysql.buffer_pool_pages(service, instance)})",
        legend="{{instance}} {{state}}",
    ),
    unit="short",
    help="Pages of InnoDB's memory. None free is right; mostly dirty: the disk does not keep up.",
)

pool_waits = timeseries(
    "Waits for memory and log",
    Query(
        f"rate({mysql.buffer_pool_waits_total(service, instance)}[$__rate_interval])",
        legend="{{instance}} page",
    ),
    Query(
        f"rate({mysql.log_waits_total(service, instance)}[$__rate_interval])",
        legend="{{instance}} log",
    ),
    unit="ops",
    help="How often a page or room in the log's buffer was not there at once. Any is one too many: "
    "innodb_buffer_pool_size or innodb_log_buffer_size is too small.",
)

log_written = timeseries(
    "Redo log",
    Query(
        f"rate({mysql.log_bytes_total(service, instance)}[$__rate_interval])",
        legend="{{instance}}",
    ),
    unit="Bps",
    help="What changes cost the disk.",
)

history = timeseries(
    "Old rows to be purged",
    Query(mysql.history_length(service, instance), legend="{{instance}}"),
    unit="short",
    help="It only grows while an old transaction might still look at them.",
)

row_waits = timeseries(
    "Waits for rows",
    Query(
        f"rate({mysql.row_lock_waits_total(service, instance)}[$__rate_interval])",
        legend="{{instance}}",
    ),
    unit="ops",
    help="How often somebody waited for a row that another one had locked.",
)

row_seconds = timeseries(
    "Time in waits for rows",
    Query(
        f"rate({mysql.row_lock_seconds_total(service, instance)}[$__rate_interval])",
        legend="{{instance}}",
    ),
    unit="short",
    help="Seconds of waiting in every second. 1: somebody always waits.",
)

temporary = timeseries(
    "Temporary tables",
    Query(
        f"""
        sum by (instance, place) (
          rate({mysql.temporary_tables_total(service, instance)}[$__rate_interval])
        )
        """,
        legend="{{instance}} {{place}}",
    ),
    unit="ops",
    help="Made for sorting and grouping. Many on disk: an index would sort, or tmp_table_size is "
    "too small.",
)

sorts = timeseries(
    "Sorts that did not fit",
    Query(
        f"rate({mysql.sort_merge_passes_total(service, instance)}[$__rate_interval])",
        legend="{{instance}}",
    ),
    unit="ops",
    help="Passes over what was larger than sort_buffer_size.",
)

tables_opened = timeseries(
    "Tables opened",
    Query(
        f"rate({mysql.tables_opened_total(service, instance)}[$__rate_interval])",
        legend="{{instance}}",
    ),
    unit="ops",
    help="Steadily many: table_open_cache is too small.",
)

evicted = timeseries(
    "Statements not told apart",
    Query(
        f"rate({mysql.statements_evicted_total(service, instance)}[$__rate_interval])",
        legend="{{instance}}",
    ),
    unit="ops",
    help="There was no room for them: queries have values in their text, or "
    "performance_schema_digests_size is too small.",
)


dashboard = Dashboard(
    "MySQL and MariaDB",
    "What only they have: commands, the buffer pool, row locks, temporary tables.",
    variables=[service, instance],
    links=["database", "queries"],
    annotations=[firing(service, instance)],
    rows={
        "What is it asked?": [commands, network, opened, aborted],
        "Is its memory enough?": [pool, pool_waits, temporary, sorts, tables_opened, evicted],
        "Who waits for rows?": [row_waits, row_seconds, history],
        "What does it write?": [durable, log_written],
    },
)
