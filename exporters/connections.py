"""The connections that a target is asked over."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol


class Closable(Protocol):
    """Whoever keeps a connection."""

    opened: int

    def close(self) -> None: ...


@dataclass(frozen=True)
class Connections:
    """All connections to a target; there are never more."""

    clients: Sequence[Closable]

    @property
    def connections_opened(self) -> int:
        """How many connections were opened so far."""
        return sum(client.opened for client in self.clients)

    def close(self) -> None:
        """Drop them all."""
        for client in self.clients:
            client.close()
