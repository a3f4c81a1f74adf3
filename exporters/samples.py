"""What a target says, as values to look at: an exposition, and how fast its counters grow."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from prometheus_client.parser import text_string_to_metric_families

from exporters.catalog.family import Family

Labels = Mapping[str, str]


@dataclass(frozen=True)
class Samples:
    """The samples of an exposition by name, and of one that is ``seconds`` older, for rates."""

    now: Mapping[str, Mapping[tuple[tuple[str, str], ...], float]]
    before: Mapping[str, Mapping[tuple[tuple[str, str], ...], float]]
    seconds: float

    @property
    def domains(self) -> set[str]:
        """What the names begin with: ``cache``, ``queue``, …"""
        return {name.partition("_")[0] for name in self.now}

    def of(self, family: Family, **labels: str) -> Iterator[tuple[Labels, float]]:
        """Yield the samples of a family that have these labels."""
        for pairs, value in self.now.get(family.name, {}).items():
            if labels.items() <= dict(pairs).items():
                yield dict(pairs), value

    def total(self, family: Family, **labels: str) -> float | None:
        """Return the sum of the samples with these labels; None where there are none."""
        values = [value for _, value in self.of(family, **labels)]
        return sum(values) if values else None

    def largest(self, family: Family, **labels: str) -> float | None:
        """Return the largest of the samples with these labels; None where there are none."""
        return max((value for _, value in self.of(family, **labels)), default=None)

    def rate(self, family: Family) -> float | None:
        """Return how much a counter, all of it, grew in a second; None where nobody counts."""
        now, before = self.now.get(family.name), self.before.get(family.name)
        if not now or not before or self.seconds <= 0:
            return None
        return max(sum(now.values()) - sum(before.values()), 0.0) / self.seconds


def read(text: str, before: str = "", seconds: float = 0.0) -> Samples:
    """Return the samples of a text, beside those of one that is so much older."""
    return Samples(_parsed(text), _parsed(before), seconds)


def _parsed(text: str) -> Mapping[str, Mapping[tuple[tuple[str, str], ...], float]]:
    found: defaultdict[str, dict[tuple[tuple[str, str], ...], float]] = defaultdict(dict)
    for family in text_string_to_metric_families(text):
        for sample in family.samples:
            found[sample.name][tuple(sorted(sample.labels.items()))] = float(sample.value)
    return found
