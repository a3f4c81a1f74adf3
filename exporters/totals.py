"""Adds up counters whose owners come and go, so that the sum never falls."""

from __future__ import annotations

from collections.abc import Mapping, Sequence


class Totals:
    """The sum of what every owner counted since the first look.

    A plain sum falls when an owner goes, which reads as if all had begun anew.
    """

    def __init__(self, size: int) -> None:
        self.sums = [0.0] * size
        self._before: dict[str, Sequence[float]] | None = None

    @property
    def owners(self) -> list[str]:
        """Who counted when we last looked."""
        return list(self._before or ())

    def update(self, counts: Mapping[str, Sequence[float]]) -> None:
        """Take in what every owner has counted until now.

        Whoever is new since the last look began at zero; at the first look nobody
        knows when each count began, so nothing is added.
        """
        if self._before is not None:
            for owner, now in counts.items():
                self._add(now, self._before.get(owner, [0.0] * len(now)))
        self._before = dict(counts)

    def _add(self, now: Sequence[float], before: Sequence[float]) -> None:
        for position, (value, old) in enumerate(zip(now, before, strict=True)):
            # Less than before: it began anew under the same name.
            self.sums[position] += value - old if value >= old else value
