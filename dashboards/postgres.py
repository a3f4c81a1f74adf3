"""What only PostgreSQL has: vacuum, transaction ids, the write-ahead log, checkpoints."""

from alerts.storage import MAX_WRAPAROUND_RATIO, DatabaseWraparoundNear, wraparound_ratio
from exporters.catalog import postgres
from generator.annotations import firing
from generator.panels import Dashboard, Query, Variable, stat, timeseries

service = Variable("service", postgres.transaction_ids_age)
instance = Variable("instance", postgres.transaction_ids_age)

# At so many ids shared row locks stop everything, as transaction ids do.
MULTIXACT_IDS = 2**31


dead_rows = timeseries(
    "Dead rows",
    Query(
        f"topk(10, sum by (table) ({postgres.table_rows_dead(service, instance)}))",
        legend="{{table}}",
    ),
    unit="short",
    help="Rows that wait for vacuum. Worry when they only grow: something keeps it away.",
)

vacuumed = timeseries(
    "Since vacuum",
    Query(
        f"topk(10, max by (table) ({postgres.table_vacuum_age_seconds(service, instance)}))",
        legend="{{table}}",
    ),
    unit="s",
    help="Time since a table was vacuumed. Long with many dead rows: something keeps it away.",
)

vacuums = timeseries(
    "Vacuums",
    Query(
        f"""
        topk(10, sum by (table) (
          increase({postgres.table_vacuums_total(service, instance)}[$__rate_interval])
        ))
        """,
        legend="{{table}}",
    ),
    unit="short",
    help="A table that is always being vacuumed has too many updates, or too little of it at once.",
)

unanalyzed = timeseries(
    "Rows that the planner does not know",
    Query(
        f"topk(10, sum by (table) ({postgres.table_rows_unanalyzed(service, instance)}))",
        legend="{{table}}",
    ),
    unit="short",
    help="Changed since the table was analysed. Many: plans are made by what was.",
)

analyzed = timeseries(
    "Since ANALYZE",
    Query(
        f"topk(10, max by (table) ({postgres.table_analyze_age_seconds(service, instance)}))",
        legend="{{table}}",
    ),
    unit="s",
    help="Time since the planner's statistics were made.",
)

in_place = timeseries(
    "Rows updated in place",
    Query(
        f"""
        topk(10, sum by (table) (
          rate({postgres.table_rows_updated_in_place_total(service, instance)}[$__rate_interval])
        ))
        """,
        legend="{{table}}",
    ),
    unit="ops",
    help="Updates that touched no index (HOT). None on a busy table: an index on what changes, or "
    "no room in its pages.",
)

wraparound = timeseries(
    "Transaction ids used",
    Query(wraparound_ratio(service, instance), legend="{{instance}}"),
    unit="percentunit",
    line=MAX_WRAPAROUND_RATIO,
    help="At 100 % nothing can be written any more. The line is where we page.",
    alerts=[DatabaseWraparoundNear],
)

multixacts = timeseries(
    "Ids of shared row locks used",
    Query(
        f"""
        max by (instance) ({postgres.multixact_ids_age(service, instance)}) / {MULTIXACT_IDS}
        """,
        legend="{{instance}}",
    ),
    unit="percentunit",
    help="At 100 % nothing can be written any more, either. Foreign keys use them.",
)

prepared = timeseries(
    "Prepared transactions",
    Query(postgres.prepared_transactions(service, instance), legend="{{instance}}"),
    unit="short",
    help="They wait for a second phase. One that nobody ends keeps vacuum away for ever.",
)

sessions = timeseries(
    "Sessions begun",
    Query(
        f"""
        sum by (instance) (
          rate({postgres.sessions_total(service, instance)}[$__rate_interval])
        )
        """,
        legend="{{instance}}",
    ),
    unit="ops",
    help="As many as queries: no client keeps its connection; each costs a process.",
)

fetched = timeseries(
    "Rows by index",
    Query(
        f"""
        sum by (instance) (
          rate({postgres.rows_fetched_total(service, instance)}[$__rate_interval])
        )
        """,
        legend="{{instance}}",
    ),
    unit="ops",
    help="Rows that index scans gave. Fewer, and more rows read: an index is not used any more.",
)

