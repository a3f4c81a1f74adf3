"""Inside Redis: what it refuses, how busy it is, where memory goes, whether data is safe."""

from alerts.redis import (
    MAX_FRAGMENTATION_RATIO,
    CacheConnectionsRejected,
    CacheMemoryFragmented,
    CachePersistenceFailing,
    CacheWritesRefused,
)
from exporters.catalog import cache, redis_memory, redis_persistence, redis_server
from generator.annotations import firing, restarts
from generator.panels import Dashboard, Query, Variable, stat, timeseries

service = Variable("service", cache.up)
instance = Variable("instance", cache.up)

# One thread runs all commands: at this share of it, commands begin to queue.
BUSY = 0.8


rejected = timeseries(
    "Connections turned away",
    Query(
        f"rate({cache.connections_rejected_total(service, instance)}[$__rate_interval])",
        legend="{{instance}}",
    ),
    unit="ops",
    help="Clients that got an error because all connections were taken. Any is one too many.",
    alerts=[CacheConnectionsRejected],
)

connections = timeseries(
    "Connections, share of the limit",
    Query(
        f"{cache.connections(service, instance)} / {cache.connections_limit(service, instance)}",
        legend="{{instance}}",
    ),
    unit="percentunit",
    help="How near the limit is at which clients are turned away.",
)

errors = timeseries(
    "Errors",
    Query(
        f"rate({redis_server.error_replies_total(service, instance)}[$__rate_interval])",
        legend="{{instance}}",
    ),
    unit="ops",
    help="Commands answered with an error. `cache_errors_total` says which: OOM is a cache that is "
    "full and may not evict.",
    alerts=[CacheWritesRefused],
)

not_run = timeseries(
    "Commands refused or failed",
    Query(
        f"""
        sum by (command) (
          rate({cache.commands_rejected_total(service, instance)}[$__rate_interval])
        )
        """,
        legend="refused {{command}}",
    ),
    Query(
        f"""
        sum by (command) (
          rate({cache.commands_failed_total(service, instance)}[$__rate_interval])
        )
        """,
        legend="failed {{command}}",
    ),
    unit="ops",
    help="Refused: not run, for lack of memory or rights. Failed: run, and ended in an error.",
)

busy = timeseries(
    "Busy",
    Query(
        f"""
        rate({redis_server.cpu_main_user_seconds_total(service, instance)}[$__rate_interval])
          +
        rate({redis_server.cpu_main_system_seconds_total(service, instance)}[$__rate_interval])
        """,
        legend="{{instance}}",
    ),
    unit="percentunit",
    line=BUSY,
    help="Share of its time that the thread which runs all commands is at work. Near 100 % "
    "commands wait for each other.",
)

slowest = timeseries(
    "Command duration, 99th percentile",
    Query(
        f"""
        histogram_quantile(
          0.99,
          sum by (instance, le) (
            rate({cache.command_duration_seconds.bucket(service, instance)}[$__rate_interval])
          )
        )
        """,
        legend="{{instance}}",
    ),
    unit="s",
    help="One command in a hundred takes longer inside the server. Everybody else waits meanwhile.",
)

slow = timeseries(
    "Slow commands",
    Query(
        f"rate({cache.slow_commands_total(service, instance)}[$__rate_interval])",
        legend="{{instance}}",
    ),
    unit="ops",
    help="Commands that the server put into its slow log; SLOWLOG GET shows which.",
)

memory = timeseries(
    "Memory",
    Query(cache.memory_resident_bytes(service, instance), legend="resident {{instance}}"),
    Query(cache.memory_used_bytes(service, instance), legend="used {{instance}}"),
    Query(redis_memory.memory_dataset_bytes(service, instance), legend="data {{instance}}"),
    unit="bytes",
    help="Used without data is overhead: buffers and tables. Resident above used is fragments.",
)

fragmentation = timeseries(
    "Fragmentation",
    Query(cache.memory_fragmentation_ratio(service, instance), legend="{{instance}}"),
    unit="short",
    line=MAX_FRAGMENTATION_RATIO,
    help="Resident over used memory. The line is where we alert, if it is also many bytes: a small "
    "server is always far above it. Below 1, the machine swaps.",
    alerts=[CacheMemoryFragmented],
)

buffers = timeseries(
    "Clients' buffers",
    Query(redis_memory.memory_clients_bytes(service, instance), legend="{{instance}}"),
    unit="bytes",
    help="Memory that connections take. When it grows, clients do not read what they asked for.",
)

safe = stat(
    "Written to disk",
    f"""
    min(
      {redis_persistence.snapshot_last_success(service, instance)}
        *
      {redis_persistence.aof_write_last_success(service, instance)}
        *
      {redis_persistence.aof_rewrite_last_success(service, instance)}
    )
    """,
    line=1,
    bad="below",
    help="1 while no server failed to write its snapshot or its append-only file, if it has one.",
    alerts=[CachePersistenceFailing],
)

unsaved = timeseries(
    "Changes since the last snapshot",
    Query(cache.persistence_changes(service, instance), legend="{{instance}}"),
    unit="short",
    help="What a crash would lose without an append-only file. It only grows where there are no "
    "snapshots: right for a cache, wrong for anything else.",
)

lives = timeseries(
    "Time to live",
    Query(f"{cache.keys_ttl_seconds(service, instance)} > 0", legend="{{instance}} {{database}}"),
    unit="s",
    help="Mean time left to keys that expire, by logical database.",
)

network = timeseries(
    "Network",
    Query(
        f"rate({cache.network_read_bytes_total(service, instance)}[$__rate_interval])",
        legend="in {{instance}}",
    ),
    Query(
        f"rate({cache.network_written_bytes_total(service, instance)}[$__rate_interval])",
        legend="out {{instance}}",
    ),
    unit="Bps",
    help="What clients send and get. Much out and few commands: someone reads large values.",
)


dashboard = Dashboard(
    "Redis",
    "Inside Redis and Valkey: refusals, load, memory, persistence.",
    variables=[service, instance],
    annotations=[firing(service, instance), restarts(cache.uptime_seconds, service, instance)],
    rows={
        "Does it refuse anything?": [rejected, connections, errors, not_run],
        "How busy is it?": [busy, slowest, slow, network],
        "Where does memory go?": [memory, fragmentation, buffers, lives],
        "Is the data safe?": [safe, unsaved],
    },
)
