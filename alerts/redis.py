"""Alerts for what only Redis tells: does it refuse clients, keep its data, waste memory?"""

from alerts.cache import CacheDown
from exporters.catalog import cache, redis_memory, redis_persistence
from generator.drills import Scaled, Simulated
from generator.rules import Alert, Example, Limit, Vanished

# Above this, resident memory is half again what the data needs ...
MAX_FRAGMENTATION_RATIO = Limit("cache_memory_fragmentation_factor_max", 1.5)

# ... which says nothing of a small cache: a few megabytes are the server's own.
MAX_FRAGMENTATION_BYTES = Limit("cache_memory_fragmentation_bytes_max", 100_000_000)

CacheConnectionsRejected = Alert(
    expr=f"rate({cache.connections_rejected_total}[2m]) > 0",
    for_="1m",
    severity="critical",
    summary="Cache {{ $labels.instance }} turns clients away",
    description="All connections that it allows are taken: whoever comes now gets an error, and "
    "whoever is connected does not notice.",
    drill=Scaled("cache-crowded"),
    tests=[
        Example(
            "five clients are turned away in each of ten minutes, and none after that",
            given={cache.connections_rejected_total(instance="a"): "0x5 5+5x9 50x20"},
            silent_at="6m",
            fires_at="8m",
            gone_at="19m",
            says="Cache a turns clients away",
            labels={"instance": "a"},
        ),
        Vanished(
            "the cache stops answering while it turns clients away",
            given={
                cache.connections_rejected_total(instance="a"): "0+5x10 stale",
                cache.up(instance="a"): "1x10 0x20",
            },
            at="20m",
            instead=CacheDown,
        ),
    ],
)

CacheWritesRefused = Alert(
    expr=f"""rate({cache.errors_total(error="OOM")}[2m]) > 0""",
    for_="1m",
    severity="critical",
    summary="Cache {{ $labels.instance }} is full and refuses writes",
    description="It is at its memory limit and may evict nothing: reads work, and what should be "
    "written is lost unless the application tries again.",
    drill=Scaled("cache-full"),
    tests=[
        Example(
            "ten minutes of writes that find no room",
            given={
                cache.errors_total(instance="a", error="OOM"): "0x5 60+60x9 600x20",
                cache.errors_total(instance="a", error="WRONGTYPE"): "0+60x50",
            },
            silent_at="6m",
            fires_at="8m",
            gone_at="19m",
            says="Cache a is full and refuses writes",
            labels={"instance": "a", "error": "OOM"},
        ),
        Vanished(
            "the full cache stops answering",
            given={
                cache.errors_total(instance="a", error="OOM"): "0+60x10 stale",
                cache.up(instance="a"): "1x10 0x20",
            },
            at="20m",
            instead=CacheDown,
        ),
    ],
)

CachePersistenceFailing = Alert(
    expr=f"""
    {redis_persistence.snapshot_last_success} == 0
      or
    {redis_persistence.aof_write_last_success} == 0
      or
    {redis_persistence.aof_rewrite_last_success} == 0
    """,
    for_="1m",
    severity="critical",
    summary="Cache {{ $labels.instance }} cannot write its data to disk",
    description="A restart would lose what is not on disk, and unless it is told otherwise Redis "
    "refuses writes until a snapshot succeeds again.",
    drill=Simulated("the demo's cache keeps nothing on disk, so that no write can fail"),
    tests=[
        Example(
            "a snapshot fails, and the next one, ten minutes later, succeeds",
            given={redis_persistence.snapshot_last_success(instance="a"): "1x5 0x10 1x5"},
            silent_at="6m",
            fires_at="8m",
            gone_at="17m",
            says="Cache a cannot write its data to disk",
            labels={"instance": "a"},
        ),
        Example(
            "the append-only file cannot be written for ten minutes",
            given={redis_persistence.aof_write_last_success(instance="a"): "1x5 0x10 1x5"},
            silent_at="6m",
            fires_at="8m",
            gone_at="17m",
            says="Cache a cannot write its data to disk",
            labels={"instance": "a"},
        ),
        Example(
            "the append-only file can be written, but not rewritten",
            given={
                redis_persistence.aof_write_last_success(instance="a"): "1x20",
                redis_persistence.aof_rewrite_last_success(instance="a"): "1x5 0x10 1x5",
            },
            silent_at="6m",
            fires_at="8m",
            gone_at="17m",
            says="Cache a cannot write its data to disk",
            labels={"instance": "a"},
        ),
        Vanished(
            "the cache stops answering after a snapshot has failed",
            given={
                redis_persistence.snapshot_last_success(instance="a"): "0x10 stale",
                cache.up(instance="a"): "1x10 0x20",
            },
            at="20m",
            instead=CacheDown,
        ),
    ],
)

CacheMemoryFragmented = Alert(
    expr=f"""
    {redis_memory.memory_fragmentation_bytes} > {MAX_FRAGMENTATION_BYTES}
      and
    {cache.memory_fragmentation_ratio} > {MAX_FRAGMENTATION_RATIO}
    """,
    for_="15m",
    severity="warning",
    summary="Cache {{ $labels.instance }} wastes {{ $value | humanize1024 }}B of memory",
    description="The system holds far more memory for it than its data needs: the machine runs "
    "out of memory before the cache reaches its limit.",
    drill=Simulated("whether memory is given back is for the allocator to decide"),
    tests=[
        Example(
            "many values are deleted, a few and then more, and their room is found much later",
            given={
                redis_memory.memory_fragmentation_bytes(instance="a"): "8e7x20 134217728x30 8e7x10",
                cache.memory_fragmentation_ratio(instance="a"): "2x60",
            },
            silent_at="35m",
            fires_at="37m",
            gone_at="52m",
            says="Cache a wastes 128MiB of memory",
            labels={"instance": "a"},
        ),
        Example(
            "a large cache loses a little, and later much, of what it has",
            given={
                redis_memory.memory_fragmentation_bytes(instance="a"): "536870912x60",
                cache.memory_fragmentation_ratio(instance="a"): "1.4x20 1.6x20 1.4x20",
            },
            silent_at="20m",
            fires_at="38m",
            gone_at="42m",
            says="Cache a wastes 512MiB of memory",
            labels={"instance": "a"},
        ),
        Vanished(
            "the cache stops answering while it wastes memory",
            given={
                redis_memory.memory_fragmentation_bytes(instance="a"): "5e8x30 stale",
                cache.memory_fragmentation_ratio(instance="a"): "2x30 stale",
                cache.up(instance="a"): "1x30 0x20",
            },
            at="40m",
            instead=CacheDown,
        ),
    ],
)
