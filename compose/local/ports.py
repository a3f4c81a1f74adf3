"""Ports of our own on loopback: the fixed ones, free ones, and who holds one that is taken."""

from __future__ import annotations

import secrets
import socket
from collections.abc import Iterable, Mapping
from pathlib import Path

from exporters.errors import UserError

# None is a default of the server's own: what already runs here is not ours to meet.
FIXED: Mapping[str, int] = {
    "prometheus": 19090,
    "alertmanager": 19093,
    "inbox": 19080,
    "exporters": 19101,
    "blackbox": 19115,
    "demo-cache": 16379,
    "demo-sessions-1": 16381,
    "demo-sessions-2": 16382,
    "demo-sentinel-1": 26381,
    "demo-sentinel-2": 26382,
    "demo-sentinel-3": 26383,
    "demo-database": 15432,
    "demo-mariadb": 13306,
    "demo-mariadb-replica": 13307,
    "demo-php": 19000,
    "demo-php-status": 19001,
    "demo-web": 18080,
    "demo-host": 19100,
    "workload": 19085,
    "grafana": 3001,
    # It stands in Grafana's place, so that links lead to it.
    "preview": 3001,
}
LISTENING = "0A"

# The kernel gives those above to whoever asks for any: to a client, before our server starts.
_NEVER_GIVEN = range(20_000, 32_768)


def free() -> dict[str, int]:
    """Reserve a port for each service, the preview standing in Grafana's place."""
    found = {name: reserve() for name in FIXED}
    return found | {"preview": found["grafana"]}


def reserve() -> int:
    """Return a free port on loopback that nobody else gets until this process ends.

    A socket stays bound to it, and allows what servers ask for (SO_REUSEADDR): they listen there,
    while who asks for a port of their own, as this function does, is refused.
    """
    while True:
        one = socket.socket()
        port = secrets.choice(_NEVER_GIVEN)
        try:
            one.bind(("127.0.0.1", port))
        except OSError:
            one.close()
        else:
            one.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            one.detach()
            return port


def check(ports: Mapping[str, int], services: Iterable[str]) -> None:
    """Raise UserError that names every port of these services that is taken, and by whom."""
    taken = [name for name in services if not _is_free(ports[name])]
    if taken:
        lines = [f"port {ports[n]}: taken by {holder(ports[n])}; {n} needs it" for n in taken]
        lines.append("stop what holds it, or let lightship choose: lightship up --ports free")
        raise UserError("\n".join(lines))


def _is_free(port: int) -> bool:
    with socket.socket() as listener:
        # As servers do: a connection that is still closing holds no port.
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def holder(port: int) -> str:
    """Return who listens on a port, as far as this user may know."""
    inodes = set(_listeners(port))
    for process in Path("/proc").glob("[0-9]*"):
        if inodes & set(_sockets(process)):
            return f"{(process / 'comm').read_text().strip()} (pid {process.name})"
    return "another user's process"


def _listeners(port: int) -> Iterable[str]:
    for table in ("/proc/net/tcp", "/proc/net/tcp6"):
        if Path(table).exists():
            for line in Path(table).read_text().splitlines()[1:]:
                fields = line.split()
                if fields[3] == LISTENING and int(fields[1].rpartition(":")[2], 16) == port:
                    yield f"socket:[{fields[9]}]"


def _sockets(process: Path) -> Iterable[str]:
    try:
        for descriptor in (process / "fd").iterdir():
            yield str(descriptor.readlink())
    except OSError:  # another user's process, or one that has just ended
        return
