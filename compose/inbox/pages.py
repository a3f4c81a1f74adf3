"""The inbox for people: the page of incidents, and the runbooks it leads to."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any, cast
from urllib.parse import urlencode

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from compose.inbox import runbooks
from compose.inbox.api import MAX_LIMIT, STATES, find_reasons
from compose.inbox.cards import SHOWN_AT_ONCE, cards, headline, item
from compose.inbox.durations import clock, duration, iso, latency
from compose.inbox.history import State, read_incidents, read_totals, read_worst
from compose.inbox.store import Store

FOLDER = Path(__file__).parent

# A page is for eyes; the API has the rest.
_MAX_OPEN = 500
_MAX_RESOLVED = 50
_MAX_FOUND = 200

# What `lost` means, in the words of the page.
_LOST = {
    "forgotten": "Alertmanager no longer knows of it",
    "blind": "Prometheus did not work when it ended",
    "unmeasured": "its target was not measured any more when it ended",
}

_templates = Environment(
    loader=FileSystemLoader(FOLDER / "templates"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
_templates.filters |= {"clock": clock, "duration": duration, "iso": iso, "latency": latency}
_templates.globals["lost"] = _LOST


def page(request: Request) -> Response:
    """Show what is open, then what is over."""
    return html("page.html", **_incidents(request))


def fragment(request: Request) -> Response:
    """Answer the page's script: the same incidents, without the page round them."""
    return html("incidents.html", **_incidents(request))


def history(request: Request) -> Response:
    """Show what was, newest first, or what a text is found in."""
    text, state = request.query_params.get("q", ""), request.query_params.get("state", "all")
    state = state if state in STATES else "all"
    with request.app.state.store.reading() as database:
        found = read_incidents(database, cast("State", state), limit=_MAX_FOUND, text=text)
    held = request.app.state.watch.surroundings.held_seconds
    query = urlencode({"state": state, "q": text, "limit": MAX_LIMIT})
    return html(
        "history.html",
        found=[item(one, held) for one in found],
        most=_MAX_FOUND,
        now=time.time(),
        query=query,
        state=state,
        states=STATES,
        text=text,
    )


def why(request: Request) -> Response:
    """Show how far each alert has come, and why it went no further."""
    asked, found = find_reasons(request)
    surroundings = request.app.state.watch.surroundings
    text = request.query_params.get("q", "")
    return html(
        "why.html", found=found, problems=asked.problems, peers=surroundings.peers, text=text
    )


def runbook(request: Request) -> Response:
    """Show a runbook, or say which file is missing."""
    name = request.path_params["name"]
    try:
        text = runbooks.render(request.app.state.runbooks, name)
    except runbooks.RunbookMissingError as error:
        return html("missing.html", status=404, name=name, problem=str(error))
    # Made by markdown-it with HTML switched off, so it is ours to trust.
    return html("runbook.html", name=name, text=Markup(text))  # noqa: S704


def _incidents(request: Request) -> dict[str, Any]:
    store: Store = request.app.state.store
    surroundings = request.app.state.watch.surroundings
    with store.reading() as database:
        open_incidents = read_worst(database, limit=_MAX_OPEN)
        resolved = read_incidents(database, "resolved", limit=_MAX_RESOLVED)
        totals = read_totals(database)
    found = cards(open_incidents, surroundings.held_seconds)
    return {
        "cards": found,
        "awaited": bool(surroundings.watchdog),
        "headline": headline(found),
        "heartbeat": request.app.state.watchdog.last.at,
        "hidden": totals.open - len(open_incidents),
        "now": time.time(),
        "resolved": [item(one, surroundings.held_seconds) for one in resolved],
        "shown_at_once": SHOWN_AT_ONCE,
        "totals": totals,
    }


def html(template: str, *, status: int = 200, **context: Any) -> HTMLResponse:
    """Return a page made of one of our templates, everything in ``context`` escaped."""
    return HTMLResponse(_templates.get_template(template).render(context), status)
