"""Alerts for classes of cached values: does each of them help, was it warmed in time?"""

from alerts.cache import CacheDown
from exporters.catalog import cache, classes
from generator.drills import Scaled
from generator.rules import Alert, Example, Limit, Reading, Vanished, record

# U1: a class that answers less than this is not worth its memory.
MIN_CLASS_HIT_RATIO = Limit("cache_class_hit_ratio_min", 0.7)

# Fewer reads a second than this say nothing about a class.
MIN_CLASS_READS = Limit("cache_class_reads_per_second_min", 0.1)

# U1: warmed each hour from 6 to 20 o'clock, so that a night and one more hour may pass.
MAX_WARMING_AGE = Limit("cache_class_warming_age_seconds_max", 11 * 3600)


hit_ratio = record(
    "instance:cache_class_hit_ratio:rate5m",
    "Share of a class's reads answered from the cache over five minutes; absent for few reads.",
    f"""
    rate({classes.class_hits_total}[5m])
      /
    (
      rate({classes.class_hits_total}[5m]) + rate({classes.class_misses_total}[5m])
        >= {MIN_CLASS_READS}
    )
    """,
    labels=("class",),
    tests=[
        Reading(
            "after ten minutes of hits alone, seven in ten: five minutes later that is all it sees",
            given={
                classes.class_hits_total(instance="a", **{"class": "page"}): "0+60x10 600+42x10",
                classes.class_misses_total(instance="a", **{"class": "page"}): "0+0x10 0+18x10",
            },
            at="17m",
            reads={'{instance="a", class="page"}': 0.7},
        ),
        Reading(
            "five reads a minute say nothing, seven do",
            given={
                classes.class_hits_total(instance="a", **{"class": "page"}): "0+2.5x10",
                classes.class_misses_total(instance="a", **{"class": "page"}): "0+2.5x10",
                classes.class_hits_total(instance="a", **{"class": "cart"}): "0+3.5x10",
                classes.class_misses_total(instance="a", **{"class": "cart"}): "0+3.5x10",
            },
            at="10m",
            reads={'{instance="a", class="cart"}': 0.5},
        ),
    ],
)

CacheClassHitRatioLow = Alert(
    expr=f"{hit_ratio} < {MIN_CLASS_HIT_RATIO}",
    for_="10m",
    severity="warning",
    summary="Cache {{ $labels.instance }} answers {{ $value | humanizePercentage }} of reads of "
    "{{ $labels.class }}",
    description=f"Below {MIN_CLASS_HIT_RATIO:.0%} this class of values costs more than it saves: "
    "what is read is not there yet, not there any more, or never the same twice.",
    drill=Scaled("cache-misses"),
    tests=[
        Example(
            "four in ten reads of pages miss from the start, and none after half an hour",
            given={
                classes.class_hits_total(instance="a", **{"class": "page"}): "0+36x30 1080+60x30",
                classes.class_misses_total(instance="a", **{"class": "page"}): "0+24x30 720+0x30",
                classes.class_hits_total(instance="a", **{"class": "cart"}): "0+60x60",
                classes.class_misses_total(instance="a", **{"class": "cart"}): "0+0x60",
            },
            silent_at="10m",
            fires_at="11m30s",
            gone_at="40m",
            says="Cache a answers 60% of reads of page",
            labels={"instance": "a", "class": "page"},
        ),
        Example(
            "one in four reads misses, then more than one in three",
            given={
                classes.class_hits_total(
                    instance="a", **{"class": "page"}
                ): "0+45x30 1350+39x30 2520+60x20",
                classes.class_misses_total(
                    instance="a", **{"class": "page"}
                ): "0+15x30 450+21x30 1080+0x20",
            },
            silent_at="30m",
            fires_at="48m",
            gone_at="68m",
            says="Cache a answers 65% of reads of page",
            labels={"instance": "a", "class": "page"},
        ),
        Vanished(
            "the cache stops answering while four in ten reads miss",
            given={
                classes.class_hits_total(instance="a", **{"class": "page"}): "0+36x20 stale",
                classes.class_misses_total(instance="a", **{"class": "page"}): "0+24x20 stale",
                cache.up(instance="a"): "1x20 0x20",
            },
            at="30m",
            instead=CacheDown,
        ),
    ],
)

CacheWarmingOverdue = Alert(
    expr=f"time() - {classes.class_warmed_timestamp_seconds} > {MAX_WARMING_AGE}",
    for_="5m",
    severity="warning",
    summary="{{ $labels.class }} in cache {{ $labels.instance }} was warmed "
    "{{ $value | humanizeDuration }} ago",
    description="Whatever warms the cache does not run any more, or does not end: after the next "
    "deployment or restart the database carries every first read.",
    drill=Scaled("cache-cold"),
    tests=[
        Example(
            "warmed at midnight, and not again until half past twelve",
            given={
                classes.class_warmed_timestamp_seconds(
                    instance="a", **{"class": "page"}
                ): "0x749 45000x60",
            },
            silent_at="11h4m",
            fires_at="11h6m",
            gone_at="12h31m",
            says="page in cache a was warmed 11h 6m 0s ago",
            labels={"instance": "a", "class": "page"},
        ),
        Vanished(
            "the cache stops answering after warming has stopped",
            given={
                classes.class_warmed_timestamp_seconds(
                    instance="a", **{"class": "page"}
                ): "0x700 stale",
                cache.up(instance="a"): "1x700 0x20",
            },
            at="715m",
            instead=CacheDown,
        ),
    ],
)
