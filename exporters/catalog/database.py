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
    source="server_version, pg_is_in_recovery(); version(), SHOW REPLICA STATUS",
)

uptime_seconds = gauge(
    "database_uptime_seconds",
    "Time since the server started.",
    unit="seconds",
    source="pg_postmaster_start_time(); Uptime",
)

connections = gauge(
    "database_connections",
    "Clients connected, by state: active, idle, idle_in_transaction or other.",
    labels=("state",),
    source="pg_stat_activity; PROCESSLIST",
)

connections_limit = gauge(
    "database_connections_limit",
    "Clients that may connect at once.",
    source="max_connections",
)

locks_waiting = gauge(
    "database_locks_waiting",
    "Clients that wait for a lock which another one holds.",
    source="pg_stat_activity wait_event_type; INNODB_TRX, PROCESSLIST",
)

transaction_oldest_seconds = gauge(
    "database_transaction_oldest_seconds",
    "How long the oldest open transaction has been open.",
    unit="seconds",
    source="pg_stat_activity xact_start; INNODB_TRX trx_started",
)

query_longest_seconds = gauge(
    "database_query_longest_seconds",
    "How long the longest of the running queries has been running.",
    unit="seconds",
    source="pg_stat_activity query_start; PROCESSLIST",
)

transactions_total = counter(
    "database_transactions_total",
    "Transactions that ended, by outcome: committed or rolled_back.",
    labels=("database", "outcome"),
    source="pg_stat_database xact_commit, xact_rollback; Handler_commit, Handler_rollback",
)

rows_total = counter(
    "database_rows_total",
    "Rows by operation: read, inserted, updated or deleted.",
    labels=("database", "operation"),
    source="pg_stat_database tup_*; Innodb_rows_*, or Handler_*",
)

cache_hits_total = counter(
    "database_cache_hits_total",
    "Blocks that the database found in its own memory.",
    labels=("database",),
    source="pg_stat_database blks_hit; Innodb_buffer_pool_read_requests",
)

cache_misses_total = counter(
    "database_cache_misses_total",
    "Blocks that the database had to read from the operating system.",
    labels=("database",),
    source="pg_stat_database blks_read; Innodb_buffer_pool_reads",
)

deadlocks_total = counter(
    "database_deadlocks_total",
    "Transactions ended by the server because they waited for each other.",
    labels=("database",),
    source="pg_stat_database deadlocks; Innodb_deadlocks, or INNODB_METRICS",
)

size_bytes = gauge(
    "database_size_bytes",
    "Disk space that a database takes, indexes included.",
    unit="bytes",
    labels=("database",),
    source="pg_database_size(); information_schema.TABLES; PRAGMA page_count",
)

queries_total = counter(
    "database_queries_total",
    "Queries that ended, all statements together.",
    labels=("database",),
    source="pg_stat_statements calls; events_statements_summary_by_digest",
)

queries_seconds_total = counter(
    "database_queries_seconds_total",
    "Time the server spent on queries, all statements together.",
    unit="seconds",
    labels=("database",),
    source="pg_stat_statements total_exec_time; events_statements_summary_by_digest",
)

slow_queries_total = counter(
    "database_slow_queries_total",
    "Queries that took longer than the server's own limit for slow ones. MySQL and MariaDB.",
    source="Slow_queries",
)

slow_query_limit_seconds = gauge(
    "database_slow_query_limit_seconds",
    "From how many seconds on the server counts a query as slow. MySQL and MariaDB.",
    unit="seconds",
    source="long_query_time",
)

statement_calls_total = counter(
    "database_statement_calls_total",
    "How often a statement ran; of those that took the most time in all.",
    labels=("database", "id", "statement"),
    source="pg_stat_statements calls; events_statements_summary_by_digest",
)

statement_seconds_total = counter(
    "database_statement_seconds_total",
    "Time the server spent on a statement.",
    unit="seconds",
    labels=("database", "id", "statement"),
    source="pg_stat_statements total_exec_time; events_statements_summary_by_digest",
)

statement_rows_total = counter(
    "database_statement_rows_total",
    "Rows that a statement gave or changed.",
    labels=("database", "id", "statement"),
    source="pg_stat_statements rows; events_statements_summary_by_digest",
)

