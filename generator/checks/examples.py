"""Does every rule show, by examples, what it does?"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from exporters.catalog.family import TARGET_LABELS, Series
from exporters.hints import choose
from generator import catalog
from generator.model import Model, Rule
from generator.problems import Problem
from generator.proofs.cases import Story
from generator.proofs.coverage import not_stated
from generator.queries import parse, selectors_in
from generator.rules import Alert


def check(model: Model) -> Iterator[Problem]:
    """Yield a problem for each alert without an example, and for what its examples get wrong."""
    rules: dict[str, Rule] = {**model.records, **model.alerts}
    known: Mapping[str, Series] = {**catalog.series(), **model.records}
    # Their stories are made of the words of their queries, and what is wrong there is told there.
    promised = {objective.source for objective in model.objectives.values()}
    for name, rule in rules.items():
        if isinstance(rule, Alert) and not rule.tests:
            what = f"{name}: no example; show when it fires and when it stays silent"
            yield Problem.at(rule.source, what, check="examples")
        elif missing := list(not_stated(rule)):
            what = f"{name}: no example states {', nor '.join(missing)}; add it"
            yield Problem.at(rule.source, what, check="examples", severity="warning")
        for story in rule.tests if rule.source not in promised else ():
            for wrong in _misspelt(story, known):
                what = f"{name}: {story.story}: {wrong}"
                yield Problem.at(story.source, what, check="examples")


def _misspelt(story: Story, known: Mapping[str, Series]) -> Iterator[str]:
    """Yield what a story gives to no query: promtool would take it, and nothing would read it."""
    for series in story.given:
        try:
            parse(series)
        except ValueError as error:
            yield f"given {series!r}: {error}; write a metric and its labels"
        for selector in selectors_in(series):
            if selector.name not in known:
                yield f"nothing exposes the given {selector.name}; {choose(selector.name, known)}"
                continue
            labels = (*known[selector.name].labels, *TARGET_LABELS)
            for label in selector.labels:
                if label not in labels:
                    yield f"the given {selector.name} has no {label!r}; {choose(label, labels)}"
