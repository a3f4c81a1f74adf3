"""How many series a family may have: the largest stay, the others are told as one."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from heapq import nsmallest
from operator import itemgetter

# The label value of the series that stands for all that are not told apart.
OTHER = "other"

# What a family may have unless the settings say otherwise.
DEFAULT_LIMIT = 1_000

# A label with no more values than this is a vocabulary, such as a job's state, and is kept.
_FEW = 10

Labels = tuple[str, ...]


@dataclass(frozen=True)
class Cut:
    """Which samples stay, by position, and which of them each series for the others adds up."""

    kept: list[int]
    others: dict[Labels, list[int]]

    @property
    def dropped(self) -> int:
        """How many series are not told apart any more."""
        return sum(map(len, self.others.values()))


def cut(samples: Sequence[Labels], sizes: Sequence[float], limit: int) -> Cut:
    """Choose the largest samples, so that with those for the others ``limit`` series are left.

    Samples belong together that differ only in labels of few values: a queue stays with
    all its states or with none. Of equals, the first by name stay.
    """
    many = _of_many_values(samples, limit)
    few = [at for at in range(len(samples[0])) if at not in many]
    rests = _positions(samples, few)
    kept = _largest(_positions(samples, many), sizes, limit - len(rests))
    others = {
        tuple(OTHER if at in many else labels[at] for at in range(len(labels))): left
        for positions in rests.values()
        if (left := [position for position in positions if position not in kept])
        for labels in [samples[left[0]]]
    }
    return Cut(sorted(kept), others)


def _of_many_values(samples: Sequence[Labels], limit: int) -> list[int]:
    """Return the labels, by position, whose values are replaced.

    All of them, where the others make half as many series as there may be.
    """
    every = range(len(samples[0]))
    values = [len({labels[at] for labels in samples}) for at in every]
    many = [at for at in every if values[at] > _FEW]
    rests = math.prod(values[at] for at in every if at not in many)
    return many if many and 2 * rests <= limit else list(every)


def _positions(samples: Sequence[Labels], by: Sequence[int]) -> dict[object, list[int]]:
    """Return the positions of samples that are alike in some labels, by those."""
    alike = itemgetter(*by) if by else lambda _: ()
    found: defaultdict[object, list[int]] = defaultdict(list)
    for position, name in enumerate(map(alike, samples)):
        found[name].append(position)
    return found


def _largest(groups: Mapping[object, list[int]], sizes: Sequence[float], room: int) -> set[int]:
    """Return the positions of the largest groups that fit."""
    totals = [
        (-sum(abs(sizes[at]) for at in positions if math.isfinite(sizes[at])), name, positions)
        for name, positions in groups.items()
        # One that stands for others already is theirs.
        if name != OTHER and not (isinstance(name, tuple) and OTHER in name)
    ]
    kept: set[int] = set()
    for _, _, positions in nsmallest(max(room, 0), totals):
        if len(kept) + len(positions) > room:
            break
        kept.update(positions)
    return kept


class Others:
    """Adds up counters that are not told apart, so that the sum never falls nor leaps.

    What a series counted while it was told apart is not theirs, nor does the sum lose what
    one counted that is told apart from now on.
    """

    def __init__(self) -> None:
        self._before: dict[Labels, Sequence[float]] = {}
        self._sums: dict[Labels, list[float]] = {}

    def update(
        self, samples: Sequence[Labels], values: Sequence[Sequence[float]], chosen: Cut
    ) -> dict[Labels, list[float]]:
        """Take in what every series has counted by now; return the sums of the others."""
        for labels, positions in chosen.others.items():
            sums = self._sums.setdefault(labels, [0.0] * len(values[0]))
            for at in positions:
                self._add(sums, samples[at], values[at])
        self._before = dict(zip(samples, values, strict=True))
        return {labels: self._sums[labels] for labels in chosen.others}

    def _add(self, sums: list[float], name: Labels, values: Sequence[float]) -> None:
        before = self._before.get(name, [0.0] * len(values))
        for position, (value, old) in enumerate(zip(values, before, strict=True)):
            if math.isfinite(value):
                # Less than before: it began anew.
                sums[position] += value - old if value >= old else value
