"""Every series that the catalog says exists, by the name that PromQL selects it with."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from functools import cache
from importlib import import_module
from pkgutil import iter_modules

import exporters.catalog
from exporters.catalog import families, own
from exporters.catalog.family import Family, Series


def declare(declared: Collection[Family]) -> None:
    """Let the families that a settings file declares be part of the catalog, and no others'."""
    if {family.name: family for family in declared} != own.families():
        own.declare(declared)
        for known in (series, family_of, counters):
            known.cache_clear()


@cache
def series() -> Mapping[str, Series]:
    """Return every series that can be selected: families, and the parts of histograms."""
    return {s.name: s for family in _all() for s in family.series}


@cache
def by_file() -> Mapping[str, Sequence[Family]]:
    """Return the families of each file of the catalog, by its stem."""
    stems = [found.name for found in iter_modules(exporters.catalog.__path__)]
    modules = {stem: import_module(f"exporters.catalog.{stem}") for stem in stems}
    return {
        stem: [value for value in vars(module).values() if isinstance(value, Family)]
        for stem, module in modules.items()
    }


@cache
def family_of() -> Mapping[str, Family]:
    """Return the family that each series belongs to, by the name of the series."""
    return {s.name: family for family in _all() for s in family.series}


@cache
def counters() -> frozenset[str]:
    """Return the names of all series that only grow: counters, and the parts of histograms."""
    return frozenset(n for n, f in family_of().items() if f.type in {"counter", "histogram"})


def _all() -> Collection[Family]:
    return [*families().values(), *own.families().values()]
