"""Which findings are meant to be: a waiver stands at the definition, with a reason and an end."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from generator.model import Model
from generator.problems import Problem
from generator.routes import Inhibition, Receiver, Route
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
    by_key: Mapping[_Key, list[Waiver]] = _by_key(model)
    open_, waived = [], []
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


def _by_key(model: Model) -> dict[_Key, list[Waiver]]:
    found: dict[_Key, list[Waiver]] = defaultdict(list)
    for source, waivers in _waivers(model):
        for waiver in waivers:
            found[source.file, source.line, waiver.check].append(waiver)
    return found


def _waivers(model: Model) -> Iterator[tuple[Source, Sequence[Waiver]]]:
    """Yield every place that waivers may speak for, those inside a definition with it."""
    for group in model.groups.values():
        for rule in group.values():
            for source in {rule.source, *(story.source for story in rule.tests)}:
                yield source, rule.waived
    for dashboard in model.dashboards.values():
        yield dashboard.source, dashboard.waived
        for panel in dashboard.panels:
            for source in {panel.source, *(query.source for query in panel.queries)}:
                yield source, panel.waived
    for limit in model.limits.values():
        yield limit.source, limit.waived
    if model.routing is not None:
        routing = model.routing
        places: list[Route | Inhibition | Receiver] = [
            *routing.routes(), *routing.inhibitions, *routing.receivers()
        ]  # fmt: skip
        for one in places:
            yield one.source, one.waived


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
