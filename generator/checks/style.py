"""Do names and texts read as whoever is woken expects them to?"""

from __future__ import annotations

import re
from collections.abc import Iterator

from generator.model import Model
from generator.panels import Panel
from generator.problems import Problem
from generator.rules import Alert

_CAMEL_CASE = re.compile(r"([A-Z][a-z0-9]+|[A-Z]+(?![a-z]))+")
_RECORD = re.compile(r"[a-z_][a-z0-9_]*(:[a-z_][a-z0-9_]*)+")
_TEMPLATE = re.compile(r"\{\{.*?\}\}", re.DOTALL)

# What fits into one line of a pager, of a chat and of a menu.
_LONGEST_NAME, _LONGEST_SUMMARY = 40, 120
_MOST_ALERTS = 20


def check(model: Model) -> Iterator[Problem]:
    """Yield a problem for each name or text that is missing, too long, or unlike all others."""
    for name, alert in model.alerts.items():
        for wrong in (*_name(name), *_texts(alert)):
            yield Problem.at(alert.source, f"{name}: {wrong}", check="style", severity="warning")
    for name, record in model.records.items():
        if not _RECORD.fullmatch(name):
            what = f"{name}: a record is called level:metric:operations; rename it"
            yield Problem.at(record.source, what, check="style", severity="warning")
    yield from _files(model)
    for dashboard in model.dashboards.values():
        for panel in dashboard.panels:
            for wrong in _panel(panel):
                what = f"panel {panel.title!r}: {wrong}"
                yield Problem.at(panel.source, what, check="style", severity="warning")


def _name(name: str) -> Iterator[str]:
    if not _CAMEL_CASE.fullmatch(name):
        yield "an alert's name is in CamelCase; rename it"
    if len(name) > _LONGEST_NAME:
        yield f"its name has {len(name)} letters; take {_LONGEST_NAME} at most"


def _texts(alert: Alert) -> Iterator[str]:
    for what, text in (("summary", alert.summary), ("description", alert.description)):
        if not text.strip():
            yield f"no {what}; say {'what is wrong, and where' if what == 'summary' else 'why'}"
        elif text.strip()[0].islower():
            yield f"the {what} begins with a small letter; write a sentence"
    if alert.description.strip() and alert.description.strip()[-1] not in ".!?":
        yield "the description does not end; write whole sentences"
    plain = _TEMPLATE.sub("…", alert.summary)
    if "\n" in plain.strip() or len(plain) > _LONGEST_SUMMARY:
        yield f"the summary is no line of {_LONGEST_SUMMARY} letters; move the rest to description"


def _files(model: Model) -> Iterator[Problem]:
    promised = {objective.source for objective in model.objectives.values()}
    for stem, group in model.groups.items():
        file = str(model.root / "alerts" / f"{stem}.py")
        # An objective is one statement, whatever follows from it.
        own = {n: r for n, r in group.items() if isinstance(r, Alert)}
        alerts = len({r.source if r.source in promised else n for n, r in own.items()})
        if alerts > _MOST_ALERTS:
            what = f"{alerts} alerts in one file; split it, {_MOST_ALERTS} at most are read"
            yield Problem(file, 1, what, "style", "warning")
        if len(stem) > _LONGEST_NAME:
            what = f"the group's name has {len(stem)} letters; take {_LONGEST_NAME} at most"
            yield Problem(file, 1, what, "style", "warning")


def _panel(panel: Panel) -> Iterator[str]:
    if not panel.title.strip():
        yield "no title; say what it shows"
    if not panel.help.strip():
        yield "no help; say what it shows, and when to worry"
    if not panel.queries:
        yield "no query; give it one, or leave it out"
