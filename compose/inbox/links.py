"""Where an on-call person goes next: runbook, dashboard, graph, silence."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import parse_qs, quote, urlsplit, urlunsplit

from compose.inbox.incidents import Incident
from exporters.catalog.family import quoted

# What a dashboard shows before the alert began.
_LEAD_SECONDS = 30 * 60

_PLAIN_NAME = re.compile(r"[a-zA-Z_][a-zA-Z0-9_]*")


@dataclass(frozen=True)
class Links:
    """Addresses that are safe to follow; an empty one is not known."""

    runbook: str
    dashboard: str
    graph: str
    silence: str


def links(incident: Incident) -> Links:
    """Return the links of an incident."""
    notes = incident.annotations
    return Links(
        runbook=_safe(notes.get("runbook_url", "")),
        dashboard=_dashboard(_safe(notes.get("dashboard_url", "")), incident),
        graph=_safe(incident.generator_url),
        silence=_silence(_safe(incident.external_url), incident.labels),
    )


def _safe(url: str) -> str:
    """Let only web addresses through: a label's author may not run ``javascript:`` here."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return ""
    return url if parts.scheme in {"http", "https"} and parts.netloc else ""


def _dashboard(url: str, incident: Incident) -> str:
    """Return the dashboard round the time of the incident, unless the link says when itself."""
    if not url or "from" in parse_qs(urlsplit(url).query, keep_blank_values=True):
        return url
    end = incident.resolved_at if incident.ends_at is None else incident.ends_at
    from_ms = int((incident.starts_at - _LEAD_SECONDS) * 1000)
    to_ms = "now" if incident.firing or end is None else str(int(end * 1000))
    parts = urlsplit(url)
    query = f"{parts.query}&" if parts.query else ""
    return urlunsplit(parts._replace(query=f"{query}from={from_ms}&to={to_ms}"))


def _silence(alertmanager: str, labels: Mapping[str, str]) -> str:
    """Return Alertmanager's form for a new silence, filled in with the labels."""
    if not alertmanager:
        return ""
    matchers = ", ".join(f"{_name(k)}={quoted(v)}" for k, v in sorted(labels.items()))
    # Not quote_plus: a browser leaves a plus sign in a fragment as it is.
    query = quote("{" + matchers + "}", safe="")
    return f"{alertmanager.rstrip('/')}/#/silences/new?filter={query}"


def _name(label: str) -> str:
    return label if _PLAIN_NAME.fullmatch(label) else quoted(label)
