"""Adds up what a look at all keys finds: how many there are, and what samples of them say."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field

# An application that puts random things where a tenant should be must not fill our memory.
MAX_TENANTS = 10_000
OTHER = "other"


@dataclass
class Samples:
    """Keys that were looked at more closely: their bytes, and the milliseconds they have left."""

    measured: int = 0
    memory: int = 0
    timed: int = 0
    expiring: int = 0
    left: int = 0

    def add(self, memory: int | None, left: int) -> None:
        """Take in a key; ``left`` is -1 for one that never expires."""
        if memory is not None:
            self.measured += 1
            self.memory += memory
        self.timed += 1
        if left >= 0:
            self.expiring += 1
            self.left += left

    @property
    def mean(self) -> float | None:
        """Mean bytes of a key; None while nobody knows."""
        return self.memory / self.measured if self.measured else None


@dataclass
class Group:
    """Keys that belong together: of a class, or of a class and a tenant."""

    keys: int = 0
    samples: Samples = field(default_factory=Samples)


class Tally:
    """What one look at all keys has found so far."""

    def __init__(self) -> None:
        self.classes: defaultdict[str, Group] = defaultdict(Group)
        self.tenants: defaultdict[tuple[str, str], Group] = defaultdict(Group)

    def count(self, of: str, tenant: str) -> None:
        """Take in a key."""
        self.classes[of].keys += 1
        if tenant:
            self.tenants[self._named(of, tenant)].keys += 1

    def sample(self, of: str, tenant: str, memory: int | None, left: int) -> None:
        """Take in what was asked about a key."""
        self.classes[of].samples.add(memory, left)
        if tenant:
            self.tenants[self._named(of, tenant)].samples.add(memory, left)

    def _named(self, of: str, tenant: str) -> tuple[str, str]:
        known = (of, tenant) in self.tenants or len(self.tenants) < MAX_TENANTS
        return of, tenant if known else OTHER

    def memory(self, of: str, group: Group) -> float | None:
        """Return the bytes of a group; by what its class takes where it has no samples."""
        mean = group.samples.mean
        mean = self.classes[of].samples.mean if mean is None else mean
        return None if mean is None else mean * group.keys

    def largest(self, of: str, most: int) -> list[tuple[str, int, float | None]]:
        """Return name, keys and bytes of the tenants with the most keys; the others together."""
        found = [
            (tenant, group.keys, self.memory(of, group))
            for (name, tenant), group in self.tenants.items()
            if name == of and tenant != OTHER
        ]
        found.sort(key=lambda one: (-one[1], one[0]))
        rest = found[most:]
        if beyond := self.tenants.get((of, OTHER)):
            rest.append((OTHER, beyond.keys, self.memory(of, beyond)))
        if rest:
            memory = [one[2] for one in rest if one[2] is not None]
            together = sum(one[1] for one in rest)
            found[most:] = [(OTHER, together, sum(memory) if memory else None)]
        return found

    def dropped(self, of: str, most: int) -> int:
        """Return how many tenants that leaves without a name."""
        named = sum(name == of and tenant != OTHER for name, tenant in self.tenants)
        return max(named - most, 0)
