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


# What a server would refuse, or read differently than it was meant: nothing is rendered with it.
MUST_HOLD = ("limits", "receivers", "syntax", "versions")


def run(model: Model, only: Sequence[str] = ()) -> Report:
    """Run every check, or only those named; all problems at once, sorted by place."""
    found = set(model.problems)
    for name in only or names():
        found.update(import_module(f"{__name__}.{name}").check(model))
    programs = {"promtool": "rules", "amtool": "routing"}
    unchecked = [
        f"{what} against {program}: {promtool.missing(program)}"
        for program, what in programs.items()
        if not promtool.find(program)
    ]
    return Report(sorted(found), unchecked)