statement_slowest_seconds = gauge(
    "database_statement_slowest_seconds",
    "The longest that a statement ever took since its statistics began.",
    unit="seconds",
    labels=("database", "id", "statement"),
    source="pg_stat_statements max_exec_time; events_statements_summary_by_digest",
)

table_rows = gauge(
    "database_table_rows",
    "Rows of a table, as the server estimates them; of the largest tables.",
    labels=("database", "table"),
    source="pg_stat_get_live_tuples(); information_schema.TABLES; sqlite_stat1",
)

table_size_bytes = gauge(
    "database_table_size_bytes",
    "Disk space of a table without its indexes; all beyond the largest are 'other'.",
    unit="bytes",
    labels=("database", "table"),
    source="pg_table_size(); information_schema.TABLES; dbstat",
)

table_indexes_size_bytes = gauge(
    "database_table_indexes_size_bytes",
    "Disk space of a table's indexes; all beyond the largest are 'other'.",
    unit="bytes",
    labels=("database", "table"),
    source="pg_indexes_size(); information_schema.TABLES; dbstat",
)

table_indexes = gauge(
    "database_table_indexes",
    "Indexes of a table; all beyond the largest are 'other'.",
    labels=("database", "table"),
    source="pg_index; information_schema.STATISTICS",
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
    source="pg_stat_get_tuples_returned() and _fetched(); table_io_waits_summary_by_index_usage",
)

table_rows_changed_total = counter(
    "database_table_rows_changed_total",
    "Rows of a table that were changed, by operation: inserted, updated or deleted.",
    labels=("database", "table", "operation"),
    source="pg_stat_get_tuples_inserted() and the like; table_io_waits_summary_by_table",
)

indexes_unused = gauge(
    "database_indexes_unused",
    "Indexes that no query has used since the statistics began, unique ones not counted.",
    labels=("database",),
    source="pg_stat_get_numscans(); table_io_waits_summary_by_index_usage",
)

indexes_duplicate = gauge(
    "database_indexes_duplicate",
    "Indexes for which another one of the same table has the same columns.",
    labels=("database",),
    source="pg_index; information_schema.STATISTICS",
)

index_unused_bytes = gauge(
    "database_index_unused_bytes",
    "Disk space of an index that no query uses; of the largest ones.",
    unit="bytes",
    labels=("database", "table", "index"),
    source="pg_class relpages; mysql.innodb_index_stats",
)

plan_rows = gauge(
    "database_plan_rows",
    "Rows that a configured query is expected to read, by table and access: full or index.",
    labels=("query", "table", "access"),
    source="EXPLAIN",
)

plan_unindexed_rows = gauge(
    "database_plan_unindexed_rows",
    "Rows of a table that a configured query reads all of, by a column that it looks for them by: "
    "no index leads to it. The column is empty where the plan does not name one.",
    labels=("query", "table", "column"),
    source="EXPLAIN",
)

plan_full_scans = gauge(
    "database_plan_full_scans",
    "Tables that a configured query reads all of.",
    labels=("query",),
    source="EXPLAIN",
)

query_seconds = gauge(
    "database_query_seconds",
    "How long a configured query took when it was last tried.",
    unit="seconds",
    labels=("query",),
    source="executing it",
)

table_oldest_row_seconds = gauge(
    "database_table_oldest_row_seconds",
    "Age of the oldest row of a configured table.",
    unit="seconds",
    labels=("table",),
    source="the column that the settings name",
)

replicas = gauge(
    "database_replicas",
    "Replicas connected to this server.",
    source="pg_stat_replication; PROCESSLIST",
)

replication_running = gauge(
    "database_replication_running",
    "Whether a replica receives and applies what is written (1) or not (0); absent on a primary.",
    source="pg_stat_wal_receiver, pg_is_wal_replay_paused(); SHOW REPLICA STATUS",
)

replication_lag_seconds = gauge(
    "database_replication_lag_seconds",
    "How far a replica is behind its primary; absent on a primary.",
    unit="seconds",
    source="pg_last_xact_replay_timestamp(); SHOW REPLICA STATUS",
)
