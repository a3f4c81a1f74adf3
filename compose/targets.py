"""How the targets are: which of them the exporters reach, and what to do about the others."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby, pairwise
from typing import Any
from urllib.parse import urlencode

from compose import client
from compose.status import WORKS, Row
from exporters.catalog import scrape

NOT_MEASURED = "not measured"

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

# Far enough back for the last failure of a collector that runs seldom.
FAILURES = f"{scrape.collector_errors_total}[5m]"

Labels = Mapping[str, str]
Target = tuple[str, str]


def rows(prometheus: str) -> list[Row]:
    """Return a row for each target that is measured, and one for each collector that fails.

    Prometheus (``host:port``) is asked what it scrapes now: what it still holds of
    targets that it scraped once is none of today's. Nothing while it does not answer:
    its own row says so.
    """
    try:
        active = client.query(prometheus, "/targets?state=active")["activeTargets"]
        success = _query(prometheus, str(scrape.collector_success))
        failures = _query(prometheus, FAILURES)
    except client.NoAnswerError:
        return []
    # What is asked from outside is asked by blackbox_exporter, in the same way.
    asked = [target for target in active if "/probe?" in target["scrapeUrl"]]
    probed = [target for target in asked if "module=" not in target["scrapeUrl"]]
    # A target that answered its last scrape has no sample that is older.
    fresh = {_target(t["labels"]) for t in probed if t["health"] == "up"}
    found = [one for one in success if _target(one["metric"]) in fresh]
    unseen = [t for t in probed if _target(t["labels"]) not in fresh]
    return [*map(_unseen, unseen), *_measured(found), *_failing(found, failures)]


def _unseen(target: Mapping[str, Any]) -> Row:
    """Return the row of a target that the exporters did not answer for."""
    why = target["lastError"] or "not asked for yet"
    todo = "see what the exporters' own row says" if target["lastError"] else "wait a moment"
    return Row(f"target {target['labels']['instance']}", NOT_MEASURED, why, todo=todo)


def _measured(found: Sequence[Mapping[str, Any]]) -> Iterator[Row]:
    """Yield a row for each target, however many collectors of it work."""
    works = [one["metric"] for one in found if one["value"][1] == "1"]
    for target, group in groupby(works, key=lambda metric: metric["instance"]):
        collectors = [metric["collector"] for metric in group]
        what = collectors[0] if len(collectors) == 1 else f"{len(collectors)} collectors"
        yield Row(f"target {target} ({what})", WORKS, "is measured")


def _failing(
    found: Sequence[Mapping[str, Any]], failures: Sequence[Mapping[str, Any]]
) -> Iterator[Row]:
    """Yield a row for each collector that fails, with the reason of its last failure."""
    for one in found:
        if one["value"][1] != "1":
            name = _name(one["metric"])
            reason = _reason([f for f in failures if _name(f["metric"]) == name])
            yield Row(name, NOT_MEASURED, f"reason: {reason}", todo=TODO.get(reason, ELSE))


def _reason(counters: Sequence[Mapping[str, Any]]) -> str:
    """Return the reason whose counter rose last."""
    rises = [(_last_rise(one["values"]), one["metric"]["reason"]) for one in counters]
    at, reason = max(rises, default=(0, ""))
    return reason if at else "unknown"


def _last_rise(samples: Sequence[tuple[float, str]]) -> float:
    """Return when a counter was last found higher than before, 0 if it never was."""
    return max((at for (_, old), (at, new) in pairwise(samples) if new != old), default=0)


def _name(labels: Labels) -> str:
    return f"target {labels['instance']} ({labels['collector']})"


def _target(labels: Labels) -> Target:
    return labels["job"], labels["instance"]


def _query(prometheus: str, expr: str) -> list[dict[str, Any]]:
    path = f"/query?{urlencode({'query': expr})}"
    found: list[dict[str, Any]] = client.query(prometheus, path)["result"]
    return sorted(found, key=lambda one: _name(one["metric"]))
