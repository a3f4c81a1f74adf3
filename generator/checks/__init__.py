"""Everything that can be wrong with definitions: one file per check.

A check is a module with a function ``check(model)`` that yields problems; its
name is the module's, and ``docs/checks/<name>.md`` explains it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import date
from importlib import import_module
from pkgutil import iter_modules

from exporters.errors import UserError
from generator import schemas
from generator.model import Model
from generator.problems import LEVELS, Level, Problem
from generator.proofs import promtool
from generator.waivers import Waived, apply

# What is left out without a program that decides, by the program.
_AUTHORITIES = {"promtool": "rules and queries", "amtool": "routing and notifications"}

# Found while the model is built, or while waivers are applied: a page, but no module here.
FOUND_ELSEWHERE: Mapping[str, str] = {
    "definitions": "Can every file be read, and is everything in it of the type that it says?",
    "names": "Has every rule a name that is its own?",
    "waivers": "Does every waiver name a check, waive something, and hold yet?",
}


@dataclass(frozen=True)
class Report:
    """What checking found, what was waived, and what could not be checked for want of a program."""

    problems: Sequence[Problem]
    waived: Sequence[Waived]
    unchecked: Sequence[str]

    def at_least(self, level: Level) -> list[Problem]:
        """Return the problems that weigh as much as ``level``, or more."""
        heavy = LEVELS[: LEVELS.index(level) + 1]
        return [problem for problem in self.problems if problem.severity in heavy]


def names() -> list[str]:
    """Return the name of every check."""
    return sorted(m.name for m in iter_modules(__path__))


def question(check: str) -> str:
    """Return the question that a check answers: the first line of its module."""
    if check in FOUND_ELSEWHERE:
        return FOUND_ELSEWHERE[check]
    return str(import_module(f"{__name__}.{check}").__doc__).partition("\n")[0]


# What other programs judge.
_BY_PROGRAM = ("authority", "notifications", "routing")

# They tell what is missing, which is not to be known while a file could not be read.
_OF_THE_WHOLE = frozenset({
    "inhibitions", "jobs", "limits", "links", "panels", "receivers", "routes", "selectors",
    "templates", "unused",
})  # fmt: skip

# What a server would refuse, or read differently than it was meant: nothing is rendered with it.
_MUST_HOLD = ("limits", "receivers", "syntax", "versions")


def refusals(model: Model, *also: str) -> list[Problem]:
    """Return what forbids rendering, sorted by place; no waiver helps there.

    ``also`` names further checks that must hold.
    """
    found = {*model.problems, *_found(model, (*_MUST_HOLD, *also))}
    return sorted(problem for problem in found if problem.severity == "error")


def run(model: Model, *, today: date | None = None) -> Report:
    """Run every check; all problems at once, sorted by place.

    ``today`` ends waivers that have expired; without it none does.
    """
    found = {*model.problems, *_once(model, _found(model, names()))}
    problems, waived = apply(model, found, known={*names(), *FOUND_ELSEWHERE}, today=today)
    return Report(problems, waived, list(_unchecked(model)))


def _found(model: Model, checks: Sequence[str]) -> Iterator[Problem]:
    """Yield what checks find; those that wait for a program wait while the others work."""
    checks = [name for name in checks if model.complete or name not in _OF_THE_WHOLE]
    waiting = [name for name in _BY_PROGRAM if name in checks]
    with ThreadPoolExecutor() as pool:
        told = [pool.submit(_by, name, model) for name in waiting]
        for name in checks:
            if name not in waiting:
                yield from _by(name, model)
        for found in told:
            yield from found.result()


def _once(model: Model, found: Iterable[Problem]) -> Iterator[Problem]:
    """Leave out what is said of an objective again, for another window."""
    promised = {(one.source.file, one.source.line) for one in model.objectives.values()}
    told: set[Problem] = set()
    for problem in sorted(found):
        same = replace(problem, query="", caret=-1)
        if (problem.file, problem.line) not in promised or same not in told:
            yield problem
        told.add(same)


def _by(name: str, model: Model) -> list[Problem]:
    """Return what a check finds; that it cannot judge these definitions is a finding, too."""
    check = import_module(f"{__name__}.{name}").check
    try:
        return list(check(model))
    except UserError:
        raise
    except Exception as error:  # noqa: BLE001 -- definitions may hold what no check thought of
        what = (
            f"the check {name!r} cannot judge these definitions ({type(error).__name__}: {error}); "
            "report it, with the definitions"
        )
        return [Problem(str(model.root), 0, what, name)]


def _unchecked(model: Model) -> Iterator[str]:
    for program, what in _AUTHORITIES.items():
        if not promtool.find(program):
            yield f"{what} against {program}: {promtool.missing(program)}"
    if older := promtool.older_than_needed():
        yield f"{_AUTHORITIES['promtool']} against promtool: {older}"
    if not schemas.FILE.is_file():
        yield "dashboards against Grafana's schema: it is not here; run: make grafana-schema"
    if not model.complete:
        told = ", ".join(sorted(_OF_THE_WHOLE))
        yield f"{told}: some definitions could not be read; mend those first"
