"""One dashboard as one self-contained page: Grafana's grid, and no address but its own."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Mapping
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any

import orjson
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

FOLDER = Path(__file__).parent
THEMES = ("dark", "light")

_SCRIPTS = ("uplot.js", "units.js", "draw.js", "page.js")
_STYLES = ("uplot.css", "page.css")

_templates = Environment(
    loader=FileSystemLoader(FOLDER / "templates"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


def dashboard(board: Mapping[str, Any], answers: Mapping[str, Any], **shown: Any) -> str:
    """Return the page of a dashboard, with what Prometheus answered to it.

    ``shown`` is what surrounds it: ``boards`` (titles by address), ``theme``, ``offered`` and
    ``chosen`` values of its variables, ``since`` and ``until``, ``only`` one panel's id, and
    whether it is ``live``: in a file nothing can be chosen, for there is nobody to ask.
    """
    data = {"board": board, "answers": answers, "live": shown["live"], "only": shown["only"]}
    return _html("dashboard.html", board=board, data=_json(data), **shown)


def index(boards: Mapping[str, Mapping[str, Any]]) -> str:
    """Return the page that leads to every dashboard, by its address."""
    return _html("index.html", boards=boards, theme="")


@cache
def policy() -> str:
    """Return the content security policy: nothing runs or styles a page but what is in it."""
    return (
        f"default-src 'none'; script-src '{_hash(_joined(_SCRIPTS))}'; "
        f"style-src '{_hash(_joined(_STYLES))}'; img-src data:; connect-src 'self'; "
        "base-uri 'none'; form-action 'self'"
    )


def _html(template: str, **context: Any) -> str:
    return _templates.get_template(template).render(
        context,
        # Both are ours, and neither holds an end of its own element.
        script=Markup(_joined(_SCRIPTS)),  # noqa: S704
        style=Markup(_joined(_STYLES)),  # noqa: S704
        policy=policy(),
    )


@cache
def _joined(names: tuple[str, ...]) -> str:
    return "\n".join((FOLDER / "static" / name).read_text(encoding="utf-8") for name in names)


def _hash(text: str) -> str:
    return f"sha256-{b64encode(sha256(text.encode()).digest()).decode()}"


def _json(data: Mapping[str, Any]) -> Markup:
    """Return JSON that can stand in a script element: a label value cannot end it."""
    text = orjson.dumps(data).decode().replace("<", "\\u003c")
    return Markup(text)  # noqa: S704
