"""What the cache exporter measures: does it answer, does it help, does it fit?"""

from exporters.catalog.family import counter, gauge, histogram, info

up = gauge(
    "cache_up",
    "Whether the cache answered the last scrape (1) or not (0).",
)

server_info = info(
    "cache_server_info",
    "What the cache runs: product, version and role (master or replica).",
    labels=("product", "version", "role"),
    source="INFO server redis_version, INFO replication role",
)

uptime_seconds = gauge(
    "cache_uptime_seconds",
    "Time since the server started.",
    unit="seconds",
    source="INFO server uptime_in_seconds",
)

hits_total = counter(
    "cache_hits_total",
    "Reads answered from the cache.",
    source="INFO stats keyspace_hits",
)

misses_total = counter(
    "cache_misses_total",
    "Reads the cache could not answer.",
    source="INFO stats keyspace_misses",
)

evictions_total = counter(
    "cache_evictions_total",
    "Keys removed because memory was at its limit.",
    source="INFO stats evicted_keys",
)

expirations_total = counter(
    "cache_expirations_total",
    "Keys removed because their time to live had passed.",
    source="INFO stats expired_keys",
)

operations_total = counter(
    "cache_operations_total",
    "Commands processed, of every kind.",
    source="INFO stats total_commands_processed",
)

commands_total = counter(
    "cache_commands_total",
    "Commands processed, by command.",
    labels=("command",),
    source="INFO commandstats calls",
)

commands_failed_total = counter(
    "cache_commands_failed_total",
    "Commands that ended in an error while running, by command.",
    labels=("command",),
    source="INFO commandstats failed_calls",
)

commands_rejected_total = counter(
    "cache_commands_rejected_total",
    "Commands refused before they ran (memory limit, permissions), by command.",
    labels=("command",),
    source="INFO commandstats rejected_calls",
)

commands_seconds_total = counter(
    "cache_commands_seconds_total",
    "Time the server spent running commands, by command.",
    unit="seconds",
    labels=("command",),
    source="INFO commandstats usec",
)

command_duration_seconds = histogram(
    "cache_command_duration_seconds",
    "How long commands ran inside the server, by command.",
    unit="seconds",
    labels=("command",),
    # A power of four from 1 µs to 1 s, each a bound that LATENCY HISTOGRAM can give.
    buckets=(
        0.000001, 0.000004, 0.000016, 0.000066, 0.000264, 0.001057, 0.004227, 0.016909,
        0.067636, 0.270543, 1.082172,
    ),
    source="LATENCY HISTOGRAM",
)  # fmt: skip

errors_total = counter(
    "cache_errors_total",
    "Commands answered with an error, by the error's first word; beyond thirty kinds, `other`.",
    labels=("error",),
    source="INFO errorstats count",
)

memory_used_bytes = gauge(
    "cache_memory_used_bytes",
    "Memory that the server allocated for data and its own needs.",
    unit="bytes",
    source="INFO memory used_memory",
)

memory_limit_bytes = gauge(
    "cache_memory_limit_bytes",
    "Memory at which the cache starts to evict; 0 means no limit.",
    unit="bytes",
    source="INFO memory maxmemory",
)

memory_resident_bytes = gauge(
    "cache_memory_resident_bytes",
    "Memory that the operating system holds for the server.",
    unit="bytes",
    source="INFO memory used_memory_rss",
)

memory_fragmentation_ratio = gauge(
    "cache_memory_fragmentation_ratio",
    "Resident memory over allocated memory; well above 1.5 is waste, below 1 is swapping.",
    unit="ratio",
    source="INFO memory mem_fragmentation_ratio",
)

keys = gauge(
    "cache_keys",
    "Keys held, by logical database.",
    labels=("database",),
    source="INFO keyspace keys",
)

keys_expiring = gauge(
    "cache_keys_expiring",
    "Keys that have a time to live, by logical database.",
    labels=("database",),
    source="INFO keyspace expires",
)

keys_ttl_seconds = gauge(
    "cache_keys_ttl_seconds",
    "Mean time that such keys have left, by logical database; 0 while the server has no guess.",
    unit="seconds",
    labels=("database",),
    source="INFO keyspace avg_ttl",
)

connections = gauge(
    "cache_connections",
    "Clients connected, replicas not counted.",
    source="INFO clients connected_clients",
)

connections_limit = gauge(
    "cache_connections_limit",
    "Clients that may connect at once.",
    source="INFO clients maxclients",
)

connections_blocked = gauge(
    "cache_connections_blocked",
    "Clients waiting in a blocking command such as BLPOP.",
    source="INFO clients blocked_clients",
)

connections_accepted_total = counter(
    "cache_connections_accepted_total",
    "Connections accepted since the server started.",
    source="INFO stats total_connections_received",
)

connections_rejected_total = counter(
    "cache_connections_rejected_total",
    "Connections refused because the limit was reached.",
    source="INFO stats rejected_connections",
)

network_read_bytes_total = counter(
    "cache_network_read_bytes_total",
    "Bytes received from clients.",
    unit="bytes",
    source="INFO stats total_net_input_bytes",
)

network_written_bytes_total = counter(
    "cache_network_written_bytes_total",
    "Bytes sent to clients.",
    unit="bytes",
    source="INFO stats total_net_output_bytes",
)

replicas = gauge(
    "cache_replicas",
    "Replicas connected to this server.",
    source="INFO replication connected_slaves",
)

slow_commands = gauge(
    "cache_slow_commands",
    "Entries in the slow log now; it holds a bounded number of the latest.",
    source="SLOWLOG LEN",
)

slow_commands_total = counter(
    "cache_slow_commands_total",
    "Commands that were slow enough for the slow log.",
    source="SLOWLOG GET",
)

persistence_changes = gauge(
    "cache_persistence_changes",
    "Writes that a crash would lose: changes since the last snapshot.",
    source="INFO persistence rdb_changes_since_last_save",
)
