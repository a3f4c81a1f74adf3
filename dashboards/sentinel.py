"""Redis' Sentinels: would it fail over, did it?"""

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
from exporters.catalog import sentinel
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


dashboard = Dashboard(
    "Redis Sentinel",
    "Redis' Sentinels: would it fail over, did it?",
    variables=[service],
    links=["redis_replication"],
    rows={
        "Would it fail over?": [answering, quorum, needed, peers, usable, tilt],
        "Did it?": [master, failovers, running, down, silent],
    },
)
