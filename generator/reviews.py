"""How changes read: on a terminal, as a comment on a pull request, for machines."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import groupby

import click

from generator.changes import Aspect, Change, How
from generator.facts import Kind
from generator.problems import counted_as

_MARKS: Mapping[How, tuple[str, str]] = {
    "added": ("+", "green"),
    "removed": ("-", "red"),
    "renamed": (">", "cyan"),
    "changed": ("~", "yellow"),
}

_TITLES: Mapping[Kind, str] = {
    "routing": "Who is told",
    "receiver": "Receivers",
    "alert": "Alerts",
    "recording rule": "Recording rules",
    "limit": "Limits",
    "inhibition": "Inhibitions",
    "time interval": "Time intervals",
    "dashboard": "Dashboards",
    "panel": "Panels",
}

# What is worth a glance of what is new or gone; the rest stands in the definitions.
_TELLING = (
    "severity", "for", "expression", "value", "title", "queries", "tells", "cause", "symptom",
)  # fmt: skip


def as_text(found: Sequence[Change]) -> str:
    """Return the changes for a terminal, in its colours."""
    if not found:
        return summary(found)
    lines = []
    for kind, group in _by_kind(found):
        lines += [_TITLES[kind]]
        lines += [line for change in group for line in _lines(change)]
        lines += [""]
    return "\n".join([*lines, summary(found)])


def _lines(change: Change) -> Iterator[str]:
    mark, colour = _MARKS[change.how]
    was = f" (was {change.was})" if change.was else ""
    yield click.style(f"  {mark} {change.name}", fg=colour) + was
    for aspect in _shown(change):
        if aspect.what:
            yield f"      {aspect.what}"
        for sign, text in (("-", aspect.before), ("+", aspect.after)):
            paint = {"-": "red", "+": "green"}[sign]
            yield from (click.style(f"        {sign} {t}", fg=paint) for t in text.splitlines())


def _by_kind(found: Sequence[Change]) -> Iterator[tuple[Kind, list[Change]]]:
    for kind, group in groupby(found, key=lambda change: change.kind):
        yield kind, list(group)


def _shown(change: Change) -> list[Aspect]:
    """Return what is told: of what is new or gone, only what says most."""
    if change.how in {"changed", "renamed"}:
        return list(change.aspects)
    return [aspect for aspect in change.aspects if aspect.what in _TELLING]


def summary(found: Sequence[Change]) -> str:
    """Return the sentence that counts, e.g. ``2 panels added; 1 alert changed.``"""
    told = [c for c in found if c.kind == "routing" and c.how == "changed"]
    elsewhere = sum(any(_other_people(a) for a in c.aspects) for c in told)
    said = [f"{counted_as(elsewhere, 'alert')} now told to someone else"] if elsewhere else []
    if later := len(told) - elsewhere:
        said.append(f"{counted_as(later, 'alert')} told at other times")
    for kind, group in _by_kind([c for c in found if c.kind != "routing"]):
        by_how = Counter(change.how for change in group)
        said += [f"{counted_as(by_how[how], kind)} {how}" for how in _MARKS if by_how[how]]
    return "; ".join(said) + "." if said else "Nothing changed."


def _other_people(aspect: Aspect) -> bool:
    """Whether an answer to "who is told?" names others, and not only other times."""
    before, after = (re.sub(r" \([^)]*\)", "", text) for text in (aspect.before, aspect.after))
    return before != after


def as_json(found: Sequence[Change]) -> str:
    """Return the changes as JSON."""
    told = {"summary": summary(found), "changes": [change.to_json() for change in found]}
    return json.dumps(told, indent=2)


def as_markdown(found: Sequence[Change]) -> str:
    """Return the changes as a comment on a pull request: who is told first, then kind by kind."""
    lines = ["### Lightship", "", _plain(summary(found))]
    for kind, group in _by_kind(found):
        lines += ["", f"#### {_TITLES[kind]}", ""]
        lines += list(_table(group) if kind == "routing" else _items(group))
    return "\n".join(lines)


def _table(group: Sequence[Change]) -> Iterator[str]:
    yield "| alert | where | before | now |"
    yield "|---|---|---|---|"
    for change in group:
        for aspect in change.aspects:
            cells = (change.name, aspect.what, aspect.before, aspect.after)
            yield f"| {' | '.join(_code(c).replace('|', chr(92) + '|') for c in cells)} |"


def _items(group: Sequence[Change]) -> Iterator[str]:
    for change in group:
        was = f", was {_code(change.was)}" if change.was else ""
        yield f"- {change.how} {_code(change.name)}{was}"
        if shown := _shown(change):
            lines = [line for aspect in shown for line in _diffed(aspect)]
            fence = "`" * max(3, _ticks("\n".join(lines)))
            yield from (f"  {line}".rstrip() for line in ("", f"{fence}diff", *lines, fence, ""))


def _diffed(aspect: Aspect) -> Iterator[str]:
    yield f"  {aspect.what}"
    yield from (f"- {line}" for line in aspect.before.splitlines())
    yield from (f"+ {line}" for line in aspect.after.splitlines())


def _ticks(text: str) -> int:
    """Return how many backticks text can stand between and stay itself."""
    return 1 + max((len(run) for run in re.findall("`+", text)), default=0)


def _code(text: str) -> str:
    """Return text that stays itself in Markdown, whatever it holds."""
    if not text:
        return ""
    ticks = "`" * _ticks(text)
    pad = " " if text.startswith("`") or text.endswith("`") else ""
    return f"{ticks}{pad}{' '.join(text.split())}{pad}{ticks}"


def _plain(text: str) -> str:
    return text[:1].upper() + text[1:]


REVIEWS: Mapping[str, Callable[[Sequence[Change]], str]] = {
    "text": as_text,
    "json": as_json,
    "markdown": as_markdown,
}
