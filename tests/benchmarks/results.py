"""What a comparison came to, and whether that is what we promise."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from tests.benchmarks.measured import table


@dataclass(frozen=True)
class Goal:
    """At most ``ratio`` of what the other one takes, in a column; or at most so much by itself."""

    column: str
    ratio: float = 0.0
    limit: float = 0.0

    def met(self, ours: float, theirs: float) -> bool:
        """Return whether it is reached."""
        return ours <= (self.ratio * theirs if self.ratio else self.limit)

    def __str__(self) -> str:
        if not self.ratio:
            return f"{self.column} at most {self.limit:g}"
        share = f"1/{1 / self.ratio:g}" if self.ratio < 1 else f"{self.ratio:g}"
        return f"{self.column} at most {share}"


@dataclass(frozen=True)
class Result:
    """A comparison: a row for us, one for them, and the ratio."""

    title: str
    rows: Mapping[str, Mapping[str, float]]
    goals: Sequence[Goal]

    @property
    def good(self) -> bool:
        """Whether every goal is met."""
        return all(self._met(goal) for goal in self.goals)

    def lines(self) -> Iterator[str]:
        """Yield the lines that are printed: a Markdown section."""
        yield from (f"### {self.title}", "", *table(self.rows), "")
        for goal in self.goals:
            yield f"- {goal}: {'met' if self._met(goal) else 'MISSED'}"
        if self.goals:
            yield ""

    def _met(self, goal: Goal) -> bool:
        ours, theirs, *_ = self.rows.values()
        return goal.met(ours[goal.column], theirs[goal.column])
