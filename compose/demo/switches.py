"""The demo's faults, as people switch them: of the servers, and of their use."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from compose.demo.faults import (
    BACKUPS,
    BOOKINGS,
    CLOSING,
    CONNECTIONS,
    FAILED_OVER,
    FAILING,
    FLOODED,
    FORGOTTEN,
    GONE,
    GUESSED,
    HELD,
    HORIZON_PAUSED,
    HORIZON_STOPPED,
    LATE,
    LOCKED,
    MEANINGS,
    MEMORY,
    MISSES,
    NOISY,
    REFUSED,
    RELEASED,
    SLOW,
    STUCK,
    UNFOLLOWED,
    UNHEALTHY,
    UNLINKED,
)
from compose.demo.mariadb import REPLICA
from compose.demo.place import CACHE, DATABASE, EXPORTERS, HUNG, RUNNING, STOPPED, Place
from compose.demo.sentinels import SENTINELS, SERVERS
from compose.demo.web import NGINX
from exporters.errors import UserError
from exporters.hints import choose


@dataclass(frozen=True)
class OfServer:
    """A fault of servers: the state they are brought to, and the alert that tells of it."""

    servers: Sequence[str]
    state: str
    meaning: str
    alert: str


@dataclass(frozen=True)
class OfUse:
    """A fault of the workload's, by its own name there, and the alert that tells of it.

    ``grows_to`` names the limit that an age must reach first, second by second.
    """

    fault: str
    alert: str
    grows_to: str = ""

    @property
    def meaning(self) -> str:
        """What goes wrong."""
        return MEANINGS[self.fault]


Fault = OfServer | OfUse

FAULTS: Mapping[str, Fault] = {
    "cache-stopped": OfServer(
        [CACHE], STOPPED, "the cache's server is stopped: connections are refused", "CacheDown"
    ),
    "cache-hung": OfServer(
        [CACHE],
        HUNG,
        "the cache's server hangs: it takes connections and says nothing",
        "CacheDown",
    ),
    "sessions-master-stopped": OfServer(
        SERVERS[:1], STOPPED, "the sessions' master is stopped", "SentinelReplicasFew"
    ),
    "sessions-stopped": OfServer(
        SERVERS, STOPPED, "the sessions' master and its replica are stopped", "SentinelMasterDown"
    ),
    "sessions-replica-hung": OfServer(
        SERVERS[1:], HUNG, "the sessions' replica hangs", "CacheReplicaLagging"
    ),
    "sessions-failed-over": OfUse(FAILED_OVER, "SentinelFailedOver"),
    "sessions-unlinked": OfUse(UNLINKED, "CacheReplicationBroken"),
    "sentinel-hung": OfServer(SENTINELS[2:], HUNG, "one of three Sentinels hangs", "SentinelDown"),
    "sentinels-two-stopped": OfServer(
        SENTINELS[1:], STOPPED, "two of three Sentinels are stopped", "SentinelQuorumLost"
    ),
    "sentinels-stopped": OfServer(
        SENTINELS, STOPPED, "all Sentinels are stopped", "SentinelsAllDown"
    ),
    "database-stopped": OfServer(
        [DATABASE], STOPPED, "the database's server is stopped", "DatabaseDown"
    ),
    "cache-misses": OfUse(MISSES, "CacheHitRatioLow"),
    "cache-memory": OfUse(MEMORY, "CacheMemoryNearLimit"),
    "queue-stuck": OfUse(STUCK, "QueueStuck", "queue_oldest_ready_job_age_seconds_max"),
    "queue-workers-gone": OfUse(GONE, "QueueWorkersGone"),
    "queue-flooded": OfUse(FLOODED, "QueueDepthHigh"),
    "horizon-paused": OfUse(HORIZON_PAUSED, "HorizonPaused"),
    "horizon-stopped": OfUse(HORIZON_STOPPED, "HorizonNotRunning"),
    "database-connections": OfUse(CONNECTIONS, "DatabaseConnectionsHigh"),
    "database-locked": OfUse(LOCKED, "DatabaseLocksWaiting"),
    "database-slot-forgotten": OfUse(FORGOTTEN, "DatabaseSlotHoldsLog"),
    "history-slow": OfUse(CLOSING, "DatabaseSlowQueriesMany"),
    "history-replica-stopped": OfServer(
        [REPLICA], STOPPED, "the history's replica is stopped", "DatabaseReplicaGone"
    ),
    "history-replica-broken": OfUse(UNFOLLOWED, "DatabaseReplicationBroken"),
    "history-replica-late": OfUse(
        LATE, "DatabaseReplicaLagging", "database_replication_lag_seconds_max"
    ),
    "http-slow": OfUse(SLOW, "HttpLatencyHigh"),
    "shop-unhealthy": OfUse(UNHEALTHY, "ProbeFailed"),
    "http-errors": OfUse(FAILING, "HttpErrorsHigh"),
    "nginx-stopped": OfServer(
        [NGINX], STOPPED, "the hosting panel's nginx is stopped", "NginxDown"
    ),
    "connections-held": OfUse(HELD, "NginxConnectionsDropped"),
    "release-failing": OfUse(RELEASED, "DeploymentFailing"),
    "backups-stopped": OfUse(BACKUPS, "BackupLate", "backup_hourly_age_seconds_max"),
    "bookings-stopped": OfUse(BOOKINGS, "BusinessIdle", "business_idle_seconds_max"),
    "notifications-refused": OfUse(REFUSED, "DeliveriesFailing"),
    "passwords-guessed": OfUse(GUESSED, "LoginsFailing"),
    "tenant-noisy": OfUse(NOISY, "TenantNoisy"),
    "exporters-stopped": OfServer(
        [EXPORTERS], STOPPED, "the exporters are stopped: nothing is measured", "TargetDown"
    ),
}


def servers() -> set[str]:
    """Return the services that a fault stops or hangs."""
    faults = (fault for fault in FAULTS.values() if isinstance(fault, OfServer))
    return {server for fault in faults for server in fault.servers}


def states(place: Place) -> dict[str, bool]:
    """Return which faults are on. Raises UserError if no demo runs."""
    workload = place.workload("GET", "/faults")
    return {
        name: all(place.server(server) == fault.state for server in fault.servers)
        if isinstance(fault, OfServer)
        else workload[fault.fault]
        for name, fault in FAULTS.items()
    }


def on(place: Place) -> list[str]:
    """Return the names of the faults that are on; none where no demo runs."""
    try:
        return [name for name, is_on in states(place).items() if is_on]
    except UserError:
        return []


def hangs(name: str) -> bool:
    """Whether a fault leaves a server that is there and does nothing."""
    fault = FAULTS[name]
    return isinstance(fault, OfServer) and fault.state == HUNG


def switch(place: Place, name: str, *, on: bool) -> None:
    """Switch a fault on or off. Raises UserError for an unknown one, or if no demo runs."""
    if name not in FAULTS:
        raise UserError(f"fault {name!r}: unknown; {choose(name, FAULTS, what='choose from')}")
    fault = FAULTS[name]
    if isinstance(fault, OfUse):
        place.workload("PUT" if on else "DELETE", f"/faults/{fault.fault}")
    else:
        for server in fault.servers:
            if on:
                place.set_server(server, fault.state)
            elif place.server(server) == fault.state:
                place.set_server(server, RUNNING)
