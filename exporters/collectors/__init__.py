"""How each kind of target is measured: one module for each, which has the kind's name.

A module has ``source(target)``. Where a target is asked through an account it also has
``grants(target)``, an async function which says what that account needs. Modules are
loaded where they are used only: drivers cost memory.
"""

from __future__ import annotations

from importlib import import_module

from exporters.grants import Grants
from exporters.probe import Source
from exporters.settings import Target


def source(target: Target) -> Source:
    """Return how a target is measured."""
    found: Source = import_module(f"{__name__}.{target.kind}").source(target)
    for collector in found.collectors:
        collector.page.limit = target.series_limit
    return found


async def grants(target: Target) -> Grants | None:
    """Return what the account of a target needs, and lacks; None for a kind without accounts."""
    module = import_module(f"{__name__}.{target.kind}")
    if not hasattr(module, "grants"):
        return None
    found: Grants = await module.grants(target)
    return found
