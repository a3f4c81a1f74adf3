"""Incidents as a table for spreadsheets: one a line, told apart by columns that do not change."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator

from compose.inbox.durations import iso
from compose.inbox.incidents import Incident

COLUMNS = (
    *("id", "alertname", "severity", "service", "team", "instance", "receiver", "status"),
    *("starts_at", "received_at", "ends_at", "resolved_at", "latency_seconds", "lasted_seconds"),
    *("lost", "acknowledged_at", "acknowledged_by", "summary"),
)
_LABELS = ("alertname", "severity", "service", "team", "instance")

# What a spreadsheet would take for a formula: labels are anybody's to choose.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def header() -> str:
    """Return the first line."""
    return _line(COLUMNS)


def lines(incidents: Iterable[Incident]) -> Iterator[str]:
    """Yield a line for each incident."""
    for one in incidents:
        yield _line(_cells(one))


def _cells(one: Incident) -> Iterator[str]:
    yield str(one.id)
    yield from (_text(one.labels.get(name, "")) for name in _LABELS)
    yield from (_text(one.receiver), "firing" if one.firing else "resolved")
    for moment in (one.starts_at, one.received_at, one.ends_at, one.resolved_at):
        yield iso(moment) or ""
    for seconds in (one.latency, one.lasted):
        yield "" if seconds is None else f"{seconds:.3f}"
    yield from (one.lost or "", iso(one.acknowledged_at) or "", _text(one.acknowledged_by or ""))
    yield _text(one.annotations.get("summary", ""))


def _text(value: str) -> str:
    return f"'{value}" if value.startswith(_FORMULA) else value


def _line(cells: Iterable[str]) -> str:
    line = io.StringIO()
    csv.writer(line).writerow(cells)
    return line.getvalue()
