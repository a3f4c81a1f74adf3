"""Sums that never fall, over things that may be forgotten."""

from __future__ import annotations

from collections import defaultdict


class Monotone:
    """What was counted once stays counted, though the server forgets parts of the sum.

    A counter that falls is taken for one that began anew at 0, and all that it counts
    for an increase; a sum over statements falls whenever the server makes room.
    """

    def __init__(self) -> None:
        self._last: defaultdict[str, float] = defaultdict(float)
        self._lost: defaultdict[str, float] = defaultdict(float)

    def __call__(self, key: str, total: float) -> float:
        """Return the sum so far, given what the server says now."""
        self._lost[key] += max(self._last[key] - total, 0)
        self._last[key] = total
        return self._lost[key] + total
