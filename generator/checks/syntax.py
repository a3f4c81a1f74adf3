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
            ours = "promtool reads it, and we do not: it goes unchecked; write it otherwise"
            fix = ours if at is None else "mend the query"
            yield expression.problem(f"{error}; {fix}", check="syntax", at=-1 if at is None else at)
