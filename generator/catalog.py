"""Every series that the catalog says exists, by the name that PromQL selects it with."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from exporters.catalog import families
from exporters.catalog.family import Series


@cache
def series() -> Mapping[str, Series]:
    """Return every series that can be selected: families, and the parts of histograms."""
    return {s.name: s for family in families().values() for s in family.series}
