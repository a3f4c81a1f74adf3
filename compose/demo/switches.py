"""The demo's faults, as people switch them: of the servers, and of their use."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from compose.demo.faults import (
    BACKUPS,
    BACKUPS_FAILING,
    BOOKINGS,
    CLOSING,
    COLD,
    CONNECTIONS,
    CROWDED,
    DEADLOCKS,
    EXPIRING,
    FAILED_OVER,
    FAILING,
    FLOODED,
    FORGOTTEN,
    FULL,
    GONE,
    GROWN,
    GUESSED,
    HELD,
    HORIZON_PAUSED,
    HORIZON_STOPPED,
    JOBS_FAILING,
    JOBS_OLD,
    LATE,
    LOCKED,
    MEANINGS,
    MEMORY,
    MISSES,
    NOISY,
    PEER_GONE,
    QUERIES_SLOW,
    REFUSED,
    RELEASED,
    RENAMED,
    SATURATED,
    SLOW,
    STUCK,
    UNFOLLOWED,
    UNHEALTHY,
    UNLINKED,
    UNSENT,
    UNTESTED,
)
from compose.demo.mariadb import REPLICA
from compose.demo.misconfigured import BLIND
from compose.demo.misconfigured import FAILING as FAILING_RULE
from compose.demo.misconfigured import FORGOTTEN as FORGOTTEN_TARGETS
from compose.demo.misconfigured import REFUSED as REFUSED_CONFIGURATION
from compose.demo.place import (
    ALERTMANAGER,
    CACHE,
    DATABASE,
    EXPORTERS,
    HUNG,
    INBOX,
    PROMETHEUS,
    RUNNING,
    STOPPED,
    Place,
)
from compose.demo.sentinels import SENTINELS, SERVERS
from compose.demo.web import NGINX, PHPFPM
from exporters.errors import UserError
from exporters.hints import choose


@dataclass(frozen=True)
class OfServer:
    """A fault of servers: the state they are brought to, and the part of the demo they are.

    ``held`` is for how many seconds it is on in a drill, where a page can come only when
    it is over. One that is ``like`` another brings the same alerts. Once it is over all is as
    before after ``settles`` seconds.
    """

    part: str
    servers: Sequence[str]
    state: str
    meaning: str
    held: float = 0
    like: str = ""
    settles: float = 0


@dataclass(frozen=True)
class OfUse:
    """A fault of the workload's, by its own name there, in the use of a part of the demo.

    Once it is over all is as before after ``settles`` seconds.
    """

    part: str
    fault: str
    settles: float = 0

    @property
    def meaning(self) -> str:
        """What goes wrong."""
        return MEANINGS[self.fault]


@dataclass(frozen=True)
class OfConfiguration:
    """A mistake in Prometheus' configuration, by its name."""

    part: str
    mistake: str
    meaning: str


Fault = OfServer | OfUse | OfConfiguration

# What does not disturb each other, so that faults of several may be on at once; but the
# stack's own are felt everywhere.
PAGES, SHOP_CACHE, SESSIONS, SHOP_DATABASE = "pages", "cache", "sessions", "database"
HOSTING, CLINIC, TASKS, MONITOR = "hosting", "clinic", "tasks", "monitor"
HISTORY, WEB, STACK = "history", "web", "stack"

# Until the first server is the master again: a failover may have to wait for the last one.
FAILOVER_SECONDS = 30

