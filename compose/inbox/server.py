"""Runs the inbox: one socket, one database, until it is told to stop."""

from __future__ import annotations

import signal
import socket
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

import uvicorn
from prometheus_client import disable_created_metrics
from starlette.types import ASGIApp

from compose.inbox.app import build
from compose.inbox.retention import Keep
from compose.inbox.store import Store
from compose.inbox.surroundings import SurroundingsFile
from exporters import log
from exporters.errors import UserError

# What is in flight at a stop gets this long: less than a supervisor waits before it kills.
_GRACE_SECONDS = 5


def serve(
    listen: str,
    database: Path,
    runbooks: Path,
    *,
    keep: Keep,
    hosts: Sequence[str] = (),
    surroundings: Path | None = None,
) -> None:
    """Answer on ``listen`` (HOST:PORT) until SIGTERM or SIGINT.

    ``hosts`` are names it answers to beside the one it listens on, ``surroundings`` is what
    was rendered for it.

    Raises UserError for an address or a file that cannot be used.
    """
    log.set_up()
    # The times at which counters began are no metrics of anybody's.
    disable_created_metrics()  # type: ignore[no-untyped-call]
    file = SurroundingsFile(surroundings)
    with closing(_bind(listen)) as listener, closing(Store(database, keep=keep)) as store:
        app = build(store, runbooks, (_address(listen)[0], *hosts), file)
        server = http_server(app)
        # uvicorn stops gracefully on a signal and then raises it again; that is no crash.
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: None)
        host, port = listener.getsockname()[:2]
        log.info("listening", host=host, port=port, database=str(database))
        app.state.watch.start()
        with closing(app.state.watch):
            server.run(sockets=[listener])
    log.info("stopped")


def http_server(app: ASGIApp) -> uvicorn.Server:
    """Return a server for the inbox's application: quiet, and patient when it stops."""
    return uvicorn.Server(
        uvicorn.Config(
            app,
            access_log=False,
            lifespan="off",
            log_config=None,
            proxy_headers=False,
            server_header=False,
            timeout_graceful_shutdown=_GRACE_SECONDS,
        )
    )


def _bind(listen: str) -> socket.socket:
    host, port = _address(listen)
    try:
        family, kind, proto, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        listener = socket.socket(family, kind, proto)
    except OSError as error:
        raise UserError(
            f"--listen {listen}: {error.strerror}; give an address of this machine"
        ) from error
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
        listener.listen(1024)
    except OSError as error:
        listener.close()
        raise UserError(
            f"--listen {listen}: {error.strerror}; stop what listens there, or choose another"
            " port with --listen HOST:PORT"
        ) from error
    return listener


def _address(listen: str) -> tuple[str, int]:
    host, colon, port = listen.rpartition(":")
    if not (colon and host and port.isascii() and port.isdigit() and int(port) < 65_536):
        raise UserError(f"--listen {listen}: not HOST:PORT; write it as 127.0.0.1:19080")
    return host.strip("[]"), int(port)
