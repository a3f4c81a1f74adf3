"""How the targets are: which of them the exporters reach, and what to do about the others."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import groupby
from typing import Any
from urllib.parse import urlencode

from compose import client
from compose.status import WORKS, Row
from exporters.catalog import scrape

# What to do, by the reason that the exporters give.
TODO: Mapping[str, str] = {
    "refused": "start it, or mend its url in the settings file",
    "timeout": "it hangs, or is too far away: see what it does",
    "auth": "mend username and password_file in the settings file, or the password in that file",
    "permission": "grant its account what the exporters ask for: docs/own-servers.md",
    "locked": "wait, or see who holds the lock: docs/runbooks/DatabaseLocksWaiting.md",
    "loading": "wait: it reads its data back after a start",
    "protocol": "mend its url in the settings file: something else answers there",
}
ELSE = "read the log of the exporters"

# Failures of the last minute, for those targets that fail now.
REASONS = (
    f"increase({scrape.collector_errors_total}[1m]) > 0 "
    f"and on (instance, collector) {scrape.collector_success} == 0"
)


def rows(prometheus: str) -> list[Row]:
    """Return a row for each target that is measured, and one for each collector that fails.

    Asks Prometheus (``host:port``); nothing while it does not answer: its own row says so.
    """
    try:
        found = _query(prometheus, str(scrape.collector_success))
        reasons = {
            (_name(one["metric"]), one["metric"]["reason"]) for one in _query(prometheus, REASONS)
        }
    except client.NoAnswerError:
        return []
    works = [one["metric"] for one in found if one["value"][1] == "1"]
    fails = [one["metric"] for one in found if one["value"][1] != "1"]
    return [*_working(works), *(_failing(_name(metric), reasons) for metric in fails)]


def _working(metrics: list[Mapping[str, str]]) -> Iterator[Row]:
    """Yield a row for each target, however many collectors of it work."""
    for target, group in groupby(metrics, key=lambda metric: metric["instance"]):
        collectors = [metric["collector"] for metric in group]
        what = collectors[0] if len(collectors) == 1 else f"{len(collectors)} collectors"
        yield Row(f"target {target} ({what})", WORKS, "is measured")


def _failing(name: str, reasons: set[tuple[str, str]]) -> Row:
    reason = next((reason for of, reason in sorted(reasons) if of == name), "other")
    return Row(name, "not measured", f"reason: {reason}", todo=TODO.get(reason, ELSE))


def _name(labels: Mapping[str, str]) -> str:
    return f"target {labels['instance']} ({labels['collector']})"


def _query(prometheus: str, expr: str) -> list[dict[str, Any]]:
    path = f"/query?{urlencode({'query': expr})}"
    found: list[dict[str, Any]] = client.query(prometheus, path)["result"]
    return sorted(found, key=lambda one: _name(one["metric"]))
