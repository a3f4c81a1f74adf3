"""Which families a configuration gives, and how many series: asked live, for people or as JSON."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass

from exporters import columns
from exporters.settings import Settings, Target
from exporters.survey import Survey, chosen, of_each


@dataclass(frozen=True)
class Exposed:
    """A family as a target exposes it now."""

    name: str
    type: str
    help: str
    series: int


@dataclass(frozen=True)
class Explained:
    """What one target gives, and which collectors failed to."""

    target: str
    kind: str
    families: Sequence[Exposed]
    failures: Mapping[str, Sequence[str]]

    @property
    def series(self) -> int:
        """How many series all families have together."""
        return sum(family.series for family in self.families)


def explain(settings: Settings, names: Sequence[str]) -> list[Explained]:
    """Ask the named targets, or all, for everything. Raises UserError for an unknown name."""
    return of_each(_explained, chosen(settings, names))


async def _explained(target: Target) -> Explained:
    survey = Survey(target)
    try:
        text = await survey.ask()
        return Explained(target.name, target.kind, list(exposed(text)), survey.failures)
    finally:
        await survey.close()


def exposed(text: str) -> Iterator[Exposed]:
    """Yield the families of an exposition in its order."""
    for part in text.split("# HELP ")[1:]:
        head, kind, *lines = part.splitlines()
        name, _, help_ = head.partition(" ")
        yield Exposed(name, kind.rpartition(" ")[2], help_, len(lines))


def as_json(found: Sequence[Explained]) -> str:
    """Return what was found for programs."""
    return json.dumps([asdict(one) | {"series": one.series} for one in found], indent=2)


def show(found: Sequence[Explained]) -> Iterator[str]:
    """Yield what was found as lines for people."""
    for one in found:
        yield f"{one.target} ({one.kind}): {one.series} series of {len(one.families)} families"
        for why, collectors in one.failures.items():
            yield f"  without {', '.join(collectors)}: {why}"
        rows = [(str(f.series), f.name, f.type, f.help) for f in one.families]
        yield from (f"  {line}" for line in columns.lines(rows, right=[0]))
    series = sum(one.series for one in found)
    yield f"all targets together: {series} series"
