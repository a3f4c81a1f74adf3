"""The inbox for people: the page of incidents, and the runbooks it leads to."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from compose.inbox import runbooks
from compose.inbox.cards import SHOWN_AT_ONCE, cards, headline, item
from compose.inbox.durations import clock, duration, iso, latency
from compose.inbox.history import read_incidents, read_totals, read_worst
from compose.inbox.store import Store

FOLDER = Path(__file__).parent

# A page is for eyes; the API has the rest.
_MAX_OPEN = 500
_MAX_RESOLVED = 50

_templates = Environment(
    loader=FileSystemLoader(FOLDER / "templates"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
_templates.filters |= {"clock": clock, "duration": duration, "iso": iso, "latency": latency}


def page(request: Request) -> Response:
    """Show what is open, then what is over."""
    return _html("page.html", **_incidents(request.app.state.store))


def fragment(request: Request) -> Response:
    """Answer the page's script: the same incidents, without the page round them."""
    return _html("incidents.html", **_incidents(request.app.state.store))


def runbook(request: Request) -> Response:
    """Show a runbook, or say which file is missing."""
    name = request.path_params["name"]
    try:
        text = runbooks.render(request.app.state.runbooks, name)
    except runbooks.RunbookMissingError as error:
        return _html("missing.html", status=404, name=name, problem=str(error))
    # Made by markdown-it with HTML switched off, so it is ours to trust.
    return _html("runbook.html", name=name, text=Markup(text))  # noqa: S704


def _incidents(store: Store) -> dict[str, Any]:
    with store.reading() as database:
        open_incidents = read_worst(database, limit=_MAX_OPEN)
        resolved = read_incidents(database, "resolved", limit=_MAX_RESOLVED)
        totals = read_totals(database)
    found = cards(open_incidents)
    return {
        "cards": found,
        "headline": headline(found),
        "hidden": totals.open - len(open_incidents),
        "now": time.time(),
        "resolved": [item(one) for one in resolved],
        "shown_at_once": SHOWN_AT_ONCE,
        "totals": totals,
    }


def _html(template: str, *, status: int = 200, **context: Any) -> HTMLResponse:
    return HTMLResponse(_templates.get_template(template).render(context), status)
