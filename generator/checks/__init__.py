"""Everything that can be wrong with definitions: one file per check.

A check is a module with a function ``check(model)`` that yields problems; its
name is the module's, and ``docs/checks/<name>.md`` explains it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from importlib import import_module
from pkgutil import iter_modules

from generator.model import Model
from generator.problems import Problem
from generator.proofs import promtool

# The model finds these while it is built: they have a page, but no module here.
FOUND_WHILE_LOADING = ("definitions", "names")


@dataclass(frozen=True)
class Report:
    """What checking found, and what could not be checked because a program is missing."""

    problems: Sequence[Problem]
    unchecked: Sequence[str]


def names() -> list[str]:
    """Return the name of every check."""
    return sorted(m.name for m in iter_modules(__path__))


def run(model: Model) -> Report:
    """Run every check; all problems at once, sorted by place."""
    found = set(model.problems)
    for name in names():
        found.update(import_module(f"{__name__}.{name}").check(model))
    unchecked = [] if promtool.find() else [f"rules against promtool: {promtool.MISSING}"]
    return Report(sorted(found), unchecked)
