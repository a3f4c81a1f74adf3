"""Classes of cached values: which help, which take the room, whose are they?"""

from alerts.classes import (
    MAX_WARMING_AGE,
    MIN_CLASS_HIT_RATIO,
    CacheClassHitRatioLow,
    CacheWarmingOverdue,
    hit_ratio,
)
from exporters.catalog import cache, classes
from generator.annotations import firing
from generator.panels import Dashboard, Query, Variable, bars, timeseries

service = Variable("service", cache.up)
instance = Variable("instance", cache.up)

# More lines than this say nothing; a table of all is a query away.
MOST_TENANTS = 10


hits = timeseries(
    "Hit ratio",
    Query(hit_ratio(service, instance), legend="{{class}}"),
    unit="percentunit",
    line=MIN_CLASS_HIT_RATIO,
    bad="below",
    help="Share of a class's reads answered from the cache. The line is where we alert.",
    alerts=[CacheClassHitRatioLow],
)

reads = bars(
    "Reads",
    Query(
        f"""
        sum by (class) (
          rate({classes.class_hits_total(service, instance)}[$__rate_interval])
            +
          rate({classes.class_misses_total(service, instance)}[$__rate_interval])
        )
        """,
        legend="{{class}}",
    ),
    unit="ops",
    help="Reads per second by class, found or not: what the cache is used for.",
)

invalidations = timeseries(
    "Invalidations",
    Query(
        f"rate({classes.class_invalidations_total(service, instance)}[$__rate_interval])",
        legend="{{class}}",
    ),
    unit="ops",
    help="Values thrown away because they were out of date. Many of them, and few hits: the class "
    "changes too often to be cached.",
)

warmed = timeseries(
    "Since the last warming",
    Query(
        f"time() - {classes.class_warmed_timestamp_seconds(service, instance)}", legend="{{class}}"
    ),
    unit="s",
    line=MAX_WARMING_AGE,
    help="How long ago values were last written ahead of their first read. The line is where we "
    "alert.",
    alerts=[CacheWarmingOverdue],
)

coverage = timeseries(
    "Warming, share written",
    Query(classes.class_warming_coverage_ratio(service, instance), legend="{{class}}"),
    unit="percentunit",
    help="Share of what a class should hold that the last warming wrote. Below 100 %, some failed.",
)

warming = timeseries(
    "Warming, duration",
    Query(classes.class_warming_seconds(service, instance), legend="{{class}}"),
    unit="s",
    help="How long the last warming took. It grows with what is cached.",
)

keys = timeseries(
    "Keys",
    Query(classes.class_keys(service, instance), legend="{{class}}"),
    unit="short",
    help="Keys by class. What is `other` fits no pattern of the settings.",
)

memory = timeseries(
    "Memory",
    Query(classes.class_memory_bytes(service, instance), legend="{{class}}"),
    unit="bytes",
    help="Memory by class, from samples: who takes the room.",
)

lives = timeseries(
    "Time to live",
    Query(classes.class_ttl_seconds(service, instance), legend="{{class}}"),
    unit="s",
    help="Mean time left to the keys of a class: about half of what they are written with.",
)

lasting = timeseries(
    "Keys that never expire",
    Query(classes.class_lasting_ratio(service, instance), legend="{{class}}"),
    unit="percentunit",
    help="Share of a class's keys without a time to live: they stay until somebody deletes them.",
)

tenants = timeseries(
    "Memory by tenant",
    Query(
        f"""
        topk({MOST_TENANTS}, sum by (tenant) ({classes.tenant_memory_bytes(service, instance)}))
        """,
        legend="{{tenant}}",
    ),
    unit="bytes",
    help="The tenants that take most. `other` are all those without a line of their own.",
)

tenant_hits = timeseries(
    "Hit ratio by tenant",
    Query(
        f"""
        bottomk({MOST_TENANTS},
          sum by (tenant) (
            rate({classes.tenant_hits_total(service, instance)}[$__rate_interval])
          )
            /
          (
            sum by (tenant) (
              rate({classes.tenant_hits_total(service, instance)}[$__rate_interval])
            )
              +
            sum by (tenant) (
              rate({classes.tenant_misses_total(service, instance)}[$__rate_interval])
            )
          )
        )
        """,
        legend="{{tenant}}",
    ),
    unit="percentunit",
    help="The tenants whose reads are answered least. One alone: what it asks for is never the "
    "same twice; all of them: look at the classes.",
)

age = timeseries(
    "Age of what is said of keys",
    Query(f"time() - {classes.scan_timestamp_seconds(service, instance)}", legend="{{instance}}"),
    unit="s",
    help="All keys are looked at a few at a time; this is how long ago the last look ended.",
)


dashboard = Dashboard(
    "Cache classes",
    "What is cached, class by class: does it help, what does it take, whose is it?",
    variables=[service, instance],
    annotations=[firing(service, instance)],
    rows={
        "Does it help?": [hits, reads, invalidations],
        "Is it warm?": [warmed, coverage, warming],
        "What does it take?": [keys, memory, lives, lasting],
        "Whose is it?": [tenants, tenant_hits, age],
    },
)
