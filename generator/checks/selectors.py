"""Does everything that is asked for exist: in the catalog, or as a recording rule?"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from exporters.catalog.family import TARGET_LABELS, Series
from exporters.hints import nearest
from generator import catalog
from generator.model import Model
from generator.problems import Problem
from generator.queries import Selector, place_of, selectors_in


def check(model: Model) -> Iterator[Problem]:
    """Yield a problem for each selector whose metric, or one of whose labels, is unknown."""
    known: Mapping[str, Series] = {**catalog.series(), **model.records}
    for expression in model.expressions:
        for selector in selectors_in(expression.text):
            for wrong, word in _wrong(selector, known):
                at = place_of(expression.text, word, selector.at)
                yield expression.problem(wrong, check="selectors", at=at)


def _wrong(selector: Selector, known: Mapping[str, Series]) -> Iterator[tuple[str, str]]:
    """Yield what is wrong with a selector, each with the word that is meant."""
    if not selector.name:
        yield f"{{{', '.join(selector.labels)}}} names no metric; name one", selector.labels[0]
    elif selector.name not in known:
        fix = "declare it in exporters/catalog, or record it in alerts"
        hint = nearest(selector.name, known, before=", ")
        yield f"nothing exposes {selector.name}{hint}; {fix}", selector.name
    else:
        labels = (*known[selector.name].labels, *TARGET_LABELS)
        for label in selector.labels:
            if label not in labels:
                offered = f"use one of its labels: {', '.join(labels)}"
                hint = nearest(label, labels, before=", ")
                yield f"{selector.name} has no label {label!r}{hint}; {offered}", label