blocks = timeseries(
    "Blocks read by table",
    Query(
        f"""
        topk(10, sum by (table) (
          rate({postgres.table_blocks_read_total(service, instance)}[$__rate_interval])
        ))
        """,
        legend="{{table}}",
    ),
    unit="ops",
    help="From the operating system, because they were not in memory: who needs more of it?",
)

blocks_hit = timeseries(
    "Blocks found by table",
    Query(
        f"""
        topk(10, sum by (table) (
          rate({postgres.table_blocks_hit_total(service, instance)}[$__rate_interval])
        ))
        """,
        legend="{{table}}",
    ),
    unit="ops",
    help="In memory. Far more than before: a plan has changed.",
)

temporary = timeseries(
    "Temporary files",
    Query(
        f"""
        sum by (instance) (
          rate({postgres.temporary_bytes_total(service, instance)}[$__rate_interval])
        )
        """,
        legend="{{instance}}",
    ),
    unit="Bps",
    help="Written because a query's data did not fit work_mem.",
)

temporary_files = timeseries(
    "Temporary files made",
    Query(
        f"""
        sum by (instance) (
          rate({postgres.temporary_files_total(service, instance)}[$__rate_interval])
        )
        """,
        legend="{{instance}}",
    ),
    unit="ops",
    help="Many small ones: a little more work_mem spares them.",
)

wal = timeseries(
    "Write-ahead log",
    Query(
        f"rate({postgres.wal_bytes_total(service, instance)}[$__rate_interval])",
        legend="{{instance}}",
    ),
    unit="Bps",
    help="What changes cost the disk, and the link to replicas.",
)

checkpoints = timeseries(
    "Checkpoints",
    Query(
        f"""
        sum by (instance, cause) (
          increase({postgres.checkpoints_total(service, instance)}[$__rate_interval])
        )
        """,
        legend="{{instance}} {{cause}}",
    ),
    unit="short",
    help="Requested ones come because there was much to write: max_wal_size is too small.",
)

checkpoint_blocks = timeseries(
    "Blocks written by checkpoints",
    Query(
        f"rate({postgres.checkpoint_blocks_total(service, instance)}[$__rate_interval])",
        legend="{{instance}}",
    ),
    unit="ops",
    help="In bursts they slow everybody else.",
)

archive = stat(
    "Log not archived",
    f"sum(increase({postgres.archive_failures_total(service, instance)}[$__range]))",
    line=0,
    help="Files of the log that could not be archived: a restore ends before them.",
)

durable = stat(
    "Commits that are on the disk",
    f"avg({postgres.setting(service, instance, setting='fsync')})",
    unit="percentunit",
    help="Share of the servers with fsync. Without it a crash may lose the whole database.",
)

conflicts = timeseries(
    "Queries ended on replicas",
    Query(
        f"""
        sum by (instance) (
          rate({postgres.conflicts_total(service, instance)}[$__rate_interval])
        )
        """,
        legend="{{instance}}",
    ),
    unit="ops",
    help="They stood in the way of what came from the primary.",
)

evicted = timeseries(
    "Statements forgotten",
    Query(
        f"rate({postgres.statements_evicted_total(service, instance)}[$__rate_interval])",
        legend="{{instance}}",
    ),
    unit="ops",
    help="pg_stat_statements had no room for them: its numbers are too small.",
)


dashboard = Dashboard(
    "PostgreSQL",
    "What only PostgreSQL has: vacuum, transaction ids, the write-ahead log, checkpoints.",
    variables=[service, instance],
    links=["database", "queries"],
    annotations=[firing(service, instance)],
    rows={
        "Does vacuum keep up?": [dead_rows, vacuumed, vacuums, wraparound, multixacts, prepared],
        "Does the planner know?": [unanalyzed, analyzed, fetched, evicted],
        "Is its memory enough?": [blocks, blocks_hit, temporary, temporary_files, in_place],
        "Who is there?": [sessions, conflicts],
        "What does it write?": [durable, wal, checkpoints, checkpoint_blocks, archive],
    },
)
