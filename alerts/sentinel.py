"""Alerts for Redis' Sentinels: would they fail over, did they, could they again?"""

from alerts.scrape import TargetDown
from exporters.catalog import prometheus, sentinel
from generator.drills import Real, Scaled
from generator.rules import Alert, Example, Limit, Vanished

# A5: one replica that can take over is the least that makes a pair.
MIN_REPLICAS = Limit("sentinel_replicas_usable_min", 1)

SentinelDown = Alert(
    expr=f"{sentinel.up} == 0",
    for_="30s",
    severity="warning",
    summary="Sentinel {{ $labels.instance }} does not answer",
    description="The others can still fail over, as long as most of them are left.",
    drill=Scaled("sentinel-hung"),
    tests=[
        Example(
            "a Sentinel is away for a quarter of a minute, and later for two minutes",
            given={sentinel.up(instance="s1"): "1x6 0x2 1x6 0x24 1x6"},
            interval="5s",
            silent_at="1m50s",
            fires_at="1m55s",
            gone_at="3m30s",
            says="Sentinel s1 does not answer",
            labels={"instance": "s1"},
        ),
        Vanished(
            "the exporter that asked it is gone as well",
            given={
                sentinel.up(instance="s1"): "0x12 stale",
                prometheus.up(job="sentinel", instance="s1"): "1x12 0x24",
            },
            interval="5s",
            at="2m",
            instead=TargetDown,
        ),
    ],
)

SentinelsAllDown = Alert(
    expr=f"max without (instance) ({sentinel.up}) == 0",
    for_="10s",
    severity="critical",
    summary="No Sentinel of {{ $labels.service }} answers",
    description="A master that fails now stays down, and clients that ask Sentinels where it is "
    "find nobody to ask.",
    drill=Real("sentinels-stopped"),
    tests=[
        Example(
            "one of two Sentinels goes, then the other, and the first comes back",
            given={
                sentinel.up(instance="s1", service="shop"): "1x6 0x24 1x6",
                sentinel.up(instance="s2", service="shop"): "1x12 0x24",
            },
            interval="5s",
            silent_at="1m10s",
            fires_at="1m15s",
            gone_at="2m40s",
            says="No Sentinel of shop answers",
            labels={"service": "shop"},
        ),
        Vanished(
            "the exporter that asked them is gone as well",
            given={
                sentinel.up(instance="s1"): "0x12 stale",
                prometheus.up(job="sentinel", instance="s1"): "1x12 0x24",
            },
            interval="5s",
            at="2m",
            instead=TargetDown,
        ),
    ],
)

SentinelQuorumLost = Alert(
    # One that is cut off from the others is alone in saying so.
    expr=f"max without (instance) ({sentinel.quorum_reachable}) == 0",
    for_="10s",
    severity="critical",
    summary="The Sentinels of {{ $labels.master }} are too few to fail over",
    description="All is well until the master fails: then nobody takes its place.",
    drill=Real("sentinels-two-stopped"),
    tests=[
        Example(
            "one of three says so for a while; then all that are left",
            given={
                sentinel.quorum_reachable(instance="s1", master="shop"): "1x6 0x40 1x6",
                sentinel.quorum_reachable(instance="s2", master="shop"): "1x18 stale",
                sentinel.quorum_reachable(instance="s3", master="shop"): "1x18 stale",
            },
            interval="5s",
            silent_at="1m40s",
            fires_at="1m45s",
            gone_at="4m",
            says="The Sentinels of shop are too few to fail over",
            labels={"master": "shop"},
        ),
        Vanished(
            "the last Sentinel goes as well",
            given={
                sentinel.quorum_reachable(instance="s1", master="shop"): "0x12 stale",
                sentinel.up(instance="s1"): "1x12 0x24",
            },
            interval="5s",
            at="2m",
            instead=SentinelsAllDown,
        ),
    ],
)

SentinelMasterDown = Alert(
    expr=f"max without (instance) ({sentinel.master_down}) == 1",
    for_="15s",
    severity="critical",
    summary="Master {{ $labels.master }} is down and nobody took its place",
    description="The Sentinels agree that it is down. A failover takes seconds: this one did not "
    "succeed, and nothing can be written.",
    drill=Real("sessions-stopped"),
    tests=[
        Example(
            "a failover takes ten seconds; the next master is not replaced for a minute",
            given={
                sentinel.master_down(instance="s1", master="shop"): "0x3 1x1 0x3 1x12 0x6",
                sentinel.master_down(instance="s2", master="shop"): "0x26",
            },
            interval="5s",
            silent_at="1m",
            fires_at="1m5s",
            gone_at="1m55s",
            says="Master shop is down and nobody took its place",
            labels={"master": "shop"},
        ),
        Vanished(
            "the Sentinels go as well",
            given={
                sentinel.master_down(instance="s1", master="shop"): "1x12 stale",
                sentinel.up(instance="s1"): "1x12 0x24",
            },
            interval="5s",
            at="2m",
            instead=SentinelsAllDown,
        ),
    ],
)

