"""What was delivered to the stand-ins: the newest, in memory."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import count
from threading import Lock
from typing import Any, Literal

# Enough for a storm of messages; what a receiver takes at most bounds each of them.
KEPT = 200

Kind = Literal["slack", "pagerduty", "mail"]


@dataclass(frozen=True)
class Message:
    """What one receiver would have shown: ``said`` is all of it, as it was sent.

    ``to`` is the channel, the service or the address that it is for.
    """

    kind: Kind
    to: str
    title: str
    text: str
    said: Mapping[str, Any]
    html: str = ""


@dataclass(frozen=True)
class Delivery:
    """A message, its number and when it came (Unix seconds)."""

    number: int
    at: float
    message: Message


@dataclass
class Delivered:
    """The newest deliveries. Web requests and mail come in threads of their own."""

    _newest: deque[Delivery] = field(default_factory=lambda: deque(maxlen=KEPT))
    _numbers: count[int] = field(default_factory=lambda: count(1))
    _lock: Lock = field(default_factory=Lock)

    def add(self, message: Message) -> None:
        """Keep a message; the oldest goes where there are too many."""
        with self._lock:
            self._newest.appendleft(Delivery(next(self._numbers), time.time(), message))

    def newest(self) -> Sequence[Delivery]:
        """Return what is kept, the newest first."""
        with self._lock:
            return list(self._newest)

    def find(self, number: int) -> Delivery | None:
        """Return a delivery by its number, None where there is none any more."""
        return next((one for one in self.newest() if one.number == number), None)
