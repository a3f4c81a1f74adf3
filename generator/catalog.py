"""Every series that the catalog says exists, by the name that PromQL selects it with."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib import import_module
from pkgutil import iter_modules

import exporters.catalog
from exporters.catalog.family import Family, Series


@cache
def families() -> Mapping[str, Family]:
    """Return every declared family, by its exposed name."""
    modules = [
        import_module(f"exporters.catalog.{m.name}")
        for m in iter_modules(exporters.catalog.__path__)
    ]
    found = [v for m in modules for v in vars(m).values() if isinstance(v, Family)]
    return {family.name: family for family in found}


@cache
def series() -> Mapping[str, Series]:
    """Return every series that can be selected: families, and the parts of histograms."""
    return {s.name: s for family in families().values() for s in family.series}
