"""How many series may all of this make, by the bounds that the catalog declares?"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace
from importlib import import_module
from math import prod
from pathlib import Path

from exporters.catalog.bounds import MOST
from exporters.catalog.family import TARGET_LABELS, Family
from exporters.settings import Target
from generator import catalog, prometheus
from generator.checks.jobs import families_of
from generator.model import Model
from generator.problems import Problem, counted_as


def check(model: Model) -> Iterator[Problem]:
    """Yield what targets and records may cost, and a problem where that is too much or unknown."""
    yield from _unbounded(model)
    yield from _targets(model)
    yield from _records(model)


def series_of(family: Family) -> int:
    """Return how many series a family has at most on one target; 1 for a label without bound."""
    parts = len(family.buckets) + 3 if family.type == "histogram" else 1
    return parts * _values(family.labels)


def _values(labels: Collection[str]) -> int:
    return prod(MOST[bound] for bound in _bounds(labels))


def _bounds(labels: Collection[str]) -> Iterator[tuple[str, ...]]:
    """Yield the bounds that cover some labels, those of several labels first."""
    left = set(labels)
    for bound in sorted(MOST, key=len, reverse=True):
        if left >= {*bound}:
            left -= {*bound}
            yield bound


def _unbounded(model: Model) -> Iterator[Problem]:
    """Judge a catalog beside its definitions only: elsewhere, it is not theirs to mend."""
    for stem, families in catalog.by_file().items():
        file = Path(str(import_module(f"exporters.catalog.{stem}").__file__))
        lines = file.read_text(encoding="utf-8").splitlines()
        for family in families if file.is_relative_to(model.root) else ():
            covered = {label for bound in _bounds(family.labels) for label in bound}
            for label in (one for one in family.labels if one not in covered):
                line = next((n for n, text in enumerate(lines, 1) if f'"{family.name}"' in text), 1)
                what = (
                    f"{family.name}: nobody says how many values {label!r} may have; "
                    "add it to exporters/catalog/bounds.py"
                )
                yield Problem(str(file), line, what, "cost", "warning")


def _targets(model: Model) -> Iterator[Problem]:
    """Say what a target of each kind may cost: more than is let through is a problem."""
    for kind in dict.fromkeys(target.kind for target in model.settings.targets.values()):
        names = [n for n, t in model.settings.targets.items() if t.kind == kind]
        costs = {f.name: series_of(f) for f in (*families_of(kind), *_of_every_target())}
        dearest_queries = max((_defined(model.settings.targets[n]) for n in names), key=_total)
        costs |= dearest_queries
        dearest = ", ".join(sorted(costs, key=lambda name: (-costs[name], name))[:3])
        total = _total(costs)
        what = (
            f"key 'targets.{names[0]}': a target of kind {kind!r} has {total:,} series at most, "
            f"{counted_as(len(names), 'target')} {total * len(names):,}; most: {dearest}"
        )
        found = Problem.at_key(model.settings, "targets", names[0], message=what, check="cost")
        if total > prometheus.SAMPLE_LIMIT:
            over = f"{what}; more than {prometheus.SAMPLE_LIMIT:,} are refused: leave families out"
            yield replace(found, message=over)
        else:
            yield replace(found, severity="info")


def _total(costs: Mapping[str, int]) -> int:
    return sum(costs.values())


def _defined(target: Target) -> dict[str, int]:
    """Return what the settings' own queries cost: as many series as they are let.

    What is told of their collectors comes beside that of the others.
    """
    told = [f for f in _of_every_target() if "collector" in f.labels]
    asked = len(target.metrics)
    return {
        **{f.name: one.rows for one in target.metrics for f in one.values.values()},
        **{f.name: series_of(f) + asked * _values({*f.labels} - {"collector"}) for f in told},
    }


def _of_every_target() -> Collection[Family]:
    return catalog.by_file().get("scrape", ())


def _records(model: Model) -> Iterator[Problem]:
    for name, record in model.records.items():
        labels = model.provenance.of_series(name).may - {*TARGET_LABELS, "le"}
        per_target = _values(labels)
        what = f"{name}: it records {counted_as(per_target, 'value')} of each target at most"
        if per_target > prometheus.SAMPLE_LIMIT:
            what += "; aggregate by fewer labels"
            yield Problem.at(record.source, what, check="cost", severity="warning")
        elif per_target > 1:
            yield Problem.at(record.source, what, check="cost", severity="info")