SentinelFailedOver = Alert(
    # Half of them say so: one that begins anew without its file is alone in seeing a change.
    expr=f"quantile without (instance) (0.5, changes({sentinel.master_epoch}[10m])) > 0",
    for_="10s",
    severity="warning",
    summary="Master {{ $labels.master }} was replaced by a replica",
    description="Writes that the old master had not handed on yet are lost. Something made it "
    "silent, and there may be one replica less.",
    drill=Scaled("sessions-failed-over"),
    tests=[
        Example(
            "one of three Sentinels forgets and learns anew; later two of them see a failover",
            given={
                sentinel.master_epoch(instance="s1", master="shop"): "3x1 0x1 3x30",
                sentinel.master_epoch(instance="s2", master="shop"): "3x15 4x30",
                sentinel.master_epoch(instance="s3", master="shop"): "3x16 4x30",
            },
            silent_at="17m",
            fires_at="18m",
            gone_at="27m",
            says="Master shop was replaced by a replica",
            labels={"master": "shop"},
        ),
        Vanished(
            "the Sentinels stop answering just after a failover: it is told to its end",
            given={
                sentinel.master_epoch(instance="s1", master="shop"): "3x10 4x2 stale",
                sentinel.up(instance="s1"): "1x12 0x10",
            },
            at="14m",
            instead="this",
        ),
    ],
)

SentinelReplicasFew = Alert(
    # Whoever sees most is right: one that is cut off sees none.
    expr=f"max without (instance) ({sentinel.replicas_usable}) < {MIN_REPLICAS}",
    for_="30s",
    severity="warning",
    summary="{{ $value }} replicas of {{ $labels.master }} could take over",
    description="If the master fails now there are too few to take its place.",
    drill=Scaled("sessions-master-stopped"),
    excused={"threshold 1 -> 0.5": "replicas are whole"},
    tests=[
        Example(
            "a Sentinel loses sight of the only replica; later it is really gone, until it is back",
            given={
                sentinel.replicas_usable(instance="s1", master="shop"): "1x6 0x48 1x6",
                sentinel.replicas_usable(instance="s2", master="shop"): "1x18 0x36 1x6",
            },
            interval="5s",
            silent_at="2m",
            fires_at="2m5s",
            gone_at="4m40s",
            says="0 replicas of shop could take over",
            labels={"master": "shop"},
        ),
        Vanished(
            "the Sentinels stop answering meanwhile",
            given={
                sentinel.replicas_usable(instance="s1", master="shop"): "0x24 stale",
                sentinel.up(instance="s1"): "1x24 0x24",
            },
            interval="5s",
            at="3m",
            instead=SentinelsAllDown,
        ),
    ],
)

SentinelPeersMissing = Alert(
    expr=f"""
    {sentinel.sentinels_reachable}
      <
    {sentinel.sentinels}
    """,
    for_="2m",
    severity="warning",
    summary="Sentinel {{ $labels.instance }} sees {{ $value }} of those that watch "
    "{{ $labels.master }}",
    description="The others are down, cut off, or gone for good and not forgotten: each counts "
    "when a failover needs most of them to agree.",
    drill=Scaled("sentinel-forgotten"),
    tests=[
        Example(
            "one of three is away for a minute; later for five, and then forgotten",
            given={
                sentinel.sentinels(instance="s1", master="shop"): "3x20 2x10",
                sentinel.sentinels_reachable(instance="s1", master="shop"): "3x5 2x1 3x5 2x18",
            },
            silent_at="15m",
            fires_at="16m",
            gone_at="21m",
            says="Sentinel s1 sees 2 of those that watch shop",
            labels={"instance": "s1", "master": "shop"},
        ),
        Vanished(
            "it stops answering itself",
            given={
                sentinel.sentinels(instance="s1", master="shop"): "3x10 stale",
                sentinel.sentinels_reachable(instance="s1", master="shop"): "2x10 stale",
                sentinel.up(instance="s1"): "1x10 0x10",
            },
            at="15m",
            instead=SentinelDown,
        ),
    ],
)
