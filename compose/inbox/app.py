"""The inbox as an ASGI application: which address is answered by what."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from compose.inbox import api, body, pages, webhook
from compose.inbox.access import Password
from compose.inbox.acknowledge import acknowledge
from compose.inbox.headers import SecurityHeaders
from compose.inbox.history import read_heartbeat
from compose.inbox.hosts import KnownHosts
from compose.inbox.limits import RateLimit
from compose.inbox.metrics import Metrics
from compose.inbox.store import Store
from compose.inbox.surroundings import SurroundingsFile
from compose.inbox.watch import Watch
from compose.inbox.watchdog import Watchdog
from exporters.secret import Secret

# One that is as large as can be, and many small ones. Read, they take about ten times as
# much, and the container has 128 MB for everything.
_ROOM_BYTES = body.MAX_BODY_BYTES + 2_000_000


def build(
    store: Store,
    runbooks: Path,
    hosts: Sequence[str] = (),
    surroundings: SurroundingsFile | None = None,
    password: Secret | None = None,
) -> Starlette:
    """Return the application that keeps notifications in ``store``.

    It answers to its addresses, to names without a dot, and to the names in ``hosts``;
    to whoever knows the ``password``, where there is one.
    Whoever serves it starts ``app.state.watch``, and closes it.
    """
    app = Starlette(
        routes=[
            Route("/webhook", webhook.receive, methods=["POST"]),
            Route("/", pages.page),
            Route("/incidents", pages.fragment),
            Route("/history", pages.history),
            Route("/why", pages.why),
            Route("/acknowledge", acknowledge, methods=["POST"]),
            Route("/runbooks/{name}", pages.runbook),
            Route("/api/v1/alerts", api.alerts),
            Route("/api/v1/alerts.csv", api.alerts),
            Route("/api/v1/why", api.why),
            Route("/api/v1/notifications", api.notifications),
            Route("/livez", api.livez),
            Route("/readyz", api.readyz),
            Route("/metrics", api.metrics),
            Mount("/static", StaticFiles(directory=pages.FOLDER / "static")),
        ],
        middleware=[
            Middleware(SecurityHeaders),
            Middleware(RateLimit),
            Middleware(KnownHosts, names=hosts),
            *([Middleware(Password, password=password)] if password else []),
        ],
    )
    with store.reading() as database:
        last_seen = read_heartbeat(database)
    app.state.store = store
    app.state.watchdog = Watchdog(last_seen)
    app.state.watch = Watch(store, surroundings or SurroundingsFile(None), app.state.watchdog)
    app.state.runbooks = runbooks
    app.state.metrics = Metrics()
    app.state.room = body.Room(_ROOM_BYTES)
    return app
