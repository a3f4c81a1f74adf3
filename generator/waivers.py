"""Which findings are meant to be: a waiver stands where one is, with a reason and an end."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from generator.comments import waivers_in
from generator.definitions import FOLDERS
from generator.intervals import TimeInterval
from generator.model import Model
from generator.panels import Dashboard
from generator.problems import Problem
from generator.routes import Inhibition, Inhibits, Receiver, Route, Tells
from generator.rules import Source, Waiver, one_of

_Key = tuple[str, int, str]


@dataclass(frozen=True)
class Waived:
    """A problem that a waiver lets pass."""

    problem: Problem
    waiver: Waiver


def apply(
    model: Model, found: Collection[Problem], *, known: Collection[str], today: date | None
) -> tuple[list[Problem], list[Waived]]:
    """Return what remains of the problems, and what was waived; both sorted by place.

    A waiver that has expired, or that waives nothing, is a problem of its own.
    """
    by_key, unread = _by_key(model, {problem.file for problem in found})
    open_, waived = [*unread], []
    used: set[Waiver] = set()
    for problem in sorted(found):
        here = by_key.get((problem.file, problem.line, problem.check), [])
        used.update(here)
        valid = [w for w in here if not _expired(w, today)]
        if valid:
            waived.append(Waived(problem, valid[0]))
        else:
            open_.append(problem)
    all_ = {waiver for waivers in by_key.values() for waiver in waivers}
    if not model.complete:
        used |= all_  # what it waives may not have been looked at
    return sorted([*open_, *_wrong(all_, used, known, today)]), waived


def _by_key(
    model: Model, spoken_of: Collection[str]
) -> tuple[Mapping[_Key, list[Waiver]], list[Problem]]:
    """Return the waivers by what they may waive, and the comments that are meant as one."""
    found: dict[_Key, list[Waiver]] = defaultdict(list)
    for source, waivers in _waivers(model):
        for waiver in waivers:
            found[source.file, source.line, waiver.check].append(waiver)
    unread = []
    for file in sorted({*spoken_of, *map(str, _commented(model))}):
        for written in waivers_in(Path(file)):
            if isinstance(written, Problem):
                unread.append(written)
                continue
            for line in written.lines:
                found[file, line, written.waiver.check].append(written.waiver)
    return found, unread


def _commented(model: Model) -> Iterator[Path]:
    """Yield the files in which a waiver may be a comment, whether anything is found there."""
    yield model.settings.path
    runbooks = {alert.runbook or name for name, alert in model.alerts.items()}
    yield from (model.root / "docs" / "runbooks" / f"{name}.md" for name in runbooks)
    for folder in FOLDERS:
        yield from (model.root / folder).glob("*.py")


def _waivers(model: Model) -> Iterator[tuple[Source, Sequence[Waiver]]]:
    """Yield every place that waivers may speak for, those inside a definition with it."""
    for group in model.groups.values():
        for rule in group.values():
            for source in {rule.source, *(story.source for story in rule.tests)}:
                yield source, rule.waived
    for dashboard in model.dashboards.values():
        yield from _of_dashboard(dashboard)
    for one in (*model.limits.values(), *model.passed_over, *_told(model)):
        yield one.source, one.waived


def _of_dashboard(dashboard: Dashboard) -> Iterator[tuple[Source, Sequence[Waiver]]]:
    for source in {dashboard.source, *(variable.source for variable in dashboard.variables)}:
        yield source, dashboard.waived
    for annotation in dashboard.annotations:
        yield annotation.source, annotation.waived
    for panel in dashboard.panels:
        for source in {panel.source, *(query.source for query in panel.queries)}:
            yield source, panel.waived


def _told(
    model: Model,
) -> Iterator[Route | Inhibition | Receiver | TimeInterval | Tells | Inhibits]:
    """Yield everything that says who is told, and when."""
    if routing := model.routing:
        yield from routing.routes()
        yield from routing.receivers()
        yield from routing.intervals.values()
        yield from routing.inhibitions
        yield from routing.tells
        yield from routing.inhibits


def _expired(waiver: Waiver, today: date | None) -> bool:
    return today is not None and date.fromisoformat(waiver.until) <= today


def _wrong(
    all_: Collection[Waiver], used: Collection[Waiver], known: Collection[str], today: date | None
) -> Iterator[Problem]:
    for waiver in all_:
        if waiver.check not in known:
            what = one_of(waiver.check, sorted(known), what="check")
        elif waiver not in used:
            what = f"waiver of {waiver.check!r} waives nothing here; remove it"
        elif _expired(waiver, today):
            what = (
                f"waiver of {waiver.check!r} ended on {waiver.until} ({waiver.reason}); "
                "mend what it waived, or give it a new date"
            )
        else:
            continue
        yield Problem.at(waiver.source, what, check="waivers", severity="warning")
