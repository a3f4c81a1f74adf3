"""The cache at a glance: is it up, does it help, does it fit?"""

from alerts.cache import (
    MAX_EVICTIONS,
    MAX_MEMORY_RATIO,
    MIN_HIT_RATIO,
    CacheDown,
    CacheEvicting,
    CacheHitRatioLow,
    CacheMemoryNearLimit,
    hit_ratio,
    memory_ratio,
)
from exporters.catalog import cache
from generator.annotations import firing, restarts
from generator.panels import Dashboard, Query, Variable, bars, pie, stat, timeseries

# R4: a demo-sized cache stays below these; a service's own sizing replaces them.
MAX_CONNECTIONS = 30
MAX_MEMORY_BYTES = 500_000_000

service = Variable("service", cache.up)
instance = Variable("instance", cache.up)


answering = stat(
    "Answering",
    f"avg({cache.up(service, instance)})",
    unit="percentunit",
    line=1,
    bad="below",
    help="Share of the caches that answered their last scrape. Worry below 100 %.",
    alerts=[CacheDown],
)

connections = stat(
    "Connections",
    f"sum({cache.connections(service, instance)})",
    line=MAX_CONNECTIONS,
    help=f"Clients connected now. Worry above {MAX_CONNECTIONS}: some are not given back.",
)

uptime = stat(
    "Up since",
    f"min({cache.uptime_seconds(service, instance)})",
    unit="s",
    help="Time since the youngest cache was started: when short, it was restarted and is cold.",
)

hits_and_misses = pie(
    "Hits and misses",
    Query(f"sum(increase({cache.hits_total(service, instance)}[$__range]))", legend="hits"),
    Query(f"sum(increase({cache.misses_total(service, instance)}[$__range]))", legend="misses"),
    help="Reads answered from the cache and reads it could not answer, over the time shown.",
)

hits = timeseries(
    "Hit ratio",
    Query(hit_ratio(service, instance), legend="{{instance}}"),
    unit="percentunit",
    line=MIN_HIT_RATIO,
    bad="below",
    help="Share of reads answered from the cache. The line is where we alert.",
    alerts=[CacheHitRatioLow],
)

operations = timeseries(
    "Operations",
    Query(
        f"""
        sum by (instance) (
          rate({cache.operations_total(service, instance)}[$__rate_interval])
        )
        """,
        legend="{{instance}}",
    ),
    unit="ops",
    help="Commands per second. A sudden fall with clients connected means that they wait.",
)

command_duration = timeseries(
    "Command duration",
    Query(
        f"""
        sum by (command) (rate({cache.commands_seconds_total(service, instance)}[$__rate_interval]))
          /
        sum by (command) (rate({cache.commands_total(service, instance)}[$__rate_interval]))
        """,
        legend="{{command}}",
    ),
    unit="s",
    help="Mean time the server spends on a command. Worry when one command leaves its usual band.",
)

throughput = bars(
    "Commands",
    Query(
        f"""
        sum by (command) (
          rate({cache.commands_total(service, instance)}[$__rate_interval])
        )
        """,
        legend="{{command}}",
    ),
    unit="ops",
    help="Commands per second by command, all instances together.",
)

memory = timeseries(
    "Memory",
    Query(cache.memory_used_bytes(service, instance), legend="used {{instance}}"),
    Query(f"{cache.memory_limit_bytes(service, instance)} > 0", legend="limit {{instance}}"),
    unit="bytes",
    line=MAX_MEMORY_BYTES,
    help="Where used meets limit, the cache starts to evict. The line is the target.",
)

memory_full = timeseries(
    "Memory, share of the limit",
    Query(memory_ratio(service, instance), legend="{{instance}}"),
    unit="percentunit",
    line=MAX_MEMORY_RATIO,
    help="How full the cache is. The line is where we page.",
    alerts=[CacheMemoryNearLimit],
)

evictions = timeseries(
    "Evictions",
    Query(
        f"rate({cache.evictions_total(service, instance)}[$__rate_interval])",
        legend="{{instance}}",
    ),
    unit="ops",
    line=MAX_EVICTIONS,
    help="Keys thrown away because memory was full. The line is where we alert.",
    alerts=[CacheEvicting],
)

keys = timeseries(
    "Keys",
    Query(
        f"sum by (instance, database) ({cache.keys(service, instance)})",
        legend="{{instance}} {{database}}",
    ),
    unit="short",
    help="Keys held, by logical database. A cliff is a flush or a restart.",
)


dashboard = Dashboard(
    "Cache",
    "Redis as a cache: is it up, does it help, does it fit?",
    links=("queue", "scrape"),
    variables=[service, instance],
    annotations=[firing(service, instance), restarts(cache.uptime_seconds, service, instance)],
    rows={
        "Is it up, does it help?": [answering, connections, uptime, hits_and_misses, hits],
        "What does it do?": [operations, command_duration, throughput],
        "Does it fit?": [memory, memory_full, evictions, keys],
    },
)
