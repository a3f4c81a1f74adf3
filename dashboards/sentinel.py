"""Redis' Sentinels and replication: would it fail over, did it, do replicas keep up?"""

from alerts.redis_replication import (
    MAX_LAG_SECONDS,
    CacheReplicaLagging,
    CacheReplicationBroken,
)
from alerts.sentinel import (
    MIN_REPLICAS,
    SentinelDown,
    SentinelFailedOver,
    SentinelMasterDown,
    SentinelPeersMissing,
    SentinelQuorumLost,
    SentinelReplicasFew,
    SentinelsAllDown,
)
from exporters.catalog import redis_replication, sentinel
from generator.panels import Dashboard, Query, Variable, stat, timeseries

service = Variable("service", sentinel.up)


answering = timeseries(
    "Sentinels that answer",
    Query(f"sum by (service) ({sentinel.up(service)})", legend="{{service}}"),
    unit="short",
    line=1,
    bad="below",
    help="Most of them are needed for a failover, so two of three. When one does not answer, that "
    "is a ticket; when none does, a page.",
    alerts=[SentinelDown, SentinelsAllDown],
)

quorum = stat(
    "Quorum",
    f"min(max without (instance) ({sentinel.quorum_reachable(service)}))",
    line=1,
    bad="below",
    help="1 while for every master enough Sentinels see each other to agree and to fail over.",
    alerts=[SentinelQuorumLost],
)

needed = stat(
    "Sentinels that must agree",
    f"max({sentinel.quorum(service)})",
    help="How many must find the master down. To replace it, most of all must agree besides.",
)

peers = timeseries(
    "Sentinels that are missing",
    Query(
        f"""
        {sentinel.sentinels(service)}
          -
        {sentinel.sentinels_reachable(service)}
        """,
        legend="{{master}}, seen by {{instance}}",
    ),
    unit="short",
    line=0,
    help="Known and not seen. When all see one less it is down; when one sees none it is cut off.",
    alerts=[SentinelPeersMissing],
)

tilt = timeseries(
    "In tilt",
    Query(sentinel.tilt(service), legend="{{instance}}"),
    unit="short",
    help="A Sentinel whose clock jumped, or whose machine stood still, does nothing for half a "
    "minute.",
)

master = timeseries(
    "Who is the master?",
    Query(
        f"count by (service, master, address) ({sentinel.master_address(service)})",
        legend="{{master}}: {{address}}",
    ),
    unit="short",
    help="How many Sentinels say so. Two lines at once: they do not agree, and clients write to "
    "two servers.",
)

down = timeseries(
    "Masters that are down",
    Query(
        f"max by (service, master) ({sentinel.master_down(service)})",
        legend="{{master}}, agreed",
    ),
    Query(
        f"sum by (service, master) ({sentinel.master_suspected(service)})",
        legend="{{master}}, Sentinels that say so",
    ),
    unit="short",
    help="Agreed for longer than some seconds: a failover is tried, and does not succeed.",
    alerts=[SentinelMasterDown],
)

silent = timeseries(
    "Since the master last answered",
    Query(
        f"max by (service, master) ({sentinel.master_silent_seconds(service)})",
        legend="{{master}}",
    ),
    unit="s",
    help="They ask every second. What is longer than their down-after-milliseconds is a failure.",
)

failovers = timeseries(
    "Failovers",
    Query(
        f"""
        quantile by (service, master) (
          0.5, changes({sentinel.master_epoch(service)}[$__rate_interval])
        )
        """,
        legend="{{master}}",
    ),
    unit="short",
    help="How often the master was replaced. One is enough to ask why.",
    alerts=[SentinelFailedOver],
)

running = timeseries(
    "Failovers at work",
    Query(
        f"max by (service, master) ({sentinel.failover_running(service)})",
        legend="{{master}}",
    ),
    unit="short",
    help="It takes some seconds. When it stays, no replica can be made the master.",
)

usable = timeseries(
    "Replicas that could take over",
    Query(
        f"max by (service, master) ({sentinel.replicas_usable(service)})",
        legend="{{master}}",
    ),
    Query(
        f"max by (service, master) ({sentinel.replicas(service)})",
        legend="{{master}}, known",
    ),
    unit="short",
    line=MIN_REPLICAS,
    bad="below",
    help="Those that answer, follow the master and may be promoted. The line is where we alert.",
    alerts=[SentinelReplicasFew],
)

link = timeseries(
    "Links to the primary",
    Query(redis_replication.primary_link_up(service), legend="{{instance}}"),
    unit="short",
    line=1,
    bad="below",
    help="1 while a replica hears of its primary.",
    alerts=[CacheReplicationBroken],
)

lag = timeseries(
    "Since replicas last confirmed",
    Query(
        redis_replication.connected_replica_lag_seconds(service),
        legend="{{replica}} of {{instance}}",
    ),
    unit="s",
    line=MAX_LAG_SECONDS,
    help="They confirm every second what they have. The line is where we alert.",
    alerts=[CacheReplicaLagging],
)

behind = timeseries(
    "Behind the primary",
    Query(
        f"""
        {redis_replication.replication_offset_bytes(service)}
          - on (service, instance) group_right
        {redis_replication.connected_replica_offset_bytes(service)}
        """,
        legend="{{replica}} of {{instance}}",
    ),
    unit="bytes",
    help="What of the stream of writes a replica has not confirmed yet: lost if it took over now.",
)

syncs = timeseries(
    "Resynchronisations",
    Query(
        f"increase({redis_replication.replication_full_syncs_total(service)}[$__rate_interval])",
        legend="whole copies {{instance}}",
    ),
    Query(
        f"increase({redis_replication.replication_partial_syncs_total(service)}[$__rate_interval])",
        legend="caught up {{instance}}",
    ),
    unit="short",
    help="Replicas that came back. Whole copies cost memory, disk and network: a backlog that is "
    "large enough spares them.",
)


dashboard = Dashboard(
    "Redis Sentinel",
    "Redis' Sentinels and replication: would it fail over, did it, do replicas keep up?",
    variables=[service],
    rows={
        "Would it fail over?": [answering, quorum, needed, peers, usable, tilt],
        "Did it?": [master, failovers, running, down, silent],
        "Do replicas keep up?": [link, lag, behind, syncs],
    },
)