FAULTS: Mapping[str, Fault] = {
    "cache-stopped": OfServer(
        SHOP_CACHE, [CACHE], STOPPED, "the cache's server is stopped: connections are refused"
    ),
    "cache-hung": OfServer(
        SHOP_CACHE,
        [CACHE],
        HUNG,
        "the cache's server hangs: it takes connections and says nothing",
        like="cache-stopped",
    ),
    "sessions-master-stopped": OfServer(
        SESSIONS,
        SERVERS[:1],
        STOPPED,
        "the sessions' master is stopped",
        settles=FAILOVER_SECONDS,
    ),
    "sessions-stopped": OfServer(
        SESSIONS,
        SERVERS,
        STOPPED,
        "the sessions' master and its replica are stopped",
        settles=FAILOVER_SECONDS,
    ),
    "sessions-replica-hung": OfServer(SESSIONS, SERVERS[1:], HUNG, "the sessions' replica hangs"),
    "sessions-failed-over": OfUse(SESSIONS, FAILED_OVER, settles=FAILOVER_SECONDS),
    "sessions-unlinked": OfUse(SESSIONS, UNLINKED),
    "sentinel-hung": OfServer(SESSIONS, SENTINELS[2:], HUNG, "one of three Sentinels hangs"),
    "sentinels-two-stopped": OfServer(
        SESSIONS, SENTINELS[1:], STOPPED, "two of three Sentinels are stopped"
    ),
    "sentinels-stopped": OfServer(SESSIONS, SENTINELS, STOPPED, "all Sentinels are stopped"),
    "database-stopped": OfServer(
        SHOP_DATABASE, [DATABASE], STOPPED, "the database's server is stopped"
    ),
    "cache-misses": OfUse(SHOP_CACHE, MISSES),
    "cache-memory": OfUse(SHOP_CACHE, MEMORY),
    "queue-stuck": OfUse(SHOP_CACHE, STUCK),
    "queue-workers-gone": OfUse(SHOP_CACHE, GONE),
    "queue-flooded": OfUse(SHOP_CACHE, FLOODED),
    "horizon-paused": OfUse(SHOP_CACHE, HORIZON_PAUSED),
    "horizon-stopped": OfUse(SHOP_CACHE, HORIZON_STOPPED),
    "database-connections": OfUse(SHOP_DATABASE, CONNECTIONS),
    "database-locked": OfUse(SHOP_DATABASE, LOCKED),
    "http-slow": OfUse(PAGES, SLOW),
    "http-errors": OfUse(PAGES, FAILING),
    "backups-stopped": OfUse(HOSTING, BACKUPS),
    "bookings-stopped": OfUse(CLINIC, BOOKINGS),
    "notifications-refused": OfUse(CLINIC, REFUSED),
    "passwords-guessed": OfUse(TASKS, GUESSED),
    "tenant-noisy": OfUse(HOSTING, NOISY),
    "backups-failing": OfUse(HOSTING, BACKUPS_FAILING),
    "restores-untested": OfUse(HOSTING, UNTESTED),
    "column-renamed": OfUse(TASKS, RENAMED),
    "notifications-held": OfUse(CLINIC, UNSENT),
    "certificate-expiring": OfUse(MONITOR, EXPIRING),
    "cache-cold": OfUse(SHOP_CACHE, COLD),
    "cache-crowded": OfUse(SHOP_CACHE, CROWDED),
    "cache-full": OfUse(SHOP_CACHE, FULL),
    "jobs-failing": OfUse(SHOP_CACHE, JOBS_FAILING),
    "jobs-old": OfUse(SHOP_CACHE, JOBS_OLD),
    "database-slow": OfUse(SHOP_DATABASE, QUERIES_SLOW),
    "database-deadlocks": OfUse(SHOP_DATABASE, DEADLOCKS),
    "database-grown": OfUse(SHOP_DATABASE, GROWN),
    "sentinel-forgotten": OfUse(SESSIONS, PEER_GONE, settles=FAILOVER_SECONDS),
    "alertmanager-stopped": OfServer(
        STACK, [ALERTMANAGER], STOPPED, "Alertmanager is stopped: nobody is told anything", held=15
    ),
    "inbox-stopped": OfServer(
        STACK, [INBOX], STOPPED, "the inbox is stopped: nothing can be told to it", held=15
    ),
    "prometheus-hung": OfServer(
        STACK, [PROMETHEUS], HUNG, "Prometheus hangs: nothing is evaluated", held=8
    ),
    "configuration-refused": OfConfiguration(
        STACK, REFUSED_CONFIGURATION, "Prometheus is given what is no configuration"
    ),
    "rule-failing": OfConfiguration(
        STACK, FAILING_RULE, "a rule cannot be evaluated: it matches many with many"
    ),
    "targets-forgotten": OfConfiguration(
        STACK, FORGOTTEN_TARGETS, "every target but Prometheus is gone from its configuration"
    ),
    "targets-all-forgotten": OfConfiguration(
        STACK, BLIND, "every target is gone from Prometheus' configuration"
    ),
    "database-slot-forgotten": OfUse(SHOP_DATABASE, FORGOTTEN),
    "history-slow": OfUse(HISTORY, CLOSING),
    "history-replica-stopped": OfServer(
        HISTORY, [REPLICA], STOPPED, "the history's replica is stopped"
    ),
    "history-replica-broken": OfUse(HISTORY, UNFOLLOWED),
    "history-replica-late": OfUse(HISTORY, LATE),
    "nginx-stopped": OfServer(WEB, [NGINX], STOPPED, "the hosting panel's nginx is stopped"),
    "connections-held": OfUse(WEB, HELD),
    "phpfpm-stopped": OfServer(WEB, [PHPFPM], STOPPED, "the hosting panel's PHP-FPM is stopped"),
    "phpfpm-saturated": OfUse(WEB, SATURATED),
    "shop-unhealthy": OfUse(PAGES, UNHEALTHY),
    "release-failing": OfUse(PAGES, RELEASED),
    "exporters-stopped": OfServer(
        STACK, [EXPORTERS], STOPPED, "the exporters are stopped: nothing is measured"
    ),
}


