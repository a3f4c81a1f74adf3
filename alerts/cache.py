"""Alerts for the cache: is it up, does it help, does it fit?"""

from alerts.scrape import TargetDown
from exporters.catalog import cache, prometheus
from generator.drills import Real, Scaled
from generator.rules import Alert, Example, Limit, Reading, Vanished, record

# R2: below three quarters the cache costs more round trips than it saves.
MIN_HIT_RATIO = Limit("cache_hit_ratio_min", 0.75)

# Fewer reads a second than this say nothing about a ratio.
MIN_READS = Limit("cache_reads_per_second_min", 1)

# R2: the last sixth of the memory is our time to act.
MAX_MEMORY_RATIO = Limit("cache_memory_ratio_max", 0.85)

# A cache that is sized right evicts rarely: one key a second is a trend.
MAX_EVICTIONS = Limit("cache_evictions_per_second_max", 1)


hit_ratio = record(
    "instance:cache_hit_ratio:rate5m",
    "Share of reads answered from the cache over five minutes; absent below one read a second.",
    f"""
    rate({cache.hits_total}[5m])
      /
    (rate({cache.hits_total}[5m]) + rate({cache.misses_total}[5m]) >= {MIN_READS})
    """,
    tests=[
        Reading(
            "after ten minutes of hits alone, seven in ten: five minutes later that is all it sees",
            given={
                cache.hits_total(instance="a"): "0+600x10 6000+420x10",
                cache.misses_total(instance="a"): "0+0x10 0+180x10",
            },
            at="17m",
            reads={'{instance="a"}': 0.7},
        ),
        Reading(
            "0.9 reads a second say nothing",
            given={
                cache.hits_total(instance="a"): "0+27x10",
                cache.misses_total(instance="a"): "0+27x10",
            },
            at="10m",
            reads={},
        ),
        Reading(
            "one and a half a second do",
            given={
                cache.hits_total(instance="a"): "0+45x10",
                cache.misses_total(instance="a"): "0+45x10",
            },
            at="10m",
            reads={'{instance="a"}': 0.5},
        ),
    ],
)

memory_ratio = record(
    "instance:cache_memory_ratio",
    "Share of the memory limit in use; absent where there is no limit.",
    f"""
    {cache.memory_used_bytes}
      /
    ({cache.memory_limit_bytes} > 0)
    """,
    tests=[
        Reading(
            "one cache is half full, and another has no limit",
            given={
                cache.memory_used_bytes(instance="a"): "50x5",
                cache.memory_limit_bytes(instance="a"): "100x5",
                cache.memory_used_bytes(instance="b"): "50x5",
                cache.memory_limit_bytes(instance="b"): "0x5",
            },
            at="5m",
            reads={'{instance="a"}': 0.5},
        ),
    ],
)

CacheDown = Alert(
    expr=f"{cache.up} == 0",
    for_="10s",
    severity="critical",
    summary="Cache {{ $labels.instance }} does not answer",
    description="Every read now goes to the database: expect latency and load to rise.",
    drill=Real("cache-stopped"),
    tests=[
        Example(
            "the cache stops answering after one minute and comes back four minutes later",
            given={cache.up(instance="a"): "1x12 0x48 1x12"},
            interval="5s",
            silent_at="1m10s",
            fires_at="1m15s",
            gone_at="5m10s",
            says="Cache a does not answer",
            labels={"instance": "a"},
        ),
        Vanished(
            "the exporter that asked it is gone as well",
            given={
                cache.up(instance="a"): "0x12 stale",
                prometheus.up(job="cache", instance="a"): "1x12 0x24",
            },
            interval="5s",
            at="2m",
            instead=TargetDown,
        ),
    ],
)

