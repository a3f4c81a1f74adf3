"""Ask the stack's Prometheus a query: what runbooks tell people to do, wherever it runs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from compose import client
from exporters.catalog.family import matcher
from exporters.errors import UserError


def ask(prometheus: str, query: str) -> list[dict[str, Any]]:
    """Return the series that a query gives now, as Prometheus (``host:port``) answers.

    Raises UserError for what it does not take for a query, and where it does not answer.
    """
    try:
        data = client.query(prometheus, f"/query?{urlencode({'query': query})}")
    except client.NoAnswerError as error:
        raise UserError(f"prometheus: {error}; mend the query, or run: lightship status") from error
    if data["resultType"] in {"scalar", "string"}:
        return [{"metric": {}, "value": data["result"]}]
    found: list[dict[str, Any]] = data["result"]
    return found


def lines(found: list[dict[str, Any]]) -> list[str]:
    """Return a line for each series, its value first; for none, one that says so."""
    values = [one["value"][1] if "value" in one else one["values"][-1][1] for one in found]
    width = max(map(len, values), default=0)
    return [
        f"{value:>{width}}  {_series(one['metric'])}".rstrip()
        for value, one in zip(values, found, strict=True)
    ] or ["nothing"]


def _series(labels: Mapping[str, str]) -> str:
    """Return a series' name and labels as PromQL writes them."""
    rest = [matcher(label, value) for label, value in labels.items() if label != "__name__"]
    return labels.get("__name__", "") + (f"{{{', '.join(rest)}}}" if rest else "")
