"""Families that a settings file declares, each under its name: ``own.shop_orders``."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from exporters.catalog.family import CatalogError, Family
from exporters.hints import choose

_families: dict[str, Family] = {}


class UndeclaredError(CatalogError, AttributeError):
    """A name under which the settings file declares nothing."""


def declare(families: Iterable[Family]) -> None:
    """Let these families be known here, and no others."""
    _families.clear()
    _families.update({family.name: family for family in families})


def families() -> Mapping[str, Family]:
    """Return what is declared, by name."""
    return _families


def __getattr__(name: str) -> Family:
    """Return a family by its name. Raises UndeclaredError for one that is not declared."""
    if name not in _families:
        fix = choose(name, _families, what="it declares")
        raise UndeclaredError(
            f"the settings file declares no family '{name}' under 'metrics'; {fix}"
        )
    return _families[name]
