"""Why was I not paged? For every alert that is on its way, how far it has come, and why."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from compose import client
from compose.client import NoAnswerError
from compose.inbox.durations import clock, duration
from compose.inbox.history import Open
from compose.inbox.surroundings import Surroundings

Json = Mapping[str, Any]


@dataclass(frozen=True)
class Reason:
    """One alert: ``stage`` is how far it came, ``says`` is why it went no further, if it did not.

    The stages are ``failing`` and ``pending`` (in Prometheus), ``not sent`` (not in
    Alertmanager), ``silenced``, ``inhibited``, ``muted``, ``waiting`` (for its group) and
    ``told``.
    """

    labels: Mapping[str, str]
    stage: str
    says: str

    @property
    def name(self) -> str:
        return self.labels.get("alertname", "")


@dataclass(frozen=True)
class Asked:
    """What Prometheus and Alertmanager answered; what did not answer is in ``problems``.

    An alert that several routes take is there once for each.
    """

    rules: Sequence[Json]
    alerts: Sequence[Json]
    silences: Sequence[Json]
    problems: Sequence[str]


def ask(surroundings: Surroundings) -> Asked:
    """Ask for all rules, all alerts and all silences as they are now."""
    problems: list[str] = []

    def get(peer: str, path: str) -> Any:
        if peer not in surroundings.peers:
            problems.append(f"{peer}: the inbox does not know it; start it with --surroundings")
            return None
        address = surroundings.peers[peer].address
        try:
            return client.request("GET", f"http://{address}{path}")
        except NoAnswerError as error:
            problems.append(f"{peer}: {error}")
            return None

    rules = get("prometheus", "/api/v1/rules?type=alert")
    # Hours are kept by routes, so that only groups tell of them.
    by_route = get("alertmanager", "/api/v2/alerts/groups")
    silences = get("alertmanager", "/api/v2/silences")
    groups = ((rules or {}).get("data") or {}).get("groups", [])
    found = [rule for group in groups for rule in group["rules"]]
    alerts = [
        {**alert, "receivers": [group["receiver"]]}
        for group in by_route or []
        for alert in group["alerts"]
    ]
    return Asked(found, alerts, silences or [], list(dict.fromkeys(problems)))


def reasons(asked: Asked, told: Iterable[Open], now: float, watchdog: str = "") -> list[Reason]:
    """Return how far each alert has come, what went nowhere first, and the Watchdog never."""
    held = {_key(alert["labels"]): alert for alert in asked.alerts}
    sent = {(one.receiver, one.fingerprint) for one in told}
    found = [*_of_rules(asked.rules, held, now)]
    found += [_of_held(alert, asked, sent, now) for alert in asked.alerts]
    order = ("failing", "not sent", "silenced", "inhibited", "muted", "waiting", "pending", "told")
    return sorted(
        (one for one in found if one.name != watchdog or one.stage == "failing"),
        key=lambda one: (order.index(one.stage), one.name, sorted(one.labels.items())),
    )


def _of_rules(
    rules: Sequence[Json], held: Mapping[frozenset[tuple[str, str]], Json], now: float
) -> Iterator[Reason]:
    """Yield what is still in Prometheus: rules that fail, and alerts that did not leave it."""
    for rule in rules:
        if rule["health"] == "err":
            yield Reason(
                {"alertname": rule["name"]}, "failing", f"its rule fails: {rule['lastError']}"
            )
        for alert in rule["alerts"]:
            since = datetime.fromisoformat(alert["activeAt"]).timestamp()
            if alert["state"] == "pending":
                left = max(0.0, since + rule["duration"] - now)
                says = (
                    f"its condition has held for {duration(now - since)}, and must for "
                    f"{duration(rule['duration'])}: {duration(left)} to go"
                )
                yield Reason(alert["labels"], "pending", says)
            elif _key(alert["labels"]) not in held:
                says = "it fires in Prometheus, and Alertmanager does not hold it"
                yield Reason(alert["labels"], "not sent", says)


def _of_held(alert: Json, asked: Asked, sent: set[tuple[str, str]], now: float) -> Reason:
    labels, status = alert["labels"], alert["status"]
    (receiver,) = (one["name"] for one in alert["receivers"])
    if status["silencedBy"]:
        return Reason(labels, "silenced", _silenced(status["silencedBy"], asked.silences))
    if status["inhibitedBy"]:
        return Reason(labels, "inhibited", _inhibited(status["inhibitedBy"], asked.alerts))
    if status.get("mutedBy"):
        names = ", ".join(status["mutedBy"])
        return Reason(labels, "muted", f"its route keeps hours, and these are not its: {names}")
    if (receiver, alert["fingerprint"]) in sent:
        return Reason(labels, "told", f"sent to {receiver}")
    since = datetime.fromisoformat(alert["startsAt"]).timestamp()
    says = (
        f"it has fired for {duration(now - since)}, and Alertmanager waits for the rest of its "
        f"group before it tells {receiver}"
    )
    return Reason(labels, "waiting", says)


def _silenced(ids: Sequence[str], silences: Sequence[Json]) -> str:
    by_id = {silence["id"]: silence for silence in silences}
    told = [
        f"{silence['createdBy']} silenced it until "
        f"{clock(datetime.fromisoformat(silence['endsAt']).timestamp())}: {silence['comment']}"
        for silence in (by_id.get(one) for one in ids)
        if silence
    ]
    return "; ".join(told) or "it is silenced"


def _inhibited(fingerprints: Sequence[str], alerts: Sequence[Json]) -> str:
    by_fingerprint = {alert["fingerprint"]: alert["labels"] for alert in alerts}
    causes = [
        " of ".join(filter(None, (labels.get("alertname"), labels.get("instance"))))
        for labels in (by_fingerprint.get(one) for one in fingerprints)
        if labels
    ]
    return f"{', '.join(causes) or 'another alert'} fires, which explains it"


def _key(labels: Mapping[str, str]) -> frozenset[tuple[str, str]]:
    return frozenset(labels.items())
