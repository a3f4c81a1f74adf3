"""What the inbox has of an alert, and whether a notification says and links what it should."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from threading import Lock
from typing import Any
from urllib.parse import unquote, urlsplit

from compose import client
from compose.drills.plan import Planned

# What templates leave where they went wrong.
_MISTAKES = ("{{", "}}", "<no value>", "<error expanding template")

# What whoever is woken follows, and what has to answer. The graph is a page of Prometheus' own,
# which Debian builds without pages.
_FOLLOWED = ("runbook", "dashboard", "silence")
_PATIENCE = 10

# How old an answer may be, and of how many alerts it tells: a drill waits for the newest.
_FRESH_SECONDS, _NEWEST = 0.3, 1000


@dataclass(frozen=True)
class Arrival:
    """One alert as the inbox received it. Times are Unix seconds; None while it fires."""

    id: int
    alert: str
    receiver: str
    received_at: float
    resolved_at: float | None
    annotations: Mapping[str, str]
    links: Mapping[str, str | None]


@dataclass(frozen=True)
class Notice:
    """A notification that was waited for, and when it came, in Unix seconds."""

    arrival: Arrival
    at: float


@dataclass
class Inbox:
    """The inbox of the stack that is drilled, at ``host:port``; while it is down it has nothing.

    All who wait for something ask it together: it answers so many requests a second.
    """

    address: str
    _asked_at: float = field(default=0, init=False)
    _known: dict[str, list[Arrival]] = field(default_factory=dict, init=False)
    _lock: Lock = field(default_factory=Lock, init=False)

    def arrivals(self, alert: str) -> list[Arrival]:
        """Return what there is of an alert, the newest first, as it was a moment ago."""
        with self._lock:
            if time.monotonic() > self._asked_at + _FRESH_SECONDS:
                self._known = self._ask()
                self._asked_at = time.monotonic()
            return self._known.get(alert, [])

    def _ask(self) -> dict[str, list[Arrival]]:
        url = f"http://{self.address}/api/v1/alerts?state=all&limit={_NEWEST}"
        found: dict[str, list[Arrival]] = {}
        try:
            told = client.request("GET", url) or ()
        except client.NoAnswerError:
            return found
        for one in map(_arrival, told):
            found.setdefault(one.alert, []).append(one)
        return found

    def is_open(self, alert: str) -> bool:
        """Whether an alert fires, as far as the inbox was told."""
        return any(one.resolved_at is None for one in self.arrivals(alert))

    def first(self, drill: Planned, since: float) -> Notice | None:
        """Return the first notification after a fault: that its alert fires, or ended with it."""
        for one in reversed(self.arrivals(drill.alert)):
            at = one.resolved_at if drill.ends else one.received_at
            if at and at >= since and one.receiver in drill.receivers:
                return Notice(one, at)
        return None

    def second(self, drill: Planned, first: Notice, since: float) -> float | None:
        """Return when the notification after the fault's end came: of the end, or that it fires."""
        for one in self.arrivals(drill.alert):
            if drill.ends and one.resolved_at is None and one.received_at >= since:
                return one.received_at
            if not drill.ends and one.id == first.arrival.id:
                return one.resolved_at
        return None


def _arrival(one: Mapping[str, Any]) -> Arrival:
    resolved = one["resolved_at"]
    return Arrival(
        id=one["id"],
        alert=one["labels"]["alertname"],
        receiver=one["receiver"],
        received_at=datetime.fromisoformat(one["received_at"]).timestamp(),
        resolved_at=datetime.fromisoformat(resolved).timestamp() if resolved else None,
        annotations=one["annotations"],
        links=one["links"],
    )


def wrong(arrival: Arrival, receivers: Sequence[str]) -> list[str]:
    """Return what is wrong with a notification: whom it told, its texts, its links."""
    return [*_misdirected(arrival, receivers), *_misspoken(arrival), *_broken(arrival)]


def _misdirected(arrival: Arrival, receivers: Sequence[str]) -> Iterator[str]:
    if arrival.receiver not in receivers:
        yield f"{arrival.receiver} was told, and not {' or '.join(receivers)}"


def _misspoken(arrival: Arrival) -> Iterator[str]:
    for what in ("summary", "description"):
        text = arrival.annotations.get(what, "")
        if not text.strip():
            yield f"it has no {what}"
        elif any(mistake in text for mistake in _MISTAKES):
            yield f"its {what} has a template that went wrong: {text!r}"


def _broken(arrival: Arrival) -> Iterator[str]:
    for name in _FOLLOWED:
        if not (url := arrival.links.get(name)):
            yield f"it has no link to its {name}"
        elif answer := _no_answer(url):
            yield f"its link to the {name} {answer}: {url}"
    if not arrival.links.get("graph"):
        yield "it has no link to its graph"
    if f'alertname="{arrival.alert}"' not in _asked_of(arrival.links.get("silence") or ""):
        yield "its link to a silence does not name the alert"


def _no_answer(url: str) -> str:
    try:
        client.ask("GET", url, _PATIENCE)
    except client.NoAnswerError as error:
        return str(error)
    return ""


def _asked_of(silence: str) -> str:
    """Return the matchers that the form for a new silence is filled in with."""
    return unquote(urlsplit(silence).fragment)
