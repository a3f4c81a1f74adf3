"""How Redis itself works: CPU, event loop, threads, errors, latency events, the cluster."""

from exporters.catalog.family import counter, gauge, info

process_info = info(
    "redis_process_info",
    "Which run of the server this is, how it runs and what it evicts.",
    labels=("run_id", "mode", "os", "eviction_policy"),
    source="INFO server run_id, redis_mode, os; INFO memory maxmemory_policy",
)

process_id = gauge(
    "redis_process_id",
    "The number of the server's process.",
    source="INFO server process_id",
)

hz = gauge(
    "redis_hz",
    "How often a second background work is done now.",
    source="INFO server hz",
)

hz_configured = gauge(
    "redis_hz_configured",
    "How often a second background work is done when there is little to do.",
    source="INFO server configured_hz",
)

io_threads_active = gauge(
    "redis_io_threads_active",
    "Whether threads of their own read and write for clients now.",
    source="INFO server io_threads_active",
)

cpu_system_seconds_total = counter(
    "redis_cpu_system_seconds_total",
    "CPU time of the server in the system.",
    unit="seconds",
    source="INFO cpu used_cpu_sys",
)

cpu_user_seconds_total = counter(
    "redis_cpu_user_seconds_total",
    "CPU time of the server in its own code.",
    unit="seconds",
    source="INFO cpu used_cpu_user",
)

cpu_main_system_seconds_total = counter(
    "redis_cpu_main_system_seconds_total",
    "CPU time in the system of the thread that runs commands. Since Redis 6.2.",
    unit="seconds",
    source="INFO cpu used_cpu_sys_main_thread",
)

cpu_main_user_seconds_total = counter(
    "redis_cpu_main_user_seconds_total",
    "CPU time in its own code of the thread that runs commands. Since Redis 6.2.",
    unit="seconds",
    source="INFO cpu used_cpu_user_main_thread",
)

cpu_children_system_seconds_total = counter(
    "redis_cpu_children_system_seconds_total",
    "CPU time in the system of what the server forked.",
    unit="seconds",
    source="INFO cpu used_cpu_sys_children",
)

cpu_children_user_seconds_total = counter(
    "redis_cpu_children_user_seconds_total",
    "CPU time in its own code of what the server forked.",
    unit="seconds",
    source="INFO cpu used_cpu_user_children",
)

event_loop_cycles_total = counter(
    "redis_event_loop_cycles_total",
    "Turns of the event loop. Since Redis 7.2.",
    source="INFO stats eventloop_cycles",
)

event_loop_seconds_total = counter(
    "redis_event_loop_seconds_total",
    "Time that these took, waiting left out. Since Redis 7.2.",
    unit="seconds",
    source="INFO stats eventloop_duration_sum",
)

event_loop_commands_seconds_total = counter(
    "redis_event_loop_commands_seconds_total",
    "Time of these spent on commands. Since Redis 7.2.",
    unit="seconds",
    source="INFO stats eventloop_duration_cmd_sum",
)

error_replies_total = counter(
    "redis_error_replies_total",
    "Commands answered with an error, of every kind. Since Redis 6.2.",
    source="INFO stats total_error_replies",
)

error_replies_unexpected_total = counter(
    "redis_error_replies_unexpected_total",
    "Errors in what a primary sent, or in the append-only file. Since Redis 6.2.",
    source="INFO stats unexpected_error_replies",
)

payloads_sanitized_total = counter(
    "redis_payloads_sanitized_total",
    "Values that RESTORE checked with care. Since Redis 6.2.",
    source="INFO stats dump_payload_sanitizations",
)

latency_event_last_seconds = gauge(
    "redis_latency_event_last_seconds",
    "How long the last latency event of a kind took.",
    unit="seconds",
    labels=("event",),
    source="LATENCY LATEST",
)

latency_event_max_seconds = gauge(
    "redis_latency_event_max_seconds",
    "How long the longest latency event of a kind took.",
    unit="seconds",
    labels=("event",),
    source="LATENCY LATEST",
)

latency_event_timestamp_seconds = gauge(
    "redis_latency_event_timestamp_seconds",
    "When the last latency event of a kind was, in Unix time.",
    unit="seconds",
    labels=("event",),
    source="LATENCY LATEST",
)

slow_command_last_seconds = gauge(
    "redis_slow_command_last_seconds",
    "How long the last command in the slow log took; absent while it is empty.",
    unit="seconds",
    source="SLOWLOG GET",
)

migration_sockets = gauge(
    "redis_migration_sockets",
    "Connections kept open by MIGRATE.",
    source="INFO stats migrate_cached_sockets",
)

cluster_enabled = gauge(
    "redis_cluster_enabled",
    "Whether the server is a node of a cluster (1) or not (0).",
    source="INFO cluster cluster_enabled",
)

cluster_up = gauge(
    "redis_cluster_up",
    "Whether the cluster serves all that it should (1) or not (0); nodes of clusters only.",
    source="CLUSTER INFO cluster_state",
)

cluster_slots_assigned = gauge(
    "redis_cluster_slots_assigned",
    "Slots that some node serves, of 16384.",
    source="CLUSTER INFO cluster_slots_assigned",
)

cluster_slots_ok = gauge(
    "redis_cluster_slots_ok",
    "Slots whose node is well.",
    source="CLUSTER INFO cluster_slots_ok",
)

cluster_slots_suspected = gauge(
    "redis_cluster_slots_suspected",
    "Slots whose node does not answer this one.",
    source="CLUSTER INFO cluster_slots_pfail",
)

cluster_slots_failed = gauge(
    "redis_cluster_slots_failed",
    "Slots whose node has failed.",
    source="CLUSTER INFO cluster_slots_fail",
)

cluster_nodes = gauge(
    "redis_cluster_nodes",
    "Nodes that this one knows.",
    source="CLUSTER INFO cluster_known_nodes",
)

cluster_primaries = gauge(
    "redis_cluster_primaries",
    "Nodes that serve slots.",
    source="CLUSTER INFO cluster_size",
)

cluster_epoch = gauge(
    "redis_cluster_epoch",
    "The configuration's age, in elections.",
    source="CLUSTER INFO cluster_current_epoch",
)

cluster_messages_sent_total = counter(
    "redis_cluster_messages_sent_total",
    "Messages sent to other nodes.",
    source="CLUSTER INFO cluster_stats_messages_sent",
)

cluster_messages_received_total = counter(
    "redis_cluster_messages_received_total",
    "Messages received from other nodes.",
    source="CLUSTER INFO cluster_stats_messages_received",
)
