"""Asks Prometheus and Alertmanager how they are, and what they hold."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass
from email.utils import parsedate_to_datetime

import requests

from compose import client
from compose.client import NoAnswerError
from compose.inbox.surroundings import Surroundings

# Whoever takes longer to say that it is ready is not.
_SECONDS = 2.0


@dataclass(frozen=True)
class Seen:
    """How a peer was when it was asked: ``clock_offset`` is its clock less ours, in seconds."""

    name: str
    up: bool
    clock_offset: float | None = None


def look(surroundings: Surroundings) -> Iterator[Seen]:
    """Ask every peer whether it is ready, and for the time."""
    for name, peer in surroundings.peers.items():
        try:
            answer = client.ask("GET", f"http://{peer.address}/-/ready", seconds=_SECONDS)
        except NoAnswerError:
            yield Seen(name, up=False)
        else:
            yield Seen(name, up=True, clock_offset=_offset(answer))


def _offset(answer: requests.Response) -> float | None:
    """Return how far the clock that an answer was dated by is ahead: whole seconds are said."""
    try:
        said = parsedate_to_datetime(answer.headers["Date"]).timestamp()
    except (KeyError, ValueError):
        return None
    # It was cut, so that it is half a second early on average; less than a second is none.
    ahead = said + 0.5 - (time.time() - answer.elapsed.total_seconds() / 2)
    return 0.0 if abs(ahead) < 1 else ahead
