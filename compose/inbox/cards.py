"""What the page shows: one card per group with something open, then what is over."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from compose.inbox.incidents import Incident
from compose.inbox.links import Links, links
from compose.inbox.watchdog import RECEIVER

# Worst first. An alert that says none of these words is shown, and ranked, as a warning.
SEVERITIES = ("critical", "warning", "info")

# A storm is one group of hundreds: the first few say what it is, the rest unfold.
SHOWN_AT_ONCE = 5


@dataclass(frozen=True)
class Item:
    """An incident with its links and its severity, which is one of SEVERITIES.

    ``held`` is how long its condition held before it fired, in seconds.
    """

    incident: Incident
    links: Links
    severity: str
    held: float

    @property
    def began(self) -> float:
        """When its condition began to hold: people were hit from then on."""
        return self.incident.starts_at - self.held

    def label(self, name: str) -> str:
        return self.incident.labels.get(name, "")

    def note(self, name: str) -> str:
        return self.incident.annotations.get(name, "")


@dataclass(frozen=True)
class Card:
    """A group with open incidents, as Alertmanager sent it."""

    key: str
    receiver: str
    items: tuple[Item, ...]

    @property
    def severity(self) -> str:
        return min((item.severity for item in self.items), key=SEVERITIES.index)

    @property
    def began(self) -> float:
        return min(item.began for item in self.items)

    @property
    def fresh(self) -> tuple[Item, ...]:
        """What nobody has acknowledged."""
        return tuple(item for item in self.items if item.incident.acknowledged_at is None)

    @property
    def version(self) -> str:
        """Differs when anything shown differs: the page keeps what is the same in place."""
        return _digest(repr(self.items))

    @property
    def name(self) -> str:
        names = dict.fromkeys(item.label("alertname") or "(no name)" for item in self.items)
        return ", ".join(list(names)[:3]) + (f" +{len(names) - 3}" if len(names) > 3 else "")

    @property
    def runbook(self) -> str:
        """The runbook that all of its incidents share, if they do."""
        return _shared(item.links.runbook for item in self.items)

    @property
    def impact(self) -> str:
        """The description that all of its incidents share, if they do."""
        return _shared(item.note("description") for item in self.items)

    @property
    def service(self) -> str:
        return _shared(item.label("service") for item in self.items)

    @property
    def team(self) -> str:
        return _shared(item.label("team") for item in self.items)


def item(incident: Incident, held_seconds: Mapping[str, float]) -> Item:
    """Return an incident as the page shows it."""
    said = incident.labels.get("severity", "")
    held = held_seconds.get(incident.labels.get("alertname", ""), 0)
    return Item(incident, links(incident), said if said in SEVERITIES else "warning", held)


def cards(incidents: Iterable[Incident], held_seconds: Mapping[str, float]) -> list[Card]:
    """Group open incidents as they were sent: monitoring's own death, the worst, the newest."""

    def group(one: Incident) -> tuple[str, str]:
        return one.receiver, one.group_key

    found = [
        Card(_digest(repr(key)), key[0], _ordered(item(one, held_seconds) for one in members))
        for key, members in groupby(sorted(incidents, key=group), key=group)
    ]
    return sorted(found, key=_rank)


def _rank(card: Card) -> tuple[bool, int, bool, float]:
    """Rank what nobody looks after before what somebody does."""
    dead = card.receiver == RECEIVER
    return not dead, SEVERITIES.index(card.severity), not card.fresh, -card.began


def _shared(values: Iterable[str]) -> str:
    found = set(values)
    return found.pop() if len(found) == 1 else ""


def _ordered(items: Iterable[Item]) -> tuple[Item, ...]:
    return tuple(sorted(items, key=lambda one: (SEVERITIES.index(one.severity), -one.began)))


def headline(found: Sequence[Card]) -> str:
    """Say in a few words what is open.

    >>> headline([])
    'Nothing is open'
    """
    severities = [one.severity for card in found for one in card.items]
    counts = [f"{severities.count(word)} {word}" for word in SEVERITIES if word in severities]
    return ", ".join(counts) or "Nothing is open"


def _digest(text: str) -> str:
    return hashlib.blake2b(text.encode(), digest_size=8).hexdigest()
