"""What is in a cache, class by class of cached value: what there is, and whether it helps.

Classes and the patterns of their keys are the settings' (``keys``). Counters are the
application's own, kept in a hash for each class; the rest is found by looking at the keys.
"""

from exporters.catalog.family import counter, gauge

_COUNTED = "the hash lightship:cache:CLASS, field"

class_hits_total = counter(
    "cache_class_hits_total",
    "Reads of a class answered from the cache, as the application counts them.",
    labels=("class",),
    source=f"{_COUNTED} hits",
)

class_misses_total = counter(
    "cache_class_misses_total",
    "Reads of a class that the cache could not answer, as the application counts them.",
    labels=("class",),
    source=f"{_COUNTED} misses",
)

class_invalidations_total = counter(
    "cache_class_invalidations_total",
    "Values of a class thrown away because they were out of date, as the application counts them.",
    labels=("class",),
    source=f"{_COUNTED} invalidations",
)

class_warmed_timestamp_seconds = gauge(
    "cache_class_warmed_timestamp_seconds",
    "When a class was last warmed, in Unix time; absent for one that never was.",
    unit="seconds",
    labels=("class",),
    source=f"{_COUNTED} warmed_at",
)

class_warming_seconds = gauge(
    "cache_class_warming_seconds",
    "How long the last warming of a class took.",
    unit="seconds",
    labels=("class",),
    source=f"{_COUNTED} warming_seconds",
)

class_warming_coverage_ratio = gauge(
    "cache_class_warming_coverage_ratio",
    "Share of the values that a class should hold which its last warming wrote.",
    unit="ratio",
    labels=("class",),
    source=f"{_COUNTED} warming_coverage",
)

class_keys = gauge(
    "cache_class_keys",
    "Keys of a class; `other` are those of none.",
    labels=("class",),
    source="SCAN",
)

class_memory_bytes = gauge(
    "cache_class_memory_bytes",
    "Memory that a class takes, from samples of its keys.",
    unit="bytes",
    labels=("class",),
    source="MEMORY USAGE of samples",
)

class_ttl_seconds = gauge(
    "cache_class_ttl_seconds",
    "Mean time that keys of a class have left, from samples; absent where none expires.",
    unit="seconds",
    labels=("class",),
    source="PTTL of samples",
)

class_lasting_ratio = gauge(
    "cache_class_lasting_ratio",
    "Share of the keys of a class that never expire, from samples.",
    unit="ratio",
    labels=("class",),
    source="PTTL of samples",
)

tenant_keys = gauge(
    "cache_tenant_keys",
    "Keys of a class by tenant: those with the most, and all others as `other`.",
    labels=("class", "tenant"),
    source="SCAN",
)

tenant_memory_bytes = gauge(
    "cache_tenant_memory_bytes",
    "Memory that a class takes by tenant, from samples; tenants as in cache_tenant_keys.",
    unit="bytes",
    labels=("class", "tenant"),
    source="MEMORY USAGE of samples",
)

tenant_hits_total = counter(
    "cache_tenant_hits_total",
    "Reads of a class answered from the cache, by tenant, as the application counts them: "
    "tenants with the most reads, and all others as `other`.",
    labels=("class", "tenant"),
    source="the hash lightship:cache:CLASS:hits, field TENANT",
)

tenant_misses_total = counter(
    "cache_tenant_misses_total",
    "Reads of a class that the cache could not answer, by tenant, as in cache_tenant_hits_total.",
    labels=("class", "tenant"),
    source="the hash lightship:cache:CLASS:misses, field TENANT",
)

scan_timestamp_seconds = gauge(
    "cache_scan_timestamp_seconds",
    "When the last look at all keys ended, in Unix time: how old what is said of classes is.",
    unit="seconds",
)

scan_seconds = gauge(
    "cache_scan_seconds",
    "How long that look took, the rests in between included.",
    unit="seconds",
)
