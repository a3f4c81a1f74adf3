"""How Redis replicates: offsets, lag, the link to the primary, resynchronisations."""

from exporters.catalog.family import counter, gauge

primary_link_up = gauge(
    "redis_primary_link_up",
    "Whether this replica's link to its primary works (1) or not (0); replicas only.",
    source="INFO replication master_link_status",
)

primary_link_down_seconds = gauge(
    "redis_primary_link_down_seconds",
    "How long that link has been down; absent while it works.",
    unit="seconds",
    source="INFO replication master_link_down_since_seconds",
)

primary_last_io_seconds = gauge(
    "redis_primary_last_io_seconds",
    "Time since this replica last heard of its primary; absent while the link is down.",
    unit="seconds",
    source="INFO replication master_last_io_seconds_ago",
)

primary_sync_running = gauge(
    "redis_primary_sync_running",
    "Whether this replica is taking in a whole copy of its primary's data.",
    source="INFO replication master_sync_in_progress",
)

primary_sync_left_bytes = gauge(
    "redis_primary_sync_left_bytes",
    "What of that copy is still to come.",
    unit="bytes",
    source="INFO replication master_sync_left_bytes",
)

replica_priority = gauge(
    "redis_replica_priority",
    "Whom Sentinel promotes first: the lowest, and never 0; replicas only.",
    source="INFO replication slave_priority",
)

replica_read_only = gauge(
    "redis_replica_read_only",
    "Whether this replica refuses writes (1) or not (0).",
    source="INFO replication slave_read_only",
)

replica_applied_offset_bytes = gauge(
    "redis_replica_applied_offset_bytes",
    "How far in the stream of writes this replica is; replicas only.",
    unit="bytes",
    source="INFO replication slave_repl_offset",
)

replica_read_offset_bytes = gauge(
    "redis_replica_read_offset_bytes",
    "How far this replica has read that stream; replicas only. Since Redis 6.2.",
    unit="bytes",
    source="INFO replication slave_read_repl_offset",
)

connected_replica_online = gauge(
    "redis_connected_replica_online",
    "Whether a replica of this server is in step (1) or still being brought there (0).",
    labels=("replica",),
    source="INFO replication slaveN state",
)

connected_replica_lag_seconds = gauge(
    "redis_connected_replica_lag_seconds",
    "Time since a replica of this server last confirmed what it has.",
    unit="seconds",
    labels=("replica",),
    source="INFO replication slaveN lag",
)

connected_replica_offset_bytes = gauge(
    "redis_connected_replica_offset_bytes",
    "How far in the stream of writes a replica of this server is.",
    unit="bytes",
    labels=("replica",),
    source="INFO replication slaveN offset",
)

replication_offset_bytes = gauge(
    "redis_replication_offset_bytes",
    "How far the stream of writes is.",
    unit="bytes",
    source="INFO replication master_repl_offset",
)

replication_second_offset_bytes = gauge(
    "redis_replication_second_offset_bytes",
    "Up to where replicas of the former primary may go on; absent where there was none.",
    unit="bytes",
    source="INFO replication second_repl_offset",
)

replication_backlog_active = gauge(
    "redis_replication_backlog_active",
    "Whether there is a backlog from which replicas may catch up (1) or not (0).",
    source="INFO replication repl_backlog_active",
)

replication_backlog_size_bytes = gauge(
    "redis_replication_backlog_size_bytes",
    "How much of the stream the backlog may hold.",
    unit="bytes",
    source="INFO replication repl_backlog_size",
)

replication_backlog_held_bytes = gauge(
    "redis_replication_backlog_held_bytes",
    "How much of the stream the backlog holds.",
    unit="bytes",
    source="INFO replication repl_backlog_histlen",
)

replication_backlog_first_offset_bytes = gauge(
    "redis_replication_backlog_first_offset_bytes",
    "Where in the stream the backlog begins.",
    unit="bytes",
    source="INFO replication repl_backlog_first_byte_offset",
)

replication_full_syncs_total = counter(
    "redis_replication_full_syncs_total",
    "Replicas that were sent a whole copy of the data.",
    source="INFO stats sync_full",
)

replication_partial_syncs_total = counter(
    "redis_replication_partial_syncs_total",
    "Replicas that caught up from the backlog.",
    source="INFO stats sync_partial_ok",
)

replication_partial_syncs_refused_total = counter(
    "redis_replication_partial_syncs_refused_total",
    "Replicas that wanted to catch up from the backlog and were too late.",
    source="INFO stats sync_partial_err",
)

replica_tracked_keys = gauge(
    "redis_replica_tracked_keys",
    "Keys that this writable replica expires by itself.",
    source="INFO stats slave_expires_tracked_keys",
)

replication_read_bytes_total = counter(
    "redis_replication_read_bytes_total",
    "Bytes received from the primary. Since Redis 7.",
    unit="bytes",
    source="INFO stats total_net_repl_input_bytes",
)

replication_written_bytes_total = counter(
    "redis_replication_written_bytes_total",
    "Bytes sent to replicas. Since Redis 7.",
    unit="bytes",
    source="INFO stats total_net_repl_output_bytes",
)
