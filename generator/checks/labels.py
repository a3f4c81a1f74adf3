"""Is every label that a query, a template or a legend uses still there after aggregation?"""

from __future__ import annotations

import re
from collections.abc import Iterator

from generator.annotations import Annotation
from generator.labels import Labels, place_of_label
from generator.model import Expression, Model
from generator.panels import Query, Variable
from generator.problems import Problem
from generator.rules import Alert, Record

_IN_TEMPLATE = re.compile(r"(?:\$labels|\.Labels)\.(\w+)")
_IN_LEGEND = re.compile(r"\{\{\s*(\w+)\s*\}\}")


def check(model: Model) -> Iterator[Problem]:
    """Yield a problem for each label that cannot be there where it is used."""
    for expression in model.expressions:
        if isinstance(expression.of, Variable):
            continue
        told: dict[str, str] = {}
        labels = model.provenance.of(expression.text, told.setdefault)
        for wrong, word in told.items():
            at = place_of_label(expression.text, word)
            yield expression.problem(wrong, check="labels", at=at)
        for wrong in _unfilled(expression, labels):
            yield expression.problem(wrong, check="labels")


def _unfilled(expression: Expression, labels: Labels) -> Iterator[str]:
    """Yield what names a label that the result does not carry."""
    used: list[tuple[str, str]] = []
    match expression.of:
        case Alert() as alert:
            for what, text in (("summary", alert.summary), ("description", alert.description)):
                used += [(f"{what} uses $labels.{n}", n) for n in _IN_TEMPLATE.findall(text)]
        case Query() as query:
            used = [(f"legend uses {{{{{n}}}}}", n) for n in _IN_LEGEND.findall(query.legend)]
        case Annotation() as one:
            used = [(f"text uses {{{{{n}}}}}", n) for n in _IN_LEGEND.findall(one.text)]
        case Record() as record:
            used = [(f"it declares the label {n!r}", n) for n in record.labels]
    for what, name in used:
        if not labels.has(name):
            yield f"{what}, which the result does not carry; use one of its labels: {labels}"
