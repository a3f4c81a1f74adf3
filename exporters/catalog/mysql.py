"""What only MySQL and MariaDB have: the buffer pool, commands, temporary tables, settings."""

from exporters.catalog.family import counter, gauge

commands_total = counter(
    "mysql_commands_total",
    "Statements by what they do: select, insert, update, delete, replace or call.",
    labels=("command",),
    source="Com_*",
)

buffer_pool_pages = gauge(
    "mysql_buffer_pool_pages",
    "Pages of InnoDB's memory, by state: free, clean, dirty or misc.",
    labels=("state",),
    source="Innodb_buffer_pool_pages_*",
)

buffer_pool_waits_total = counter(
    "mysql_buffer_pool_waits_total",
    "How often a page was needed and none was free.",
    source="Innodb_buffer_pool_wait_free",
)

row_lock_waits_total = counter(
    "mysql_row_lock_waits_total",
    "How often somebody had to wait for the lock of a row.",
    source="Innodb_row_lock_waits",
)

row_lock_seconds_total = counter(
    "mysql_row_lock_seconds_total",
    "Time spent waiting for locks of rows.",
    unit="seconds",
    source="Innodb_row_lock_time",
)

history_length = gauge(
    "mysql_history_length",
    "Changes whose old rows wait to be purged; grows while an old transaction is open.",
    source="Innodb_history_list_length; INNODB_METRICS trx_rseg_history_len",
)

log_waits_total = counter(
    "mysql_log_waits_total",
    "How often the log's buffer was too small and had to be written first.",
    source="Innodb_log_waits",
)

log_bytes_total = counter(
    "mysql_log_bytes_total",
    "Redo log written.",
    unit="bytes",
    source="Innodb_os_log_written",
)

scans_total = counter(
    "mysql_scans_total",
    "Queries that read a whole table, by kind: first for their first table, join for a later one.",
    labels=("kind",),
    source="Select_scan, Select_full_join",
)

temporary_tables_total = counter(
    "mysql_temporary_tables_total",
    "Temporary tables that the server made for queries, by place: memory or disk.",
    labels=("place",),
    source="Created_tmp_tables, Created_tmp_disk_tables",
)

sort_merge_passes_total = counter(
    "mysql_sort_merge_passes_total",
    "Passes over data that did not fit the memory for sorting.",
    source="Sort_merge_passes",
)

tables_opened_total = counter(
    "mysql_tables_opened_total",
    "Tables opened; many, when the cache of open tables is too small.",
    source="Opened_tables",
)

connections_opened_total = counter(
    "mysql_connections_opened_total",
    "Attempts to connect, successful or not.",
    source="Connections",
)

connections_aborted_total = counter(
    "mysql_connections_aborted_total",
    "Connections that broke, by when: login or session.",
    labels=("when",),
    source="Aborted_connects, Aborted_clients",
)

connections_refused_total = counter(
    "mysql_connections_refused_total",
    "Clients turned away because as many as may were connected.",
    source="Connection_errors_max_connections",
)

network_bytes_total = counter(
    "mysql_network_bytes_total",
    "Bytes exchanged with clients, by direction: received or sent.",
    unit="bytes",
    labels=("direction",),
    source="Bytes_received, Bytes_sent",
)

statements_evicted_total = counter(
    "mysql_statements_evicted_total",
    "Statements that are not told apart because there is no room for more.",
    source="Performance_schema_digest_lost",
)

replica_running = gauge(
    "mysql_replica_running",
    "Whether a part of replication runs (1) or not (0), by thread: receive or apply.",
    labels=("channel", "thread"),
    source="SHOW REPLICA STATUS",
)

setting = gauge(
    "mysql_setting",
    "Settings of the server that matter to its speed and its safety, in the server's own units.",
    labels=("setting",),
    source="GLOBAL_VARIABLES",
)
