"""Compares what is open with what Alertmanager holds: what it forgot, nobody would ever resolve.

Alertmanager keeps alerts in memory. One that ends while it is down, or with the whole stack,
is never told of again.
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from datetime import datetime

from compose import client
from compose.client import NoAnswerError
from compose.inbox.history import Open, read_forgotten, read_incidents, read_open
from compose.inbox.store import Store
from compose.inbox.surroundings import Surroundings
from compose.inbox.watchdog import RECEIVER

# What ended longer ago than this was looked at already.
_RECENT_SECONDS = 60
_RECENT = 1_000


# The state of alerts, by the name of a receiver and the alert's fingerprint.
Held = Mapping[tuple[str, str], str]


class Reconciliation:
    """What Alertmanager did not hold when it was last asked, and since when."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._missing: dict[int, float] = {}

    def run(self, surroundings: Surroundings) -> None:
        """Close what Alertmanager forgot, and mark what ended because its target went out of sight.

        Raises NoAnswerError when Prometheus or Alertmanager does not answer.
        """
        address = surroundings.peers["alertmanager"].address
        held = _held(address)
        with self._store.reading() as database:
            found = [one for one in read_open(database) if one.receiver != RECEIVER]
            back = [one.id for one in read_forgotten(database) if held.get(one.key) == "active"]
        if back:
            # It fires anew, and Alertmanager remembers that it has told of it: it will not again.
            self._store.reopen(back).result()
        if forgotten := self._forgotten(found, held, address, surroundings.resolve_seconds):
            self._store.close_lost(forgotten, "forgotten").result()
        if unmeasured := self._unmeasured(surroundings):
            self._store.close_lost(unmeasured, "unmeasured").result()

    def _forgotten(
        self, found: Sequence[Open], held: Held, address: str, patience: float
    ) -> list[int]:
        """Return what has been missing for so long that its resolve is not on its way."""
        now = time.monotonic()
        if not found or _age(address) < patience:
            # After a start it knows only what Prometheus has told it since.
            self._missing.clear()
            return []
        missing = (one.id for one in found if one.key not in held)
        self._missing = {number: self._missing.get(number, now) for number in missing}
        return [number for number, since in self._missing.items() if now - since >= patience]

    def _unmeasured(self, surroundings: Surroundings) -> list[int]:
        """Return what ended just now while Prometheus could not scrape what it speaks of."""
        with self._store.reading() as database:
            ended = read_incidents(database, "resolved", limit=_RECENT)
        since = time.time() - _RECENT_SECONDS
        recent = [
            one
            for one in ended
            if (one.resolved_at or 0) > since and one.lost is None and "instance" in one.labels
        ]
        if not recent:
            return []
        address = surroundings.peers["prometheus"].address
        answer = client.query(address, "/query?query=up==0")
        down = {(r["metric"].get("job"), r["metric"].get("instance")) for r in answer["result"]}
        return [one.id for one in recent if (one.labels.get("job"), one.labels["instance"]) in down]


def _age(alertmanager: str) -> float:
    """Return the seconds since Alertmanager started."""
    status = client.request("GET", f"http://{alertmanager}/api/v2/status")
    try:
        return time.time() - datetime.fromisoformat(status["uptime"]).timestamp()
    except (KeyError, TypeError, ValueError) as error:
        raise NoAnswerError("does not say since when it runs") from error


def _held(alertmanager: str) -> Held:
    """Return the state of every alert that Alertmanager holds, silenced ones too."""
    alerts = client.request("GET", f"http://{alertmanager}/api/v2/alerts")
    if not isinstance(alerts, list):
        raise NoAnswerError("answers, but not as Alertmanager does")
    return {
        (receiver["name"], alert["fingerprint"]): alert["status"]["state"]
        for alert in alerts
        for receiver in alert["receivers"]
    }