def servers() -> set[str]:
    """Return the services that a fault stops or hangs."""
    faults = (fault for fault in FAULTS.values() if isinstance(fault, OfServer))
    return {server for fault in faults for server in fault.servers}


def states(place: Place) -> dict[str, bool]:
    """Return which faults are on. Raises UserError if no demo runs."""
    workload = place.workload("GET", "/faults")
    return {name: _is_on(place, fault, workload) for name, fault in FAULTS.items()}


def _is_on(place: Place, fault: Fault, workload: Mapping[str, bool]) -> bool:
    match fault:
        case OfServer():
            return all(place.server(server) == fault.state for server in fault.servers)
        case OfConfiguration():
            return place.mistaken(fault.mistake)
    return workload[fault.fault]


def on(place: Place) -> list[str]:
    """Return the names of the faults that are on; none where no demo runs."""
    try:
        return [name for name, is_on in states(place).items() if is_on]
    except UserError:
        return []


def held(name: str) -> float:
    """Return for how many seconds a fault is on in a drill, 0 for one whose page is awaited."""
    fault = FAULTS[name]
    return fault.held if isinstance(fault, OfServer) else 0


def settles(name: str) -> float:
    """Return the seconds after which all is as before, once a fault is over."""
    fault = FAULTS[name]
    return 0 if isinstance(fault, OfConfiguration) else fault.settles


def same_as(name: str) -> str:
    """Return the fault whose alerts a fault brings: its own, unless it is like another."""
    fault = FAULTS[name]
    return (isinstance(fault, OfServer) and fault.like) or name


def hangs(name: str) -> bool:
    """Whether a fault leaves a server that is there and does nothing."""
    fault = FAULTS[name]
    return isinstance(fault, OfServer) and fault.state == HUNG


def switch(place: Place, name: str, *, on: bool) -> None:
    """Switch a fault on or off. Raises UserError for an unknown one, or if no demo runs."""
    if name not in FAULTS:
        raise UserError(f"fault {name!r}: unknown; {choose(name, FAULTS, what='choose from')}")
    fault = FAULTS[name]
    if isinstance(fault, OfConfiguration):
        place.mistake(fault.mistake, made=on)
    elif isinstance(fault, OfUse):
        place.workload("PUT" if on else "DELETE", f"/faults/{fault.fault}")
    else:
        for server in fault.servers:
            if on:
                place.set_server(server, fault.state)
            elif place.server(server) == fault.state:
                place.set_server(server, RUNNING)
