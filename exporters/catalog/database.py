"""What the database exporters measure, whichever engine it is: does it answer, is it quick?"""

from exporters.catalog.family import counter, gauge, info

up = gauge(
    "database_up",
    "Whether the database answered the last scrape (1) or not (0).",
)

server_info = info(
    "database_server_info",
    "What the database runs: product, version and role (primary or replica).",
    labels=("product", "version", "role"),
    source="server_version, pg_is_in_recovery()",
)

uptime_seconds = gauge(
    "database_uptime_seconds",
    "Time since the server started.",
    unit="seconds",
    source="pg_postmaster_start_time()",
)

connections = gauge(
    "database_connections",
    "Clients connected, by state: active, idle, idle_in_transaction or other.",
    labels=("state",),
    source="pg_stat_activity",
)

connections_limit = gauge(
    "database_connections_limit",
    "Clients that may connect at once.",
    source="max_connections",
)

locks_waiting = gauge(
    "database_locks_waiting",
    "Clients that wait for a lock which another one holds.",
    source="pg_stat_activity wait_event_type",
)

transaction_oldest_seconds = gauge(
    "database_transaction_oldest_seconds",
    "How long the oldest open transaction has been open.",
    unit="seconds",
    source="pg_stat_activity xact_start",
)

query_longest_seconds = gauge(
    "database_query_longest_seconds",
    "How long the longest of the running queries has been running.",
    unit="seconds",
    source="pg_stat_activity query_start",
)

transactions_total = counter(
    "database_transactions_total",
    "Transactions that ended, by outcome: committed or rolled_back.",
    labels=("database", "outcome"),
    source="pg_stat_database xact_commit, xact_rollback",
)

rows_total = counter(
    "database_rows_total",
    "Rows by operation: read, inserted, updated or deleted.",
    labels=("database", "operation"),
    source="pg_stat_database tup_*",
)

cache_hits_total = counter(
    "database_cache_hits_total",
    "Blocks that the database found in its own memory.",
    labels=("database",),
    source="pg_stat_database blks_hit",
)

cache_misses_total = counter(
    "database_cache_misses_total",
    "Blocks that the database had to read from the operating system.",
    labels=("database",),
    source="pg_stat_database blks_read",
)

deadlocks_total = counter(
    "database_deadlocks_total",
    "Transactions ended by the server because they waited for each other.",
    labels=("database",),
    source="pg_stat_database deadlocks",
)

size_bytes = gauge(
    "database_size_bytes",
    "Disk space that a database takes, indexes included.",
    unit="bytes",
    labels=("database",),
    source="pg_database_size()",
)

queries_total = counter(
    "database_queries_total",
    "Queries that ended, all statements together.",
    labels=("database",),
    source="pg_stat_statements calls",
)

queries_seconds_total = counter(
    "database_queries_seconds_total",
    "Time the server spent on queries, all statements together.",
    unit="seconds",
    labels=("database",),
    source="pg_stat_statements total_exec_time",
)

statement_calls_total = counter(
    "database_statement_calls_total",
    "How often a statement ran; of those that took the most time in all.",
    labels=("database", "id", "statement"),
    source="pg_stat_statements calls",
)

statement_seconds_total = counter(
    "database_statement_seconds_total",
    "Time the server spent on a statement.",
    unit="seconds",
    labels=("database", "id", "statement"),
    source="pg_stat_statements total_exec_time",
)

statement_rows_total = counter(
    "database_statement_rows_total",
    "Rows that a statement gave or changed.",
    labels=("database", "id", "statement"),
    source="pg_stat_statements rows",
)

statement_slowest_seconds = gauge(
    "database_statement_slowest_seconds",
    "The longest that a statement ever took since its statistics began.",
    unit="seconds",
    labels=("database", "id", "statement"),
    source="pg_stat_statements max_exec_time",
)

table_rows = gauge(
    "database_table_rows",
    "Rows of a table, as the server estimates them; of the largest tables.",
    labels=("database", "table"),
    source="pg_stat_get_live_tuples()",
)

table_size_bytes = gauge(
    "database_table_size_bytes",
    "Disk space of a table without its indexes; all beyond the largest are 'other'.",
    unit="bytes",
    labels=("database", "table"),
    source="pg_table_size()",
)

table_indexes_size_bytes = gauge(
    "database_table_indexes_size_bytes",
    "Disk space of a table's indexes; all beyond the largest are 'other'.",
    unit="bytes",
    labels=("database", "table"),
    source="pg_indexes_size()",
)

table_indexes = gauge(
    "database_table_indexes",
    "Indexes of a table; all beyond the largest are 'other'.",
    labels=("database", "table"),
    source="pg_index",
)

table_scans_total = counter(
    "database_table_scans_total",
    "Scans of a table, by kind: full reads all of it, index only what is looked for.",
    labels=("database", "table", "kind"),
    source="pg_stat_get_numscans()",
)

table_rows_read_total = counter(
    "database_table_rows_read_total",
    "Rows of a table that scans read, by kind of scan: full or index.",
    labels=("database", "table", "kind"),
    source="pg_stat_get_tuples_returned(), pg_stat_get_tuples_fetched()",
)

table_rows_changed_total = counter(
    "database_table_rows_changed_total",
    "Rows of a table that were changed, by operation: inserted, updated or deleted.",
    labels=("database", "table", "operation"),
    source="pg_stat_get_tuples_inserted() and the like",
)

indexes_unused = gauge(
    "database_indexes_unused",
    "Indexes that no query has used since the statistics began, unique ones not counted.",
    labels=("database",),
    source="pg_stat_get_numscans()",
)

indexes_duplicate = gauge(
    "database_indexes_duplicate",
    "Indexes for which another one of the same table has the same columns.",
    labels=("database",),
    source="pg_index",
)

index_unused_bytes = gauge(
    "database_index_unused_bytes",
    "Disk space of an index that no query uses; of the largest ones.",
    unit="bytes",
    labels=("database", "table", "index"),
    source="pg_class relpages",
)

replicas = gauge(
    "database_replicas",
    "Replicas connected to this server.",
    source="pg_stat_replication",
)

replication_lag_seconds = gauge(
    "database_replication_lag_seconds",
    "How far a replica is behind its primary; absent on a primary.",
    unit="seconds",
    source="pg_last_xact_replay_timestamp()",
)
