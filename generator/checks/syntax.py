"""Is every expression PromQL?"""

from __future__ import annotations

from collections.abc import Iterator

from generator.model import Model
from generator.problems import Problem
from generator.proofs import promtool
from generator.queries import parse


def check(model: Model) -> Iterator[Problem]:
    """Yield a problem for each expression that does not parse."""
    for expression in model.expressions:
        try:
            parse(expression.text)
        except ValueError as error:
            at = promtool.where_wrong(expression.text)
            yield expression.problem(f"{error}; mend the query", check="syntax", at=at)
