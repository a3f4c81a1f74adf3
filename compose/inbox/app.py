"""The inbox as an ASGI application: which address is answered by what."""

from __future__ import annotations

from pathlib import Path

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from compose.inbox import api, pages, webhook
from compose.inbox.headers import SecurityHeaders
from compose.inbox.metrics import Metrics
from compose.inbox.store import Store


def build(store: Store, runbooks: Path) -> Starlette:
    """Return the application that keeps notifications in ``store``."""
    app = Starlette(
        routes=[
            Route("/webhook", webhook.receive, methods=["POST"]),
            Route("/", pages.page),
            Route("/incidents", pages.fragment),
            Route("/runbooks/{name}", pages.runbook),
            Route("/api/v1/alerts", api.alerts),
            Route("/api/v1/notifications", api.notifications),
            Route("/livez", api.livez),
            Route("/readyz", api.readyz),
            Route("/metrics", api.metrics),
            Mount("/static", StaticFiles(directory=pages.FOLDER / "static")),
        ],
        middleware=[Middleware(SecurityHeaders)],
    )
    app.state.store = store
    app.state.runbooks = runbooks
    app.state.metrics = Metrics()
    return app
