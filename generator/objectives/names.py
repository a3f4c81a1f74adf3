"""How what follows from an objective is called: records, alerts, and in words."""

from __future__ import annotations

import re
from dataclasses import dataclass

from generator.objectives.indicators import Events
from generator.objectives.objective import Objective, Urgency

_BURNS: dict[Urgency, str] = {"critical": "BurnsFast", "warning": "BurnsSlowly"}


@dataclass(frozen=True)
class Names:
    """An objective by the name of its variable, and the names of all that follows from it."""

    name: str
    objective: Objective

    @property
    def words(self) -> str:
        """The objective in words: ``CacheAvailability`` is *Cache availability*."""
        return self._parts.replace("_", " ").capitalize()

    @property
    def _parts(self) -> str:
        return re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "_", self.name).lower()

    def errors(self, window: str) -> str:
        """Return the record of the share that was bad over a window."""
        return f"objective:{self._parts}_errors:ratio_rate{window}"

    def failures(self, window: str) -> str:
        """Return the record of how many events were bad over a window."""
        return f"objective:{self._parts}_failures:increase{window}"

    @property
    def state(self) -> str:
        """The record of whether the state is bad now."""
        return f"objective:{self._parts}_bad:bool"

    def part(self, what: str) -> str:
        """Return the record of what was ``bad``, or of the ``total``: long windows add it up."""
        return f"objective:{self._parts}_{what}:rate5m"

    @property
    def measured(self) -> str:
        """The record that there is as long as anything is measured."""
        return self.part("total") if isinstance(self.objective.indicator, Events) else self.state

    def burns(self, severity: Urgency) -> str:
        """Return the alert of one severity on how fast the budget burns."""
        return f"{self.name}{_BURNS[severity]}"

    @property
    def unmeasured(self) -> str:
        """The alert that fires when nothing is measured any more."""
        return f"{self.name}Unmeasured"
