"""What examples state, and what they leave open, file by file."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from generator.model import Model, Rule
from generator.proofs.told import Told, hours_open, told_of
from generator.rules import Alert, Example, Vanished

_HEAD = ("", "alerts", "fire", "say what", "vanish", "told", "records", "read")


@dataclass(frozen=True)
class Row:
    """One file of definitions: how many rules it has, and for how many of them is stated what."""

    file: str
    alerts: int
    fire: int
    say_what: int
    vanish: int
    told: int
    records: int
    read: int


@dataclass(frozen=True)
class Coverage:
    """What is stated of the rules of each file and of who is told, and what of them is not."""

    rows: Sequence[Row]
    open: Mapping[str, Sequence[str]]
    told: Told | None = None

    def text(self) -> str:
        """Return a table, and a line for each rule that is not stated in full."""
        table = [_HEAD, *(tuple(map(str, vars(row).values())) for row in self.rows)]
        widths = [max(len(line[n]) for line in table) for n in range(len(_HEAD))]
        lines = [
            "  ".join([line[0].ljust(widths[0]), *map(str.rjust, line[1:], widths[1:])])
            for line in table
        ]
        lines += [str(self.told)] if self.told else []
        lines += [f"not stated: {name}: {'; '.join(what)}" for name, what in self.open.items()]
        return "\n".join(lines)

    def to_json(self) -> dict[str, Any]:
        """Return it for machines."""
        return {
            "files": [vars(row) for row in self.rows],
            "open": {name: list(what) for name, what in self.open.items()},
            "told": vars(self.told) if self.told else None,
        }


def coverage(model: Model, rules: Mapping[str, Rule]) -> Coverage:
    """Return what the examples of some rules state."""
    found = [
        (stem, {n: r for n, r in group.items() if n in rules})
        for stem, group in model.groups.items()
    ]
    missing = {name: list(not_stated(rule)) for name, rule in rules.items()}
    told = {name for name in model.alerts if not hours_open(model, name)}
    return Coverage(
        rows=[_row(stem, own, told) for stem, own in found if own],
        open={name: what for name, what in missing.items() if what},
        told=told_of(model) if {*rules} == {*model.records, *model.alerts} else None,
    )


def not_stated(rule: Rule) -> Iterator[str]:
    """Yield what no example of a rule states, in words that say what to add."""
    if not isinstance(rule, Alert):
        if not rule.tests:
            yield "what it reads (tests=[Reading(…)])"
        return
    examples = [t for t in rule.tests if isinstance(t, Example)]
    if not examples:
        yield "when it is silent, fires and is gone (tests=[Example(…)])"
    elif not all(t.says for t in examples):
        yield "what it says when it fires (says= and labels= of every Example)"
    elif "{{" in rule.description and not all(t.explains for t in examples):
        yield "what its description comes to (explains= of every Example)"
    if not any(isinstance(t, Vanished) for t in rule.tests):
        yield "what happens when its series vanish (tests=[Vanished(…)])"


def _row(stem: str, rules: Mapping[str, Rule], told: Collection[str | None]) -> Row:
    tests = [list(r.tests) for r in rules.values() if isinstance(r, Alert)]
    examples = [[t for t in own if isinstance(t, Example)] for own in tests]
    records = [r for r in rules.values() if not isinstance(r, Alert)]
    return Row(
        file=stem,
        alerts=len(tests),
        fire=sum(bool(own) for own in examples),
        say_what=sum(bool(own) and all(e.says for e in own) for own in examples),
        vanish=sum(any(isinstance(t, Vanished) for t in own) for own in tests),
        told=sum(n in told for n, r in rules.items() if isinstance(r, Alert)),
        records=len(records),
        read=sum(bool(r.tests) for r in records),
    )
