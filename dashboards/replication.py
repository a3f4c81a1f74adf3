"""The database's replicas: do they follow, how late are they, what do they cost the primary?"""

from alerts.replication import (
    MAX_LAG_SECONDS,
    MAX_SLOT_BYTES,
    DatabaseReplicaGone,
    DatabaseReplicaLagging,
    DatabaseReplicationBroken,
    DatabaseSlotHoldsLog,
    replicas_lost,
)
from exporters.catalog import database, mysql, postgres
from generator.annotations import firing
from generator.panels import Dashboard, Query, Variable, stat, timeseries

service = Variable("service", database.up)
instance = Variable("instance", database.up)


following = stat(
    "Replicas that follow",
    f"avg({database.replication_running(service, instance)})",
    unit="percentunit",
    line=1,
    bad="below",
    help="Share of the replicas that receive and apply what is written. Worry below 100 %.",
    alerts=[DatabaseReplicationBroken],
)

lost = stat(
    "Replicas lost",
    f"sum({replicas_lost(service, instance)})",
    line=0,
    help="Those that primaries had within the last hour, and have no more.",
    alerts=[DatabaseReplicaGone],
)

connected = timeseries(
    "Replicas connected",
    Query(database.replicas(service, instance), legend="{{instance}}"),
    unit="short",
    help="How many follow a server now. One less than before: it is down, or cut off.",
)

parts = timeseries(
    "What runs in a replica",
    Query(mysql.replica_running(service, instance), legend="{{instance}} {{thread}}"),
    unit="short",
    line=1,
    bad="below",
    help="MySQL and MariaDB: receive is the link to the primary, apply writes what came. When "
    "apply stops, a row was not as it should be.",
)

lag = timeseries(
    "Behind the primary",
    Query(database.replication_lag_seconds(service, instance), legend="{{instance}}"),
    unit="s",
    line=MAX_LAG_SECONDS,
    help="How old what a replica answers is; nothing while it does not follow. The line is where "
    "we alert.",
    alerts=[DatabaseReplicaLagging],
)

slots = timeseries(
    "Log kept for slots",
    Query(postgres.slot_retained_bytes(service, instance), legend="{{instance}} {{slot}}"),
    unit="bytes",
    line=MAX_SLOT_BYTES,
    help="PostgreSQL keeps its log until the slot's owner has it. When it only grows, the owner "
    "is gone: drop the slot. The line is where we alert.",
    alerts=[DatabaseSlotHoldsLog],
)

slots_active = timeseries(
    "Slots in use",
    Query(postgres.slot_active(service, instance), legend="{{instance}} {{slot}}"),
    unit="short",
    help="1 while somebody is connected for the slot; who takes the log now and then is not.",
)


dashboard = Dashboard(
    "Database replication",
    "Do replicas follow, how late are they, what do they cost the primary?",
    variables=[service, instance],
    links=["database"],
    annotations=[firing(service, instance)],
    rows={
        "Do they follow?": [following, lost, connected, parts],
        "How late are they?": [lag],
        "What do they cost the primary?": [slots, slots_active],
    },
)
