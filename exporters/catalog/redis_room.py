"""How Redis makes room: evicting, expiring, freeing, putting fragments together."""

from exporters.catalog.family import counter, gauge

lazyfree_pending = gauge(
    "redis_lazyfree_pending",
    "Objects that were unlinked and wait to be freed.",
    source="INFO memory lazyfree_pending_objects",
)

lazyfreed_total = counter(
    "redis_lazyfreed_total",
    "Objects freed in the background.",
    source="INFO memory lazyfreed_objects",
)

defragmentation_cpu_ratio = gauge(
    "redis_defragmentation_cpu_ratio",
    "Share of a CPU that active defragmentation takes now; 0 when it rests.",
    unit="ratio",
    source="INFO memory active_defrag_running",
)

defragmentation_moves_total = counter(
    "redis_defragmentation_moves_total",
    "Allocations moved by active defragmentation.",
    source="INFO stats active_defrag_hits",
)

defragmentation_skips_total = counter(
    "redis_defragmentation_skips_total",
    "Allocations that active defragmentation looked at and left.",
    source="INFO stats active_defrag_misses",
)

defragmentation_keys_moved_total = counter(
    "redis_defragmentation_keys_moved_total",
    "Keys of which active defragmentation moved something.",
    source="INFO stats active_defrag_key_hits",
)

defragmentation_keys_skipped_total = counter(
    "redis_defragmentation_keys_skipped_total",
    "Keys that active defragmentation looked at and left.",
    source="INFO stats active_defrag_key_misses",
)

defragmentation_seconds_total = counter(
    "redis_defragmentation_seconds_total",
    "Time with fragmentation above the limit. Since Redis 7.",
    unit="seconds",
    source="INFO stats total_active_defrag_time",
)

eviction_exceeded_seconds_total = counter(
    "redis_eviction_exceeded_seconds_total",
    "Time with more memory used than the limit. Since Redis 7.",
    unit="seconds",
    source="INFO stats total_eviction_exceeded_time",
)

eviction_exceeded_seconds = gauge(
    "redis_eviction_exceeded_seconds",
    "How long memory has been above the limit; 0 when it is not. Since Redis 7.",
    unit="seconds",
    source="INFO stats current_eviction_exceeded_time",
)

expired_stale_ratio = gauge(
    "redis_expired_stale_ratio",
    "Share of keys, by the server's guess, whose time is over and which still take memory.",
    unit="ratio",
    source="INFO stats expired_stale_perc",
)

expire_cycles_capped_total = counter(
    "redis_expire_cycles_capped_total",
    "Times that removing expired keys was cut short because it took too long.",
    source="INFO stats expired_time_cap_reached_count",
)

expire_cycles_seconds_total = counter(
    "redis_expire_cycles_seconds_total",
    "Time spent on removing expired keys.",
    unit="seconds",
    source="INFO stats expire_cycle_cpu_milliseconds",
)
