"""Where Redis' memory goes: data, overhead, buffers, fragments, and what is done about it."""

from exporters.catalog.family import gauge

memory_peak_bytes = gauge(
    "redis_memory_peak_bytes",
    "The most memory that the server ever used.",
    unit="bytes",
    source="INFO memory used_memory_peak",
)

memory_dataset_bytes = gauge(
    "redis_memory_dataset_bytes",
    "Memory used by data, without what the server needs to keep it.",
    unit="bytes",
    source="INFO memory used_memory_dataset",
)

memory_overhead_bytes = gauge(
    "redis_memory_overhead_bytes",
    "Memory used by everything that is not data: buffers, indexes, the server itself.",
    unit="bytes",
    source="INFO memory used_memory_overhead",
)

memory_startup_bytes = gauge(
    "redis_memory_startup_bytes",
    "Memory that the server used when it had just started.",
    unit="bytes",
    source="INFO memory used_memory_startup",
)

memory_lua_bytes = gauge(
    "redis_memory_lua_bytes",
    "Memory used by the engine that runs scripts.",
    unit="bytes",
    source="INFO memory used_memory_lua",
)

memory_scripts_bytes = gauge(
    "redis_memory_scripts_bytes",
    "Memory used to keep scripts and functions. Since Redis 7.",
    unit="bytes",
    source="INFO memory used_memory_scripts",
)

memory_scripts_eval_bytes = gauge(
    "redis_memory_scripts_eval_bytes",
    "Memory used to keep scripts given to EVAL. Since Redis 7.",
    unit="bytes",
    source="INFO memory used_memory_scripts_eval",
)

memory_functions_bytes = gauge(
    "redis_memory_functions_bytes",
    "Memory used to keep functions. Since Redis 7.",
    unit="bytes",
    source="INFO memory used_memory_functions",
)

memory_vm_bytes = gauge(
    "redis_memory_vm_bytes",
    "Memory used by all engines that run scripts and functions. Since Redis 7.",
    unit="bytes",
    source="INFO memory used_memory_vm_total",
)

memory_vm_eval_bytes = gauge(
    "redis_memory_vm_eval_bytes",
    "Memory used by the engine that runs scripts given to EVAL. Since Redis 7.",
    unit="bytes",
    source="INFO memory used_memory_vm_eval",
)

memory_vm_functions_bytes = gauge(
    "redis_memory_vm_functions_bytes",
    "Memory used by the engine that runs functions. Since Redis 7.",
    unit="bytes",
    source="INFO memory used_memory_vm_functions",
)

memory_clients_bytes = gauge(
    "redis_memory_clients_bytes",
    "Memory used by connections of ordinary clients.",
    unit="bytes",
    source="INFO memory mem_clients_normal",
)

memory_replica_clients_bytes = gauge(
    "redis_memory_replica_clients_bytes",
    "Memory used by connections of replicas.",
    unit="bytes",
    source="INFO memory mem_clients_slaves",
)

memory_replication_backlog_bytes = gauge(
    "redis_memory_replication_backlog_bytes",
    "Memory used by the replication backlog.",
    unit="bytes",
    source="INFO memory mem_replication_backlog",
)

memory_replication_buffers_bytes = gauge(
    "redis_memory_replication_buffers_bytes",
    "Memory used by the backlog and all replicas' buffers together. Since Redis 7.",
    unit="bytes",
    source="INFO memory mem_total_replication_buffers",
)

memory_cluster_links_bytes = gauge(
    "redis_memory_cluster_links_bytes",
    "Memory used by connections between the cluster's nodes. Since Redis 7.",
    unit="bytes",
    source="INFO memory mem_cluster_links",
)

memory_aof_buffer_bytes = gauge(
    "redis_memory_aof_buffer_bytes",
    "Memory used by what is not yet written to the append-only file.",
    unit="bytes",
    source="INFO memory mem_aof_buffer",
)

memory_rehashing_bytes = gauge(
    "redis_memory_rehashing_bytes",
    "Memory used by tables of keys that are being resized. Since Redis 7.4.",
    unit="bytes",
    source="INFO memory mem_overhead_db_hashtable_rehashing",
)

memory_not_evictable_bytes = gauge(
    "redis_memory_not_evictable_bytes",
    "Memory not counted against the limit: buffers of replicas and of the append-only file.",
    unit="bytes",
    source="INFO memory mem_not_counted_for_evict",
)

memory_fragmentation_bytes = gauge(
    "redis_memory_fragmentation_bytes",
    "Resident memory above allocated memory.",
    unit="bytes",
    source="INFO memory mem_fragmentation_bytes",
)

system_memory_bytes = gauge(
    "redis_system_memory_bytes",
    "Memory of the machine.",
    unit="bytes",
    source="INFO memory total_system_memory",
)

allocator_allocated_bytes = gauge(
    "redis_allocator_allocated_bytes",
    "Memory that the allocator gave to the server, its own losses included.",
    unit="bytes",
    source="INFO memory allocator_allocated",
)

allocator_active_bytes = gauge(
    "redis_allocator_active_bytes",
    "Memory in the allocator's pages that hold anything.",
    unit="bytes",
    source="INFO memory allocator_active",
)

allocator_resident_bytes = gauge(
    "redis_allocator_resident_bytes",
    "Memory that the allocator holds, pages included that it could give back.",
    unit="bytes",
    source="INFO memory allocator_resident",
)

allocator_fragmentation_bytes = gauge(
    "redis_allocator_fragmentation_bytes",
    "Memory lost in half-filled pages: active above allocated.",
    unit="bytes",
    source="INFO memory allocator_frag_bytes",
)

allocator_fragmentation_ratio = gauge(
    "redis_allocator_fragmentation_ratio",
    "Active over allocated memory: what defragmentation can mend.",
    unit="ratio",
    source="INFO memory allocator_frag_ratio",
)

allocator_rss_bytes = gauge(
    "redis_allocator_rss_bytes",
    "Memory that the allocator holds and does not use: resident above active.",
    unit="bytes",
    source="INFO memory allocator_rss_bytes",
)

allocator_rss_ratio = gauge(
    "redis_allocator_rss_ratio",
    "Resident over active memory of the allocator: what MEMORY PURGE can mend.",
    unit="ratio",
    source="INFO memory allocator_rss_ratio",
)

rss_overhead_bytes = gauge(
    "redis_rss_overhead_bytes",
    "Resident memory that is not the allocator's.",
    unit="bytes",
    source="INFO memory rss_overhead_bytes",
)

rss_overhead_ratio = gauge(
    "redis_rss_overhead_ratio",
    "Resident memory of the process over that of the allocator.",
    unit="ratio",
    source="INFO memory rss_overhead_ratio",
)

scripts = gauge(
    "redis_scripts",
    "Scripts kept in memory.",
    source="INFO memory number_of_cached_scripts",
)

functions = gauge(
    "redis_functions",
    "Functions loaded. Since Redis 7.",
    source="INFO memory number_of_functions",
)

function_libraries = gauge(
    "redis_function_libraries",
    "Libraries of functions loaded. Since Redis 7.",
    source="INFO memory number_of_libraries",
)
