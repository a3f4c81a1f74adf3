"""Whether each service of a running stack works, or what is wrong with it."""

from __future__ import annotations

import socket
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import pymysql
import redis
from psycopg import pq
from redis.backoff import NoBackoff
from redis.retry import Retry

from compose import client, configuration
from compose.access import PLAIN, Access
from compose.demo import web

# The path that each service answers with 200 when it is ready.
READY = {
    "demo-web": web.NGINX_STATUS,
    "demo-host": "/",
    "workload": "/readyz",
    "exporters": "/readyz",
    "blackbox": "/-/healthy",
    "inbox": "/readyz",
    "alertmanager": "/-/ready",
    "prometheus": "/-/ready",
    "grafana": "/api/health",
    "preview": "/readyz",
}


NOT_READY = "not ready"

# How MariaDB says that it does not know somebody.
ACCESS_DENIED = 1045


@dataclass(frozen=True)
class Health:
    """Whether something works: ``says`` is what works, or what is wrong."""

    works: bool
    says: str


def check(name: str, address: str, access: Access = PLAIN) -> Health:
    """Ask a service at ``host:port`` whether it works."""
    try:
        if name == "exporters":
            return _configured(name, address, access)
        return PROBES.get(name, _ready)(name, address)
    except client.NoAnswerError as error:
        return Health(works=False, says=str(error))


def _ready(name: str, address: str, access: Access = PLAIN) -> Health:
    client.text(f"{access.scheme}://{address}{READY[name]}", access=access)
    return Health(works=True, says="ready")


def _cache(_: str, address: str) -> Health:
    host, _, port = address.rpartition(":")
    at_once = Retry(NoBackoff(), 0)
    # Whoever may not read still gets an answer, and an answer is all that is asked for.
    with redis.Redis(
        host, int(port), retry=at_once, socket_timeout=1, socket_connect_timeout=1
    ) as cache:
        try:
            cache.ping()
        except redis.AuthenticationError:
            return Health(works=True, says="answers, asks for its password")
        except redis.TimeoutError:
            return Health(works=False, says="hangs: it takes connections and does not answer")
        except redis.RedisError:
            return Health(works=False, says="refuses connections")
    return Health(works=True, says="answers")


def _configured(name: str, address: str, access: Access = PLAIN) -> Health:
    """Whether a server is ready, and by the configuration that lies there, not by an older one."""
    ready = _ready(name, address, access)
    if configuration.last(name, address, access).successful:
        return ready
    return Health(works=False, says="configuration refused: it works by an older one")


def _prometheus(name: str, address: str) -> Health:
    configured = _configured(name, address)
    if not configured.works:
        return configured
    targets = client.query(address, "/targets?state=active")["activeTargets"]
    bad = [t for t in targets if t["health"] != "up"]
    if bad or not targets:
        return Health(works=False, says=_targets(bad))
    found = client.query(address, "/alertmanagers")["activeAlertmanagers"]
    if not found:
        return Health(works=False, says="knows no Alertmanager yet")
    return Health(works=True, says=f"scrapes {len(targets)} of {len(targets)} targets")


def _targets(bad: list[Mapping[str, str]]) -> str:
    if not bad:
        return "has no targets yet"
    first = bad[0]
    why = first.get("lastError") or "not scraped yet"
    more = f" (and {len(bad) - 1} more)" if len(bad) > 1 else ""
    return f"target {first['scrapePool']}{more}: {why}"


def _database(_: str, address: str) -> Health:
    host, _, port = address.rpartition(":")
    asked = f"host={host} port={port} connect_timeout=2"
    found = pq.PGconn.ping(asked.encode())
    if found == pq.Ping.OK:
        return Health(works=True, says="answers, asks for its password")
    if found == pq.Ping.REJECT:
        return Health(works=False, says="takes nobody in: it is starting or stopping")
    return Health(works=False, says="refuses connections, or hangs")


def _mariadb(_: str, address: str) -> Health:
    host, _, port = address.rpartition(":")
    try:
        # Whoever is nobody gets an answer, too.
        pymysql.connect(
            host=host, port=int(port), user="nobody", connect_timeout=2, read_timeout=2
        ).close()
    except pymysql.OperationalError as error:
        if error.args[0] == ACCESS_DENIED:
            return Health(works=True, says="answers, asks for its password")
        return Health(works=False, says="refuses connections, or hangs")
    return Health(works=True, says="answers")


def _php(_: str, address: str) -> Health:
    host, _, port = address.rpartition(":")
    try:
        socket.create_connection((host, int(port)), timeout=2).close()
    except OSError:
        return Health(works=False, says="refuses connections")
    return Health(works=True, says="takes requests")


PROBES: Mapping[str, Callable[[str, str], Health]] = {
    "demo-cache": _cache,
    "blackbox": _configured,
    "demo-sessions-1": _cache,
    "demo-sessions-2": _cache,
    "demo-sentinel-1": _cache,
    "demo-sentinel-2": _cache,
    "demo-sentinel-3": _cache,
    "alertmanager": _configured,
    "demo-database": _database,
    "demo-mariadb": _mariadb,
    "demo-mariadb-replica": _mariadb,
    "demo-php": _php,
    "prometheus": _prometheus,
}
