"""Answers browsers with dashboards, at the addresses that they would have in Grafana."""

from __future__ import annotations

import time
from pathlib import Path

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from compose.inbox.headers import SECURITY_HEADERS
from compose.preview import boards, page
from compose.preview.answers import ask
from compose.preview.boards import Boards
from compose.preview.view import View
from compose.preview.window import window
from exporters.errors import UserError

_HEADERS = {**SECURITY_HEADERS, "Content-Security-Policy": page.policy()}

# What an address says beside the values of variables.
_SINCE, _UNTIL, _ONLY, _CHOSEN = "from", "to", "viewPanel", "var-"


def build(rendered: Path, prometheus: str) -> Starlette:
    """Return the application that draws what was rendered for Grafana into a folder.

    Values come from Prometheus at ``host:port``.
    """
    app = Starlette(
        routes=[
            Route("/", _index),
            Route("/d/{uid}", _dashboard),
            Route("/api/d/{uid}", _answers),
            Route("/readyz", _ready),
        ],
        # A page elsewhere may let a name of its own point at this machine.
        middleware=[Middleware(TrustedHostMiddleware, allowed_hosts=["127.0.0.1", "localhost"])],
        exception_handlers={UserError: _refused},
    )
    app.state.rendered = rendered
    app.state.prometheus = prometheus
    return app


def _ready(request: Request) -> Response:
    boards.read(request.app.state.rendered)
    return PlainTextResponse("ok\n")


def _refused(_: Request, error: Exception) -> Response:
    return PlainTextResponse(f"{error}\n", 400, _HEADERS)


def _index(request: Request) -> Response:
    found = boards.read(request.app.state.rendered)
    addressed = {f"/d/{uid}": board for uid, board in found.by_uid.items()}
    return HTMLResponse(page.index(addressed), headers=_HEADERS)


def _answers(request: Request) -> Response:
    view = _view(request, boards.read(request.app.state.rendered))
    return JSONResponse(ask(request.app.state.prometheus, view), headers=_HEADERS)


def _dashboard(request: Request) -> Response:
    found, prometheus = boards.read(request.app.state.rendered), request.app.state.prometheus
    view = _view(request, found)
    text = page.dashboard(
        view.board,
        ask(prometheus, view),
        live=True,
        boards={_address(request, uid): board["title"] for uid, board in found.by_uid.items()},
        theme=_theme(request),
        offered=view.offered(prometheus),
        chosen=view.chosen,
        since=_since(request),
        until=_until(request),
        only=_only(request),
    )
    return HTMLResponse(text, headers=_HEADERS)


def _view(request: Request, found: Boards) -> View:
    uid = request.path_params["uid"]
    if uid not in found.by_uid:
        raise UserError(f"dashboard {uid!r}: there is none; there are: {', '.join(found.by_uid)}")
    asked = request.query_params
    names = {key.removeprefix(_CHOSEN) for key in asked if key.startswith(_CHOSEN)}
    chosen = {
        name: [value for value in asked.getlist(f"{_CHOSEN}{name}") if value != "$__all"]
        for name in names
    }
    shown = window(_since(request), _until(request), now=time.time(), interval=found.interval)
    return View(found.by_uid[uid], shown, found.interval, chosen)


def _since(request: Request) -> str:
    return request.query_params.get(_SINCE, "now-1h")


def _until(request: Request) -> str:
    return request.query_params.get(_UNTIL, "now")


def _theme(request: Request) -> str:
    asked = request.query_params.get("theme", "")
    return asked if asked in page.THEMES else ""


def _only(request: Request) -> int:
    """Return the id of the one panel that is asked for, 0 for all."""
    asked = request.query_params.get(_ONLY, "").removeprefix("panel-")
    return int(asked) if asked.isascii() and asked.isdigit() else 0


def _address(request: Request, uid: str) -> str:
    """Return where another dashboard is, at the same time and with the same values."""
    kept = request.url.remove_query_params(_ONLY).query
    return f"/d/{uid}?{kept}" if kept else f"/d/{uid}"
