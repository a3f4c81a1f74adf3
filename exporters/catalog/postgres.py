"""What only PostgreSQL has: vacuum, wraparound, write-ahead log, checkpoints, settings."""

from exporters.catalog.family import counter, gauge

transaction_ids_age = gauge(
    "postgres_transaction_ids_age",
    "Transactions since the oldest row that is not frozen; writes stop near 2.1 billion.",
    labels=("database",),
    source="age(pg_database.datfrozenxid)",
)

multixact_ids_age = gauge(
    "postgres_multixact_ids_age",
    "Shared row locks since the oldest that is not frozen; writes stop near 2.1 billion.",
    labels=("database",),
    source="mxid_age(pg_database.datminmxid)",
)

rows_fetched_total = counter(
    "postgres_rows_fetched_total",
    "Rows that index scans found and gave.",
    labels=("database",),
    source="pg_stat_database tup_fetched",
)

temporary_files_total = counter(
    "postgres_temporary_files_total",
    "Files written because a query's data did not fit its memory (work_mem).",
    labels=("database",),
    source="pg_stat_database temp_files",
)

temporary_bytes_total = counter(
    "postgres_temporary_bytes_total",
    "Bytes written to such files.",
    unit="bytes",
    labels=("database",),
    source="pg_stat_database temp_bytes",
)

conflicts_total = counter(
    "postgres_conflicts_total",
    "Queries that a replica ended because they stood in the way of replication.",
    labels=("database",),
    source="pg_stat_database conflicts",
)

sessions_total = counter(
    "postgres_sessions_total",
    "Sessions that were begun. Since PostgreSQL 14.",
    labels=("database",),
    source="pg_stat_database sessions",
)

locks = gauge(
    "postgres_locks",
    "Locks held or waited for, by mode.",
    labels=("mode",),
    source="pg_locks",
)

prepared_transactions = gauge(
    "postgres_prepared_transactions",
    "Transactions prepared for a two-phase commit that has not come.",
    source="pg_prepared_xacts",
)

wal_bytes_total = counter(
    "postgres_wal_bytes_total",
    "Write-ahead log written. Since PostgreSQL 14.",
    unit="bytes",
    source="pg_stat_wal wal_bytes",
)

archive_failures_total = counter(
    "postgres_archive_failures_total",
    "Files of the write-ahead log that could not be archived.",
    source="pg_stat_archiver failed_count",
)

checkpoints_total = counter(
    "postgres_checkpoints_total",
    "Checkpoints, by cause: scheduled, or requested because there was much to write.",
    labels=("cause",),
    source="pg_stat_checkpointer num_timed, num_requested; pg_stat_bgwriter before 17",
)

checkpoint_blocks_total = counter(
    "postgres_checkpoint_blocks_total",
    "Blocks that checkpoints wrote.",
    source="pg_stat_checkpointer buffers_written; pg_stat_bgwriter before 17",
)

table_rows_dead = gauge(
    "postgres_table_rows_dead",
    "Rows of a table that are gone and wait for vacuum; of the largest tables.",
    labels=("database", "table"),
    source="pg_stat_get_dead_tuples()",
)

table_rows_unanalyzed = gauge(
    "postgres_table_rows_unanalyzed",
    "Rows of a table that changed since the planner's statistics were made.",
    labels=("database", "table"),
    source="pg_stat_get_mod_since_analyze()",
)

table_rows_updated_in_place_total = counter(
    "postgres_table_rows_updated_in_place_total",
    "Rows of a table updated without touching its indexes (HOT).",
    labels=("database", "table"),
    source="pg_stat_get_tuples_hot_updated()",
)

table_vacuum_age_seconds = gauge(
    "postgres_table_vacuum_age_seconds",
    "Time since a table was last vacuumed, by hand or by itself; absent if it never was.",
    unit="seconds",
    labels=("database", "table"),
    source="pg_stat_get_last_vacuum_time(), pg_stat_get_last_autovacuum_time()",
)

table_analyze_age_seconds = gauge(
    "postgres_table_analyze_age_seconds",
    "Time since a table's statistics were last made; absent if they never were.",
    unit="seconds",
    labels=("database", "table"),
    source="pg_stat_get_last_analyze_time(), pg_stat_get_last_autoanalyze_time()",
)

table_vacuums_total = counter(
    "postgres_table_vacuums_total",
    "Vacuums of a table, by hand or by itself.",
    labels=("database", "table"),
    source="pg_stat_get_vacuum_count(), pg_stat_get_autovacuum_count()",
)

table_blocks_hit_total = counter(
    "postgres_table_blocks_hit_total",
    "Blocks of a table found in the database's memory.",
    labels=("database", "table"),
    source="pg_stat_get_blocks_hit()",
)

table_blocks_read_total = counter(
    "postgres_table_blocks_read_total",
    "Blocks of a table read from the operating system.",
    labels=("database", "table"),
    source="pg_stat_get_blocks_fetched() less those hit",
)

indexes_invalid = gauge(
    "postgres_indexes_invalid",
    "Indexes that no query can use, because their making was broken off.",
    labels=("database",),
    source="pg_index indisvalid",
)

replica_lag_bytes = gauge(
    "postgres_replica_lag_bytes",
    "Write-ahead log that a connected replica has not replayed yet.",
    unit="bytes",
    labels=("replica",),
    source="pg_stat_replication replay_lsn",
)

replica_lag_seconds = gauge(
    "postgres_replica_lag_seconds",
    "How long a connected replica takes to replay what was just written; absent when idle.",
    unit="seconds",
    labels=("replica",),
    source="pg_stat_replication replay_lag",
)

slot_active = gauge(
    "postgres_slot_active",
    "Whether a replication slot is in use (1) or not (0).",
    labels=("slot",),
    source="pg_replication_slots active",
)

slot_retained_bytes = gauge(
    "postgres_slot_retained_bytes",
    "Write-ahead log that is kept on disk for a replication slot.",
    unit="bytes",
    labels=("slot",),
    source="pg_replication_slots restart_lsn",
)

statements_evicted_total = counter(
    "postgres_statements_evicted_total",
    "How often pg_stat_statements forgot statements to make room. Since PostgreSQL 14.",
    source="pg_stat_statements_info dealloc",
)

setting = gauge(
    "postgres_setting",
    "The server's settings that are numbers or switches, in bytes and seconds where they have "
    "a unit.",
    labels=("setting",),
    source="pg_settings",
)
