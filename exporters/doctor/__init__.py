"""What is said about each domain of the catalog: one module for each, which has its name.

A module has ``examine(samples, limits, diagnosis)``: it adds tables of facts, and what is
wrong, to the diagnosis of a target that exposes families of its domain. So a collector
that speaks a shared vocabulary is examined without a line of its own.
"""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from pkgutil import iter_modules

from exporters.diagnosis import Diagnosis
from exporters.samples import Samples


class Limits:
    """The limits of a service: its own where it has any, else the stock ones."""

    def __init__(self, own: Mapping[str, float]) -> None:
        self._own = own

    def __call__(self, name: str, stock: float) -> float:
        """Return a limit by the name and with the stock value that alerts know it by."""
        return self._own.get(name, stock)


def examine(samples: Samples, limits: Limits) -> Diagnosis:
    """Return what every domain's module finds in a target's samples."""
    diagnosis = Diagnosis()
    for module in iter_modules(__path__):
        if module.name in samples.domains:
            import_module(f"{__name__}.{module.name}").examine(samples, limits, diagnosis)
    return diagnosis
