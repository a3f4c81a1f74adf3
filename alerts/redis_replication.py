"""Alerts for Redis' replicas: does the link work, do they keep up?"""

from alerts.cache import CacheDown
from exporters.catalog import cache, redis_replication
from generator.drills import Scaled
from generator.rules import Alert, Example, Limit, Vanished

# A replica confirms what it has every second.
MAX_LAG_SECONDS = Limit("cache_replica_lag_seconds_max", 10)

CacheReplicationBroken = Alert(
    expr=f"{redis_replication.primary_link_up} == 0",
    for_="30s",
    severity="warning",
    summary="Replica {{ $labels.instance }} has lost its primary",
    description="It answers with what it had when the link broke, and would take over with that.",
    drill=Scaled("sessions-unlinked"),
    tests=[
        Example(
            "the link breaks for ten seconds, and later for two minutes",
            given={redis_replication.primary_link_up(instance="b"): "1x6 0x1 1x7 0x24 1x6"},
            interval="5s",
            silent_at="1m50s",
            fires_at="1m55s",
            gone_at="3m30s",
            says="Replica b has lost its primary",
            labels={"instance": "b"},
        ),
        Vanished(
            "the replica stops answering without its primary",
            given={
                redis_replication.primary_link_up(instance="b"): "0x24 stale",
                cache.up(instance="b"): "1x24 0x24",
            },
            interval="5s",
            at="3m",
            instead=CacheDown,
        ),
    ],
)

CacheReplicaLagging = Alert(
    expr=f"{redis_replication.connected_replica_lag_seconds} > {MAX_LAG_SECONDS}",
    for_="15s",
    severity="warning",
    summary="Replica {{ $labels.replica }} of {{ $labels.instance }} has said nothing for "
    "{{ $value | humanizeDuration }}",
    description="Reads from it are old, and what it has not confirmed is lost if it must take "
    "over.",
    drill=Scaled("sessions-replica-hung"),
    tests=[
        Example(
            "a replica hangs for ten seconds, later for a minute",
            given={
                redis_replication.connected_replica_lag_seconds(
                    instance="a", replica="b:6379"
                ): "1x6 5 10 1x6 1+5x12 1x6"
            },
            interval="5s",
            silent_at="1m40s",
            fires_at="1m45s",
            gone_at="2m25s",
            says="Replica b:6379 of a has said nothing for 26s",
            labels={"instance": "a", "replica": "b:6379"},
        ),
        Vanished(
            "the primary stops answering while a replica is late",
            given={
                redis_replication.connected_replica_lag_seconds(
                    instance="a", replica="b:6379"
                ): "60x24 stale",
                cache.up(instance="a"): "1x24 0x24",
            },
            interval="5s",
            at="3m",
            instead=CacheDown,
        ),
    ],
)
