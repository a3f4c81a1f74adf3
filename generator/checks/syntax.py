"""Is every expression PromQL?"""

from __future__ import annotations

from collections.abc import Iterator

from generator.model import Model
from generator.problems import Problem
from generator.queries import parse


def check(model: Model) -> Iterator[Problem]:
    """Yield a problem for each expression that does not parse."""
    for source, what, text in model.expressions():
        try:
            parse(text)
        except ValueError as error:
            yield Problem.at(source, f"{what}: {error}; mend the query: {text}", check="syntax")
