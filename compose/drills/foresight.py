"""What drills would do, and when a page is due: `lightship drill --dry-run`."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from compose.drills.plan import KINDS, Planned
from compose.drills.prediction import notified_within, resolved_within
from exporters import columns
from generator.drills import Scaled, Simulated
from generator.model import Model

_HEADINGS = ("alert", "kind", "fault", "notified within", "resolved within")


@dataclass(frozen=True)
class Foreseen:
    """A drill, and the seconds within which its notifications are to come."""

    drill: Planned
    notified_within: float
    resolved_within: float

    @property
    def cells(self) -> tuple[str, ...]:
        """The cells of its row."""
        within = (f"{self.notified_within:.1f} s", f"{self.resolved_within:.1f} s")
        return (self.drill.alert, self.drill.kind, self.drill.fault or "-", *within)

    def to_json(self) -> dict[str, Any]:
        """Return it for programs."""
        drill = self.drill.drill
        return {
            "alert": self.drill.alert,
            "kind": self.drill.kind,
            "fault": self.drill.fault or None,
            "reason": drill.reason if isinstance(drill, Simulated) else None,
            "receivers": list(self.drill.receivers),
            "notified_within_seconds": self.notified_within,
            "resolved_within_seconds": self.resolved_within,
        }


def foreseen(shipped: Model, faster: Model, found: Sequence[Planned]) -> list[Foreseen]:
    """Return what drills would do, some as it is shipped, the others where time runs faster."""
    return [
        _foreseen(faster if isinstance(one.drill, Scaled | Simulated) else shipped, one)
        for one in found
    ]


def _foreseen(model: Model, one: Planned) -> Foreseen:
    return Foreseen(one, notified_within(model, one.alert), resolved_within(model, one.alert))


def text(found: Sequence[Foreseen]) -> str:
    """Return the table for people, why some are only simulated, and which have no drill."""
    rows = [_HEADINGS, *(one.cells for one in found)]
    reasons = [
        f"{one.drill.alert} is simulated: {one.drill.drill.reason}"
        for one in found
        if isinstance(one.drill.drill, Simulated)
    ]
    kinds = Counter(one.drill.kind for one in found)
    counted = ", ".join(f"{kinds[kind]} {kind}" for kind in KINDS.values() if kind != "none")
    without = ", ".join(one.drill.alert for one in found if one.drill.drill is None) or "none"
    many = "1 alert" if len(found) == 1 else f"{len(found)} alerts"
    last = f"{many}: {counted}. Without a drill: {without}."
    return "\n".join([*columns.lines(rows, right=(3, 4)), "", *reasons, last])


def as_json(found: Sequence[Foreseen]) -> str:
    """Return what is foreseen for programs."""
    return json.dumps({"drills": [one.to_json() for one in found]}, indent=2)
