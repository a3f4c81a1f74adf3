"""What a comparison came to, and whether that is what we promise."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from tests.benchmarks.measured import OTHERS, table

# Where others take more of the machine than this, a time on the clock is theirs too.
BUSY_CORES = 0.5

ON_THE_CLOCK = frozenset({"p50 ms"})


@dataclass(frozen=True)
class Goal:
    """At most ``ratio`` of what the other one takes, in a column; or at most so much by itself."""

    column: str
    ratio: float = 0.0
    limit: float = 0.0

    def met(self, ours: Mapping[str, float], theirs: Mapping[str, float]) -> bool | None:
        """Return whether it is reached; None where the machine was too busy to say."""
        reached = ours[self.column] <= (self.ratio * theirs[self.column] or self.limit)
        busy = max(row.get(OTHERS, 0.0) for row in (ours, theirs)) > BUSY_CORES
        return None if busy and self.column in ON_THE_CLOCK and not reached else reached

    def __str__(self) -> str:
        if not self.ratio:
            return f"{self.column} at most {self.limit:g}"
        share = f"1/{1 / self.ratio:g}" if self.ratio < 1 else f"{self.ratio:g}"
        return f"{self.column} at most {share}"


VERDICTS = {True: "met", False: "MISSED", None: "not judged, the machine was busy"}


@dataclass(frozen=True)
class Result:
    """A comparison: a row for us, one for them, and the ratio."""

    title: str
    rows: Mapping[str, Mapping[str, float]]
    goals: Sequence[Goal]

    @property
    def good(self) -> bool:
        """Whether no goal is missed."""
        return all(self._met(goal) is not False for goal in self.goals)

    def lines(self) -> Iterator[str]:
        """Yield the lines that are printed: a Markdown section."""
        yield from (f"### {self.title}", "", *table(self.rows), "")
        for goal in self.goals:
            yield f"- {goal}: {VERDICTS[self._met(goal)]}"
        if self.goals:
            yield ""

    def _met(self, goal: Goal) -> bool | None:
        ours, theirs, *_ = self.rows.values()
        return goal.met(ours, theirs)
