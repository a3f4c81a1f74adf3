"""The stand-ins as an ASGI application, and the page that shows what each would have got."""

from __future__ import annotations

import json
from dataclasses import asdict

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, PlainTextResponse, Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles

from compose.inbox import pages
from compose.inbox.headers import SecurityHeaders
from compose.inbox.hosts import KnownHosts
from compose.inbox.standins import pagerduty, slack
from compose.inbox.standins.delivered import Delivered

# A mail brings its own styles; nothing else of it may do anything.
_MAIL_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; sandbox",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}


def build(delivered: Delivered) -> Starlette:
    """Return the application that keeps what it is sent in ``delivered``."""
    guarded: list[BaseRoute] = [
        Route("/", page),
        Route("/api/v1/delivered", listed),
        Route("/livez", livez),
        Route("/slack/{name:path}", slack.receive, methods=["POST"]),
        Route("/pagerduty/v2/enqueue", pagerduty.receive, methods=["POST"]),
        Mount("/static", StaticFiles(directory=pages.FOLDER / "static")),
    ]
    app = Starlette(
        routes=[
            Route("/mail/{number:int}", mail),
            Mount("/", routes=guarded, middleware=[Middleware(SecurityHeaders)]),
        ],
        middleware=[Middleware(KnownHosts, names=())],
    )
    app.state.delivered = delivered
    return app


def page(request: Request) -> Response:
    """Show what was delivered, the newest first."""
    found = request.app.state.delivered.newest()
    said = {one.number: json.dumps(one.message.said, indent=2) for one in found}
    return pages.html("delivered.html", found=found, said=said)


def listed(request: Request) -> Response:
    """List what was delivered, the newest first, for programs."""
    found = request.app.state.delivered.newest()
    return JSONResponse([{"number": o.number, "at": o.at, **asdict(o.message)} for o in found])


def mail(request: Request) -> Response:
    """Show a mail as a mail program does."""
    found = request.app.state.delivered.find(request.path_params["number"])
    if found is None or not found.message.html:
        return PlainTextResponse("no such mail, or none any more\n", 404)
    return HTMLResponse(found.message.html, headers=_MAIL_HEADERS)


def livez(_: Request) -> Response:
    """Answer: the process can."""
    return PlainTextResponse("ok\n")
