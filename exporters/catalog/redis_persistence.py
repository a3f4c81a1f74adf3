"""How Redis keeps its data on disk: snapshots, the append-only file, forks."""

from exporters.catalog.family import counter, gauge

loading_async = gauge(
    "redis_loading_async",
    "Whether the server loads a data set while it serves the old one. Since Redis 7.",
    source="INFO persistence async_loading",
)

snapshot_running = gauge(
    "redis_snapshot_running",
    "Whether a snapshot is being written (1) or not (0).",
    source="INFO persistence rdb_bgsave_in_progress",
)

snapshot_seconds = gauge(
    "redis_snapshot_seconds",
    "How long the snapshot that is being written has taken; absent while none is.",
    unit="seconds",
    source="INFO persistence rdb_current_bgsave_time_sec",
)

snapshot_last_seconds = gauge(
    "redis_snapshot_last_seconds",
    "How long the last snapshot took; absent until there is one.",
    unit="seconds",
    source="INFO persistence rdb_last_bgsave_time_sec",
)

snapshot_last_success = gauge(
    "redis_snapshot_last_success",
    "Whether the last snapshot succeeded (1) or not (0).",
    source="INFO persistence rdb_last_bgsave_status",
)

snapshot_last_timestamp_seconds = gauge(
    "redis_snapshot_last_timestamp_seconds",
    "When the last snapshot succeeded, in Unix time; the server's start until there is one.",
    unit="seconds",
    source="INFO persistence rdb_last_save_time",
)

snapshot_last_copied_bytes = gauge(
    "redis_snapshot_last_copied_bytes",
    "Memory that was copied because it changed during the last snapshot.",
    unit="bytes",
    source="INFO persistence rdb_last_cow_size",
)

snapshots_total = counter(
    "redis_snapshots_total",
    "Snapshots written since the server started. Since Redis 7.",
    source="INFO persistence rdb_saves",
)

snapshot_loaded_keys = gauge(
    "redis_snapshot_loaded_keys",
    "Keys read from the snapshot at the server's start. Since Redis 7.",
    source="INFO persistence rdb_last_load_keys_loaded",
)

snapshot_expired_keys = gauge(
    "redis_snapshot_expired_keys",
    "Keys in that snapshot whose time was over. Since Redis 7.",
    source="INFO persistence rdb_last_load_keys_expired",
)

aof_enabled = gauge(
    "redis_aof_enabled",
    "Whether the append-only file is on (1) or off (0).",
    source="INFO persistence aof_enabled",
)

aof_rewrite_running = gauge(
    "redis_aof_rewrite_running",
    "Whether the append-only file is being rewritten (1) or not (0).",
    source="INFO persistence aof_rewrite_in_progress",
)

aof_rewrite_scheduled = gauge(
    "redis_aof_rewrite_scheduled",
    "Whether a rewrite waits for the snapshot that is being written.",
    source="INFO persistence aof_rewrite_scheduled",
)

aof_rewrite_pending = gauge(
    "redis_aof_rewrite_pending",
    "Whether a rewrite waits for the snapshot of a replica; absent while the file is off.",
    source="INFO persistence aof_pending_rewrite",
)

aof_rewrite_seconds = gauge(
    "redis_aof_rewrite_seconds",
    "How long the rewrite that runs has taken; absent while none does.",
    unit="seconds",
    source="INFO persistence aof_current_rewrite_time_sec",
)

aof_rewrite_last_seconds = gauge(
    "redis_aof_rewrite_last_seconds",
    "How long the last rewrite took; absent until there is one.",
    unit="seconds",
    source="INFO persistence aof_last_rewrite_time_sec",
)

aof_rewrite_last_success = gauge(
    "redis_aof_rewrite_last_success",
    "Whether the last rewrite succeeded (1) or not (0).",
    source="INFO persistence aof_last_bgrewrite_status",
)

aof_write_last_success = gauge(
    "redis_aof_write_last_success",
    "Whether the last write to the append-only file succeeded (1) or not (0).",
    source="INFO persistence aof_last_write_status",
)

aof_rewrite_last_copied_bytes = gauge(
    "redis_aof_rewrite_last_copied_bytes",
    "Memory that was copied because it changed during the last rewrite.",
    unit="bytes",
    source="INFO persistence aof_last_cow_size",
)

aof_rewrites_total = counter(
    "redis_aof_rewrites_total",
    "Rewrites since the server started. Since Redis 7.",
    source="INFO persistence aof_rewrites",
)

aof_rewrite_failures = gauge(
    "redis_aof_rewrite_failures",
    "Rewrites that failed in a row. Since Redis 7.",
    source="INFO persistence aof_rewrites_consecutive_failures",
)

aof_size_bytes = gauge(
    "redis_aof_size_bytes",
    "Size of the append-only file; absent while it is off.",
    unit="bytes",
    source="INFO persistence aof_current_size",
)

aof_base_size_bytes = gauge(
    "redis_aof_base_size_bytes",
    "Size of the append-only file after its last rewrite; absent while it is off.",
    unit="bytes",
    source="INFO persistence aof_base_size",
)

aof_buffer_bytes = gauge(
    "redis_aof_buffer_bytes",
    "Bytes not yet written to the append-only file; absent while it is off.",
    unit="bytes",
    source="INFO persistence aof_buffer_length",
)

aof_syncs_pending = gauge(
    "redis_aof_syncs_pending",
    "Syncs of the append-only file that wait; absent while it is off.",
    source="INFO persistence aof_pending_bio_fsync",
)

aof_syncs_delayed_total = counter(
    "redis_aof_syncs_delayed_total",
    "Syncs of the append-only file that came late; absent while it is off.",
    source="INFO persistence aof_delayed_fsync",
)

module_fork_running = gauge(
    "redis_module_fork_running",
    "Whether a module has forked the server (1) or not (0).",
    source="INFO persistence module_fork_in_progress",
)

module_fork_last_copied_bytes = gauge(
    "redis_module_fork_last_copied_bytes",
    "Memory that was copied because it changed during a module's last fork.",
    unit="bytes",
    source="INFO persistence module_fork_last_cow_size",
)

fork_last_seconds = gauge(
    "redis_fork_last_seconds",
    "How long the server stood still for its last fork.",
    unit="seconds",
    source="INFO stats latest_fork_usec",
)

forks_total = counter(
    "redis_forks_total",
    "Forks since the server started. Since Redis 6.2.",
    source="INFO stats total_forks",
)
