"""Redis' replicas: do they keep up, would they get back, what does it cost?"""

from alerts.redis_replication import (
    MAX_LAG_SECONDS,
    CacheReplicaLagging,
    CacheReplicationBroken,
)
from exporters.catalog import redis_replication as redis
from generator.annotations import firing
from generator.panels import Dashboard, Query, Variable, stat, timeseries

service = Variable("service", redis.replication_offset_bytes)
instance = Variable("instance", redis.replication_offset_bytes)


link = timeseries(
    "Links to the primary",
    Query(redis.primary_link_up(service, instance), legend="{{instance}}"),
    unit="short",
    line=1,
    bad="below",
    help="1 while a replica hears of its primary.",
    alerts=[CacheReplicationBroken],
)

lag = timeseries(
    "Since replicas last confirmed",
    Query(
        redis.connected_replica_lag_seconds(service, instance),
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
        {redis.replication_offset_bytes(service, instance)}
          - on (service, instance) group_right
        {redis.connected_replica_offset_bytes(service, instance)}
        """,
        legend="{{replica}} of {{instance}}",
    ),
    unit="bytes",
    help="What of the stream of writes a replica has not confirmed yet: lost if it took over now.",
)

syncs = timeseries(
    "Resynchronisations",
    Query(
        f"increase({redis.replication_full_syncs_total(service, instance)}[$__rate_interval])",
        legend="whole copies {{instance}}",
    ),
    Query(
        f"increase({redis.replication_partial_syncs_total(service, instance)}[$__rate_interval])",
        legend="caught up {{instance}}",
    ),
    Query(
        f"""
        increase(
          {redis.replication_partial_syncs_refused_total(service, instance)}[$__rate_interval]
        )
        """,
        legend="too late {{instance}}",
    ),
    unit="short",
    help="Replicas that came back. Whole copies cost memory, disk and network: a backlog that is "
    "large enough spares them: whoever is too late needs one.",
)

heard = timeseries(
    "Since replicas heard of their primary",
    Query(redis.primary_last_io_seconds(service, instance), legend="{{instance}}"),
    unit="s",
    help="A primary says something every ten seconds at least; nothing while the link is down.",
)

online = timeseries(
    "Replicas in step",
    Query(
        redis.connected_replica_online(service, instance),
        legend="{{replica}} of {{instance}}",
    ),
    unit="short",
    line=1,
    bad="below",
    help="1 while a replica gets every write; 0 while it is still being sent a copy.",
)

copying = timeseries(
    "Copies being taken in",
    Query(redis.primary_sync_running(service, instance), legend="{{instance}}"),
    unit="short",
    help="1 while a replica takes in all of its primary's data. Until then it answers with what "
    "it had, or not at all.",
)

unapplied = timeseries(
    "Read and not applied",
    Query(
        f"""
        {redis.replica_read_offset_bytes(service, instance)}
          -
        {redis.replica_applied_offset_bytes(service, instance)}
        """,
        legend="{{instance}}",
    ),
    unit="bytes",
    help="What a replica has received of the stream of writes and not done yet. Since Redis 6.2.",
)

read_only = stat(
    "Replicas that refuse writes",
    f"avg({redis.replica_read_only(service, instance)})",
    unit="percentunit",
    line=1,
    bad="below",
    help="What is written into a replica is lost with the next copy. Worry below 100 %.",
)

promotable = stat(
    "Replicas that may be promoted",
    f"avg({redis.replica_priority(service, instance)} > bool 0)",
    unit="percentunit",
    help="Share of those whose priority is not 0, which is never.",
)

backlog = timeseries(
    "Backlog",
    Query(
        f"""
        {redis.replication_backlog_held_bytes(service, instance)}
          /
        {redis.replication_backlog_size_bytes(service, instance)}
        """,
        legend="{{instance}}",
    ),
    unit="percentunit",
    help="How full it is; full is right.",
)

backlog_lasts = timeseries(
    "How long the backlog lasts",
    Query(
        f"""
        {redis.replication_backlog_size_bytes(service, instance)}
          /
        (deriv({redis.replication_offset_bytes(service, instance)}[$__rate_interval]) > 0)
        """,
        legend="{{instance}}",
    ),
    unit="s",
    help="A replica that is away for longer needs a whole copy, at the pace of writes now.",
)

backlog_active = stat(
    "Servers with a backlog",
    f"sum({redis.replication_backlog_active(service, instance)})",
    help="Without one, whoever comes back needs a whole copy.",
)

traffic = timeseries(
    "Traffic of replication",
    Query(
        f"""
        rate({redis.replication_written_bytes_total(service, instance)}[$__rate_interval])
        """,
        legend="{{instance}} sends",
    ),
    Query(
        f"""
        rate({redis.replication_read_bytes_total(service, instance)}[$__rate_interval])
        """,
        legend="{{instance}} receives",
    ),
    unit="Bps",
    help="Bytes of the stream of writes, and of whole copies. Redis 7 or newer.",
)


dashboard = Dashboard(
    "Redis replication",
    "Redis' replicas: do they keep up, would they get back, what does it cost?",
    variables=[service, instance],
    links=["sentinel", "redis"],
    annotations=[firing(service, instance)],
    rows={
        "Do replicas keep up?": [link, lag, behind, heard, online, unapplied],
        "Would they get back?": [backlog_active, backlog, backlog_lasts, syncs, copying],
        "Could they take over?": [read_only, promotable],
        "What does it cost?": [traffic],
    },
)
