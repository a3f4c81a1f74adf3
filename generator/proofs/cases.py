"""A story as promtool runs it: the rules that it needs, and what is asked at which moment."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from generator.model import Model, Rule
from generator.queries import selectors_in
from generator.rules import (
    Alert,
    DefinitionError,
    Example,
    Reading,
    Record,
    Source,
    Vanished,
    promql,
)

Story = Example | Vanished | Reading

# Values agree when they do to a millionth: nobody writes all digits of a third.
_DIGITS = 0.000001


@dataclass(frozen=True)
class Point:
    """One question to promtool: what is expected, and what it means if it disagrees.

    ``expr`` is PromQL, or, where ``alert`` is set, the name of an alert.
    """

    time: str
    expr: str
    expected: Sequence[Mapping[str, Any]]
    wrong: str
    alert: bool = False

    @property
    def told_as(self) -> str:
        """How promtool begins what it says of this point."""
        what = f"alertname: {self.expr}" if self.alert else f"expr: {json.dumps(self.expr)}"
        return f"{what}, time: {self.time},"


@dataclass(frozen=True)
class Case:
    """One story of one rule, ready to be run."""

    rule: str
    story: str
    source: Source
    interval: str
    given: Mapping[str, str]
    rules: Sequence[Mapping[str, Any]]
    points: Sequence[Point]

    def rule_file(self) -> dict[str, Any]:
        """Return the slice of rules: this one, and the recording rules that it needs."""
        return {"groups": [{"name": "slice", "rules": list(self.rules)}]}

    def test_file(self, rule_file: str) -> dict[str, Any]:
        """Return what promtool is to test."""
        series = [{"series": name, "values": values} for name, values in self.given.items()]
        asked = {
            "interval": self.interval,
            "input_series": series,
            "alert_rule_test": [
                {"eval_time": p.time, "alertname": p.expr, "exp_alerts": list(p.expected)}
                for p in self.points
                if p.alert
            ],
            "promql_expr_test": [
                {"eval_time": p.time, "expr": p.expr, "exp_samples": list(p.expected)}
                for p in self.points
                if not p.alert
            ],
        }
        return {
            "rule_files": [rule_file],
            "evaluation_interval": self.interval,
            "tests": [asked],
        }


def cases_of(model: Model, name: str, rule: Rule) -> Iterator[Case]:
    """Yield every story of a rule as a case.

    ``rule`` need not be the model's own: a proof by mutation passes a changed one.
    """
    for story in rule.tests:
        others = _others(model, story)
        rules = sliced(model, {name: rule, **others}, story.given)
        points = tuple(_points(model, name, rule, story))
        yield Case(name, story.story, story.source, story.interval, story.given, rules, points)


def _others(model: Model, story: Story) -> dict[str, Rule]:
    if isinstance(story, Vanished) and isinstance(story.instead, Alert):
        return {name_of(model, story.instead): story.instead}
    return {}


def name_of(model: Model, alert: Alert) -> str:
    """Return the name that the model knows an alert by."""
    return next((n for n, a in model.alerts.items() if a is alert), "")


def sliced(
    model: Model, rules: Mapping[str, Rule], given: Mapping[str, str]
) -> list[dict[str, Any]]:
    """Return some rules and the recording rules that they need, in the model's order.

    What a story gives as recorded is not recorded anew.
    """
    records = {**model.records, **{n: r for n, r in rules.items() if isinstance(r, Record)}}
    told = {s.name for series in given for s in selectors_in(series)}
    records = {n: r for n, r in records.items() if n not in told}
    wanted = set().union(*(needed(records, rule.expr) for rule in rules.values()), rules)
    sliced = [{"record": n, "expr": promql(r.expr)} for n, r in records.items() if n in wanted]
    alerts = {n: r for n, r in rules.items() if isinstance(r, Alert)}
    return [*sliced, *(_alert(name, alert) for name, alert in alerts.items())]


def needed(records: Mapping[str, Record], expr: str) -> set[str]:
    """Return the names of the recording rules that a query reads, directly or not."""
    found: set[str] = set()
    todo = [expr]
    while todo:
        read = {s.name for s in selectors_in(todo.pop()) if s.name in records} - found
        found |= read
        todo += [records[name].expr for name in read]
    return found


def _alert(name: str, alert: Alert) -> dict[str, Any]:
    rule = {
        "alert": name,
        "expr": promql(alert.expr),
        "for": alert.for_,
        "labels": {"severity": alert.severity},
        "annotations": {"summary": alert.summary, "description": alert.description},
    }
    return rule | ({"keep_firing_for": alert.keep_firing_for} if alert.keep_firing_for else {})


def _points(model: Model, name: str, rule: Rule, story: Story) -> Iterator[Point]:
    """Yield what is asked of promtool in a story."""
    match rule, story:
        case Alert(), Example():
            yield from _of_example(name, rule, story)
        case Alert(), Vanished():
            yield from _of_vanished(model, name, rule, story)
        case Record(), Reading():
            yield _of_reading(name, story)
        case _:
            kind = type(story).__name__
            raise DefinitionError(f"{story.source}: {name}: {kind} is for another kind of rule")


def _of_example(name: str, rule: Alert, story: Example) -> Iterator[Point]:
    yield fires(name, story.silent_at, 0, "it should be silent, but fires")
    yield fires(name, story.fires_at, 1, "it should fire, but is silent")
    yield fires(name, story.gone_at, 0, "it should be gone, but still fires")
    if story.says:
        description = story.explains or rule.description
        alert = {
            "exp_labels": {**story.labels, "severity": rule.severity},
            "exp_annotations": {"summary": story.says, "description": description},
        }
        labels = ", ".join(f'{k}="{v}"' for k, v in story.labels.items())
        wrong = f"it should be the one alert {{{labels}}} that says {story.says!r}; promtool got:"
        yield Point(story.fires_at, name, [alert], wrong, alert=True)


def _of_vanished(model: Model, name: str, rule: Alert, story: Vanished) -> Iterator[Point]:
    itself = story.instead == "this"
    wrong = "it should fire by itself, but is silent" if itself else "it should be silent"
    yield fires(name, story.at, int(itself), wrong)
    if isinstance(story.instead, Alert):
        other = name_of(model, story.instead)
        yield fires(other, story.at, 1, f"{other} should fire instead, but is silent")
    if leaves := sorted(_leaves(model.records, rule.expr)):
        metrics = "|".join(leaves)
        there = f'count(count by (__name__) ({{__name__=~"{metrics}"}})) == {len(leaves)}'
        wrong = f"nothing has vanished: end the values of {' or '.join(leaves)} with stale"
        yield Point(story.at, there, [], wrong)


def _of_reading(name: str, story: Reading) -> Point:
    samples = [{"labels": labels, "value": value} for labels, value in story.reads.items()]
    wanted = ", ".join(f"{labels} {value:g}" for labels, value in story.reads.items())
    wrong = f"it should read {wanted or 'nothing'}; promtool got:"
    return Point(story.at, f"round({name}, {_DIGITS:f})", samples, wrong)


def fires(name: str, time: str, count: int, wrong: str) -> Point:
    """Ask whether an alert fires at a moment: once or more, or, with a count of 0, not at all."""
    firing = f'count(ALERTS{{alertname="{name}", alertstate="firing"}}) > bool 0'
    return Point(time, firing, [{"labels": "{}", "value": 1}] * count, wrong)


def _leaves(records: Mapping[str, Record], expr: str) -> set[str]:
    """Return the metrics that a query reads in the end: none of them is recorded."""
    exprs = [expr, *(records[name].expr for name in needed(records, expr))]
    return {s.name for text in exprs for s in selectors_in(text)} - set(records)


_TOLD = re.compile(r"^    (?=alertname: |expr: )", re.MULTILINE)


def disagrees(said: str) -> bool:
    """Whether promtool ran a story, and found another ending than the one that is told."""
    return "FAILED" in said and _TOLD.search(said) is not None


def wrong_points(case: Case, said: str) -> list[str]:
    """Say in which points a story and promtool disagree: the first of each moment."""
    if "FAILED" not in said:
        return []
    _, *parts = _TOLD.split(said)
    found: dict[str, str] = {}
    for point in case.points:
        for part in parts:
            if part.startswith(point.told_as):
                got = " ".join(part.rpartition("got:")[2].split())
                tail = f" {got}" if point.wrong.endswith(":") else ""
                found.setdefault(point.time, f"at {point.time} {point.wrong}{tail}")
    return list(found.values()) or [" ".join(said.split())]
