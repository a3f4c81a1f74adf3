"""Serves pages: one socket, one application, until it is told to stop."""

from __future__ import annotations

import signal
import socket

import uvicorn
from starlette.types import ASGIApp

from exporters import log
from exporters.errors import UserError

# What is in flight at a stop gets this long: less than a supervisor waits before it kills.
_GRACE_SECONDS = 5


def serve(app: ASGIApp, listener: socket.socket, **said: object) -> None:
    """Answer on a socket until SIGTERM or SIGINT; ``said`` is logged with the address."""
    server = http_server(app)
    # uvicorn stops gracefully on a signal and then raises it again; that is no crash.
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: None)
    host, port = listener.getsockname()[:2]
    log.info("listening", host=host, port=port, **said)
    server.run(sockets=[listener])


def http_server(app: ASGIApp) -> uvicorn.Server:
    """Return a server for an application: quiet, and patient when it stops."""
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


def bind(listen: str) -> socket.socket:
    """Return a socket that listens on HOST:PORT. Raises UserError for what cannot be used."""
    host, port = address(listen)
    try:
        family, kind, proto, _, found = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        listener = socket.socket(family, kind, proto)
    except OSError as error:
        raise UserError(
            f"--listen {listen}: {error.strerror}; give an address of this machine"
        ) from error
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(found)
        listener.listen(1024)
    except OSError as error:
        listener.close()
        raise UserError(
            f"--listen {listen}: {error.strerror}; stop what listens there, or choose another"
            " port with --listen HOST:PORT"
        ) from error
    return listener


def address(listen: str) -> tuple[str, int]:
    """Return the host and the port of HOST:PORT. Raises UserError for anything else."""
    host, colon, port = listen.rpartition(":")
    if not (colon and host and port.isascii() and port.isdigit() and int(port) < 65_536):
        raise UserError(f"--listen {listen}: not HOST:PORT; write it as 127.0.0.1:19080")
    return host.strip("[]"), int(port)
