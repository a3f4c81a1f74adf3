"""How drills ended: as a table for people, for pages, and for programs."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from compose.drills.plan import KINDS, Planned
from exporters import columns

HEADINGS = ("alert", "kind", "fault", "notified", "within", "resolved", "within")


@dataclass(frozen=True)
class Outcome:
    """One alert's drill. Times are seconds: from the fault, and from its end; None if in vain.

    ``wrong`` is empty where all was as it should be.
    """

    drill: Planned
    notified_within: float
    resolved_within: float
    notified: float | None = None
    resolved: float | None = None
    wrong: str = ""

    @property
    def cells(self) -> tuple[str, ...]:
        """The cells of its row."""
        return (
            self.drill.alert,
            self.drill.kind,
            self.drill.fault or "-",
            _spoken(self.notified),
            _spoken(self.notified_within),
            _spoken(self.resolved),
            _spoken(self.resolved_within),
        )

    def to_json(self) -> dict[str, Any]:
        """Return it for programs."""
        return {
            "alert": self.drill.alert,
            "kind": self.drill.kind,
            "fault": self.drill.fault or None,
            "receivers": list(self.drill.receivers),
            "notified_seconds": _rounded(self.notified),
            "notified_within_seconds": self.notified_within,
            "resolved_seconds": _rounded(self.resolved),
            "resolved_within_seconds": self.resolved_within,
            "wrong": self.wrong or None,
        }


def text(outcomes: Sequence[Outcome]) -> str:
    """Return the table for people; below it what was wrong, and how many there are of each kind."""
    rows = [HEADINGS, *(one.cells for one in outcomes)]
    wrong = [f"{one.drill.alert}: {one.wrong}" for one in outcomes if one.wrong]
    return "\n".join([*columns.lines(rows, right=range(3, 7)), *wrong, "", summary(outcomes)])


def summary(outcomes: Sequence[Outcome]) -> str:
    """Return how many alerts were drilled, of each kind, and how many as they should be."""
    kinds = Counter(one.drill.kind for one in outcomes)
    counted = ", ".join(f"{kinds[kind]} {kind}" for kind in KINDS.values() if kinds[kind])
    well = sum(not one.wrong for one in outcomes)
    return f"{well} of {len(outcomes)} alerts came, said what they should, and ended ({counted})."


def as_json(outcomes: Sequence[Outcome]) -> str:
    """Return the outcomes for programs."""
    well = not any(one.wrong for one in outcomes)
    return json.dumps({"well": well, "drills": [one.to_json() for one in outcomes]}, indent=2)


def _spoken(seconds: float | None) -> str:
    return "-" if seconds is None else f"{seconds:.1f} s"


def _rounded(seconds: float | None) -> float | None:
    return None if seconds is None else round(seconds, 3)
