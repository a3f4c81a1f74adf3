"""What the collectors of one target learn from each other."""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from exporters.collectors.laravel import names
from exporters.queue_page import MAX_QUEUES


@dataclass
class Known:
    """Which queues there are, and what was counted elsewhere than in the queues themselves.

    ``named`` are the queues that the settings name: then no others are looked for.
    ``rest`` are the jobs, by state, of those that are too many to be measured one by one.
    """

    named: Sequence[str]
    rest: Mapping[str, int] = field(default_factory=dict)
    remembered: Mapping[str, int] = field(default_factory=dict)
    _served: Sequence[str] = ()
    _found: Sequence[str] = ()
    _failed: Mapping[str, int] = field(default_factory=dict)
    _failed_until: float = 0.0

    @property
    def queues(self) -> list[str]:
        """The queues that there are; those that matter most come first."""
        if self.named:
            return sorted(set(self.named))
        return list(dict.fromkeys([*self._served, names.DEFAULT_QUEUE, *self._found]))

    @property
    def measured(self) -> list[str]:
        """The queues that are measured one by one, by name."""
        return sorted(self.queues[:MAX_QUEUES])

    @property
    def failed(self) -> Mapping[str, int] | None:
        """Failed jobs by queue, from SQL; None where nobody counts them there, or not lately."""
        return self._failed if time.monotonic() < self._failed_until else None

    def serve(self, queues: Iterable[str]) -> None:
        """Note which queues Horizon's supervisors serve. One that ends leaves its queues."""
        self._served = sorted({*self._served, *queues})[:MAX_QUEUES]

    def find(self, queues: Sequence[str]) -> None:
        """Note which queues have keys, the longest first."""
        self._found = queues

    def fail(self, counts: Mapping[str, int], seconds: float) -> None:
        """Note failed jobs by queue; they are worth telling for so many seconds."""
        self._failed, self._failed_until = counts, time.monotonic() + seconds
