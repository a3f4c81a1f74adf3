"""Every series that the catalog says exists, by the name that PromQL selects it with."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from exporters.catalog import families
from exporters.catalog.family import Family, Series


@cache
def series() -> Mapping[str, Series]:
    """Return every series that can be selected: families, and the parts of histograms."""
    return {s.name: s for family in families().values() for s in family.series}


@cache
def family_of() -> Mapping[str, Family]:
    """Return the family that each series belongs to, by the name of the series."""
    return {s.name: family for family in families().values() for s in family.series}


@cache
def counters() -> frozenset[str]:
    """Return the names of all series that only grow: counters, and the parts of histograms."""
    return frozenset(n for n, f in family_of().items() if f.type in {"counter", "histogram"})