CacheHitRatioLow = Alert(
    expr=f"{hit_ratio} < {MIN_HIT_RATIO}",
    for_="10m",
    severity="warning",
    summary="Cache {{ $labels.instance }} answers {{ $value | humanizePercentage }} of reads",
    description=f"Below {MIN_HIT_RATIO:.0%} the cache costs more round trips than it saves, and "
    "the database carries the reads that it should answer.",
    drill=Scaled("cache-misses"),
    tests=[
        Example(
            "three in ten reads miss from the start, and none after half an hour",
            given={
                cache.hits_total(instance="a"): "0+420x30 12600+600x30",
                cache.misses_total(instance="a"): "0+180x30 5400+0x30",
            },
            silent_at="10m",
            fires_at="11m",
            gone_at="40m",
            says="Cache a answers 70% of reads",
            labels={"instance": "a"},
        ),
        Example(
            "one in five reads misses: that is what a cache does",
            given={
                cache.hits_total(instance="a"): "0+480x30 14400+300x30",
                cache.misses_total(instance="a"): "0+120x30 3600+300x30",
            },
            silent_at="30m",
            fires_at="48m",
            gone_at="66m",
            says="Cache a answers 50% of reads",
            labels={"instance": "a"},
        ),
        Example(
            "half of the reads miss, but only after half an hour there are enough to matter",
            given={
                cache.hits_total(instance="a"): "0+24x30 720+60x30 2520+600x20",
                cache.misses_total(instance="a"): "0+24x30 720+60x30",
            },
            silent_at="30m",
            fires_at="45m",
            gone_at="66m",
            says="Cache a answers 50% of reads",
            labels={"instance": "a"},
        ),
        Vanished(
            "the cache stops answering while half of the reads miss",
            given={
                cache.hits_total(instance="a"): "0+300x20 stale",
                cache.misses_total(instance="a"): "0+300x20 stale",
                cache.up(instance="a"): "1x20 0x20",
            },
            at="30m",
            instead=CacheDown,
        ),
    ],
)

CacheMemoryNearLimit = Alert(
    expr=f"{memory_ratio} > {MAX_MEMORY_RATIO}",
    for_="5m",
    severity="critical",
    summary="Cache {{ $labels.instance }} is {{ $value | humanizePercentage }} full",
    description=f"Above {MAX_MEMORY_RATIO:.0%} there is little time left: at its limit the cache "
    "evicts keys that are still in use, or refuses writes under noeviction.",
    drill=Scaled("cache-memory"),
    tests=[
        Example(
            "memory grows past the limit's last sixth, and is given more after ten minutes",
            given={
                cache.memory_used_bytes(instance="a"): "85x5 86x30",
                cache.memory_limit_bytes(instance="a"): "100x20 200x15",
            },
            silent_at="10m",
            fires_at="11m",
            gone_at="21m",
            says="Cache a is 86% full",
            labels={"instance": "a"},
        ),
        Example(
            "no limit is set: nothing is near it, until one is set",
            given={
                cache.memory_used_bytes(instance="a"): "90x30",
                cache.memory_limit_bytes(instance="a"): "0x10 100x10 0x10",
            },
            silent_at="10m",
            fires_at="16m",
            gone_at="22m",
            says="Cache a is 90% full",
            labels={"instance": "a"},
        ),
        Vanished(
            "a full cache stops answering",
            given={
                cache.memory_used_bytes(instance="a"): "90x10 stale",
                cache.memory_limit_bytes(instance="a"): "100x10 stale",
                cache.up(instance="a"): "1x10 0x20",
            },
            at="15m",
            instead=CacheDown,
        ),
    ],
)

CacheEvicting = Alert(
    expr=f"rate({cache.evictions_total}[5m]) > {MAX_EVICTIONS}",
    for_="5m",
    severity="warning",
    summary="Cache {{ $labels.instance }} evicts {{ $value | humanize }} keys a second",
    description="Keys that are still in use are thrown away to make room: reads miss, and the "
    "database does the work twice.",
    drill=Scaled("cache-memory"),
    tests=[
        Example(
            "three keys in four seconds, then two a second for a quarter of an hour",
            given={cache.evictions_total(instance="a"): "0+45x10 450+120x15 2250+0x15"},
            silent_at="14m",
            fires_at="20m",
            gone_at="32m",
            says="Cache a evicts 2 keys a second",
            labels={"instance": "a"},
        ),
        Vanished(
            "the cache stops answering while it evicts",
            given={
                cache.evictions_total(instance="a"): "0+120x20 stale",
                cache.up(instance="a"): "1x20 0x20",
            },
            at="30m",
            instead=CacheDown,
        ),
    ],
)
