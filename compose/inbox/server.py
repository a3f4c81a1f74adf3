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

from compose.inbox.access import is_loopback
from compose.inbox.app import build
from compose.inbox.retention import Keep
from compose.inbox.store import Store
from compose.inbox.surroundings import SurroundingsFile
from exporters import log, secret
from exporters.errors import UserError
from exporters.failure import CollectionError
from exporters.secret import Secret

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
    password_file: Path | None = None,
    unprotected: bool = False,
) -> None:
    """Answer on ``listen`` (HOST:PORT) until SIGTERM or SIGINT.

    ``hosts`` are names it answers to beside the one it listens on, ``surroundings`` is what
    was rendered for it, ``password_file`` holds the password that it asks for. Without one it
    listens on loopback alone, unless ``unprotected`` is said.

    Raises UserError for an address or a file that cannot be used.
    """
    log.set_up()
    password = _password(listen, password_file, unprotected=unprotected)
    # The times at which counters began are no metrics of anybody's.
    disable_created_metrics()  # type: ignore[no-untyped-call]
    file = SurroundingsFile(surroundings)
    with closing(_bind(listen)) as listener, closing(Store(database, keep=keep)) as store:
        app = build(store, runbooks, (_address(listen)[0], *hosts), file, password)
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


def _password(listen: str, file: Path | None, *, unprotected: bool) -> Secret | None:
    """Return the password to ask for, None where there is none and need be none."""
    if file:
        try:
            return secret.read(file)
        except CollectionError as error:
            raise UserError(f"--password-file {error}") from error
    if not unprotected and not is_loopback(_address(listen)[0]):
        raise UserError(
            f"--listen {listen}: others than this machine could read the inbox, and forge "
            "incidents; give a password with --password-file FILE, or say --unprotected where "
            "something else keeps them out"
        )
    return None


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
