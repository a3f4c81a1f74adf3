"""What the page shows: one card per group with something open, then what is over."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby

from compose.inbox.incidents import Incident
from compose.inbox.links import Links, links

# Worst first. An alert that says none of these words is shown, and ranked, as a warning.
SEVERITIES = ("critical", "warning", "info")

# A storm is one group of hundreds: the first few say what it is, the rest unfold.
SHOWN_AT_ONCE = 5


@dataclass(frozen=True)
class Item:
    """An incident with its links and its severity, which is one of SEVERITIES."""

    incident: Incident
    links: Links
    severity: str

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
    def starts_at(self) -> float:
        return min(item.incident.starts_at for item in self.items)

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


def item(incident: Incident) -> Item:
    """Return an incident as the page shows it."""
    said = incident.labels.get("severity", "")
    return Item(incident, links(incident), said if said in SEVERITIES else "warning")


def cards(incidents: Iterable[Incident]) -> list[Card]:
    """Group open incidents as they were sent: the worst first, then the newest."""

    def group(one: Incident) -> tuple[str, str]:
        return one.receiver, one.group_key

    found = [
        Card(_digest(repr(key)), key[0], _ordered(item(one) for one in members))
        for key, members in groupby(sorted(incidents, key=group), key=group)
    ]
    return sorted(found, key=lambda card: (SEVERITIES.index(card.severity), -card.starts_at))


def _shared(values: Iterable[str]) -> str:
    found = set(values)
    return found.pop() if len(found) == 1 else ""


def _ordered(items: Iterable[Item]) -> tuple[Item, ...]:
    return tuple(
        sorted(items, key=lambda one: (SEVERITIES.index(one.severity), -one.incident.starts_at))
    )


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
