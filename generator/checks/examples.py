"""Does every rule show, by examples, what it does?"""

from __future__ import annotations

from collections.abc import Iterator

from generator.model import Model, Rule
from generator.problems import Problem
from generator.proofs.coverage import not_stated
from generator.rules import Alert


def check(model: Model) -> Iterator[Problem]:
    """Yield a problem for each alert without an example, and for whatever else none states."""
    rules: dict[str, Rule] = {**model.records, **model.alerts}
    for name, rule in rules.items():
        if isinstance(rule, Alert) and not rule.tests:
            what = f"{name}: no example; show when it fires and when it stays silent"
            yield Problem.at(rule.source, what, check="examples")
        elif missing := list(not_stated(rule)):
            what = f"{name}: no example states {', nor '.join(missing)}; add it"
            yield Problem.at(rule.source, what, check="examples", severity="warning")
