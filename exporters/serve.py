"""Runs the exporters' HTTP server until it is told to stop."""

from __future__ import annotations

import asyncio
import errno
import signal
import socket
from collections.abc import Callable
from functools import partial
from pathlib import Path

import uvicorn

from exporters import log, reload
from exporters.errors import UserError
from exporters.reload import Configuration, Reloader
from exporters.server import application
from exporters.targets import Targets
from exporters.web import CurrentTls

# Longer than scrape intervals in use: Prometheus keeps its connection from one to the next.
_KEEP_ALIVE_SECONDS = 75
_STOP_SECONDS = 5


def run(settings: Path, web: Path | None, listen: str, pace: float = 1) -> None:
    """Answer scrapes on ``listen`` (``host:port``) until SIGTERM or SIGINT.

    What is asked seldom is asked ``pace`` times as often as it is meant to be.

    Raises SettingsError for a configuration that cannot be used, and UserError when
    nothing can listen there.
    """
    read = partial(reload.read, settings, web)
    first = read()
    log.set_up()
    with bind(listen) as listener:
        asyncio.run(_serve(listener, first, read, pace))
        log.info("stopped")


async def _serve(
    listener: socket.socket,
    first: Configuration,
    read: Callable[[], Configuration],
    pace: float,
) -> None:
    targets = Targets(first.settings, pace)
    reloader = Reloader(first, read, targets.use)
    server = uvicorn.Server(_config(targets, reloader))
    # The server passes signals on when it has stopped; to be told to stop is no failure.
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, server.handle_exit)
    asyncio.get_running_loop().add_signal_handler(signal.SIGHUP, reloader.ask)
    host, port = listener.getsockname()[:2]
    log.info("listening", host=host, port=port, targets=sorted(targets.probes))
    await server.serve(sockets=[listener])


def _config(targets: Targets, reloader: Reloader) -> uvicorn.Config:
    web = reloader.now.web
    return uvicorn.Config(
        application(targets, reloader),
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,
        timeout_keep_alive=_KEEP_ALIVE_SECONDS,
        timeout_graceful_shutdown=_STOP_SECONDS,
        ssl_context_factory=(lambda *_: CurrentTls(lambda: reloader.now.web)) if web.tls else None,
    )


def bind(listen: str) -> socket.socket:
    """Return a socket that listens on ``host:port``. Raises UserError, which says why not."""
    host, _, port = listen.rpartition(":")
    if not host or not port.isdecimal() or int(port) > 65535:
        raise UserError(
            f"--listen {listen}: is no address; write host:port, such as 127.0.0.1:19101"
        )
    bare = host.strip("[]")
    family = socket.AF_INET6 if ":" in bare else socket.AF_INET
    try:
        listener = socket.create_server((bare, int(port)), family=family)
    except OSError as error:
        raise UserError(f"--listen {listen}: {_why(error)}") from None
    # asyncio does this for sockets of its own only. Without it an answer waits 40 ms for
    # the other side to acknowledge its head.
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return listener


def _why(error: OSError) -> str:
    match error.errno:
        case errno.EADDRINUSE:
            return "the port is in use; stop what listens there or choose another port"
        case errno.EACCES:
            return "the port is not yours to use; choose one above 1023"
    return "the host is none of this machine's; choose an address of its own, such as 127.0.0.1"
