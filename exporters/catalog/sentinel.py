"""What Redis' Sentinels measure: do they agree, whom do they follow, could they fail over?

Each Sentinel is a target of its own and says what it sees: they may differ. ``master`` is
the name under which a group of a master and its replicas is watched.
"""

from exporters.catalog.family import gauge

up = gauge(
    "sentinel_up",
    "Whether the Sentinel answered the last scrape (1) or not (0).",
)

tilt = gauge(
    "sentinel_tilt",
    "Whether it does nothing because its clock or its machine stood still (1) or not (0).",
    source="INFO sentinel sentinel_tilt",
)

scripts_running = gauge(
    "sentinel_scripts_running",
    "Scripts that it runs for notifications and failovers.",
    source="INFO sentinel sentinel_running_scripts",
)

scripts_waiting = gauge(
    "sentinel_scripts_waiting",
    "Scripts that wait to be run.",
    source="INFO sentinel sentinel_scripts_queue_length",
)

masters = gauge(
    "sentinel_masters",
    "Masters that it watches.",
    source="SENTINEL MASTERS",
)

master_address = gauge(
    "sentinel_master_address",
    "Always 1: whom this Sentinel takes for the master, as host:port.",
    labels=("master", "address"),
    source="SENTINEL MASTERS ip, port",
)

master_suspected = gauge(
    "sentinel_master_suspected",
    "Whether this Sentinel gets no answer from the master (1) or not (0).",
    labels=("master",),
    source="SENTINEL MASTERS flags s_down",
)

master_down = gauge(
    "sentinel_master_down",
    "Whether as many Sentinels as the quorum asks for get no answer from it (1) or not (0).",
    labels=("master",),
    source="SENTINEL MASTERS flags o_down",
)

failover_running = gauge(
    "sentinel_failover_running",
    "Whether this Sentinel is making a replica the master (1) or not (0).",
    labels=("master",),
    source="SENTINEL MASTERS flags failover_in_progress",
)

master_epoch = gauge(
    "sentinel_master_epoch",
    "Number of the election that made the master what it is: it rises with each failover.",
    labels=("master",),
    source="SENTINEL MASTERS config-epoch",
)

master_silent_seconds = gauge(
    "sentinel_master_silent_seconds",
    "Time since the master last answered this Sentinel.",
    unit="seconds",
    labels=("master",),
    source="SENTINEL MASTERS last-ok-ping-reply",
)

quorum = gauge(
    "sentinel_quorum",
    "Sentinels that must agree that the master is down.",
    labels=("master",),
    source="SENTINEL MASTERS quorum",
)

quorum_reachable = gauge(
    "sentinel_quorum_reachable",
    "Whether enough Sentinels see each other to agree and to fail over (1) or not (0).",
    labels=("master",),
    source="SENTINEL CKQUORUM",
)

sentinels = gauge(
    "sentinel_sentinels",
    "Sentinels that watch the master, as far as this one knows, itself included.",
    labels=("master",),
    source="SENTINEL MASTERS num-other-sentinels",
)

sentinels_reachable = gauge(
    "sentinel_sentinels_reachable",
    "Those of them that this one sees, itself included.",
    labels=("master",),
    source="SENTINEL SENTINELS flags",
)

replicas = gauge(
    "sentinel_replicas",
    "Replicas of the master that this Sentinel knows, gone ones included.",
    labels=("master",),
    source="SENTINEL MASTERS num-slaves",
)

replicas_usable = gauge(
    "sentinel_replicas_usable",
    "Those of them that answer, follow the master and may be promoted.",
    labels=("master",),
    source="SENTINEL REPLICAS flags, master-link-status, slave-priority",
)
