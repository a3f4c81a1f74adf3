"""Does every recording rule read what was recorded in the same round?"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from generator.model import Model, Rule
from generator.problems import Problem
from generator.proofs.cases import needed
from generator.queries import place_in, place_of, selectors_in
from generator.rules import Alert, Record


def check(model: Model) -> Iterator[Problem]:
    """Yield a problem for each record that reads itself, a later one, or one of another file."""
    groups = {name: (stem, group) for stem, group in model.groups.items() for name in group}
    for expression in model.expressions:
        record = expression.of
        if isinstance(record, Alert) or not isinstance(record, Record):
            continue
        if record.name in needed(model.records, record.expr):
            what = "it reads itself, directly or not; break the circle"
            yield expression.problem(what, check="dependencies", at=place_in(expression.text))
            continue
        stem, group = groups[record.name]
        for selector in selectors_in(expression.text):
            if selector.name in model.records:
                wrong = _late(stem, group, record.name, selector.name)
                at = place_of(expression.text, selector.name, selector.at)
                if wrong:
                    yield expression.problem(wrong, check="dependencies", at=at, severity="warning")


def _late(stem: str, group: Mapping[str, Rule], name: str, read: str) -> str:
    if read not in group:
        return (
            f"{read} is recorded in another file, and files are evaluated at their own times: "
            f"what it reads is one interval old; record both in alerts/{stem}.py"
        )
    order = list(group)
    if order.index(read) > order.index(name):
        return f"{read} is recorded after it, so that it reads the round before; move it up"
    return ""
