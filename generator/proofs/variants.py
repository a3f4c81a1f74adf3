"""Services with limits of their own: are their rules theirs, and the stock ones everybody else's?

What differs for such a service is rendered twice: once for all others, and once for it.
Nobody writes examples of that, so they are made from those of the stock rule.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Literal

from generator.model import Model, Rule
from generator.proofs.cases import Case, Point, fires, sliced
from generator.proofs.mutants import Mutant
from generator.queries import narrowed, selectors_in
from generator.rules import Example, Reading, promql


@dataclass(frozen=True)
class Variant:
    """A rule that reads differently for one service."""

    service: str
    name: str
    rule: Rule

    @property
    def title(self) -> str:
        """How the rule of this service is called where it is told of."""
        return f"{self.name} of {self.service}"

    def only(self, op: Literal["=", "!="]) -> Rule:
        """Return the rule for the service alone, or for all others."""
        return replace(
            self.rule, expr=narrowed(promql(self.rule.expr), "service", op, self.service)
        )


def variants_of(model: Model, rules: Mapping[str, Rule]) -> Iterator[Variant]:
    """Yield every rule, of those given, that reads differently for a service.

    Each is the stock rule: what differs is the number that it compares with.
    """
    for service, own in model.variants.items():
        for name in own:
            if name in rules:
                yield Variant(service, name, rules[name])


def cases_of(model: Model, variant: Variant) -> Iterator[Case]:
    """Yield what must hold of a variant: it fires for its service, and nothing else does."""
    yield from _fires_for_it(model, variant, variant.only("="))
    yield from _spares_others(model, variant, variant.only("="))
    yield from _spared_by_stock(model, variant, variant.only("!="))


def mutants_of(model: Model, variant: Variant) -> Iterator[tuple[Mutant, list[Case]]]:
    """Yield what may go wrong with how rules are told apart, each with what may notice it."""
    killer = "an Example whose series say nothing of a service"
    unbound = variant.rule
    name = f'matcher service="{variant.service}" dropped'
    yield Mutant(name, unbound, killer), list(_spares_others(model, variant, unbound))
    name = f'matcher service!="{variant.service}" dropped'
    yield Mutant(name, unbound, killer), list(_spared_by_stock(model, variant, unbound))


def _fires_for_it(model: Model, variant: Variant, own: Rule) -> Iterator[Case]:
    wrong = "with its own service it should fire like the stock rule, but is silent"
    for story in _stories(variant.rule):
        if isinstance(story, Example):
            point = fires(variant.name, story.fires_at, 1, wrong)
            given = _labelled(story.given, variant.service)
            yield _case(model, variant, own, story, given=given, point=point)


def _spares_others(model: Model, variant: Variant, own: Rule) -> Iterator[Case]:
    for story in _stories(variant.rule):
        point = _nothing(variant, story, f"only {variant.service} should be told of by this rule")
        yield _case(model, variant, own, story, given=story.given, point=point)


def _spared_by_stock(model: Model, variant: Variant, stock: Rule) -> Iterator[Case]:
    for story in _stories(variant.rule):
        point = _nothing(variant, story, f"the stock rule should leave {variant.service} alone")
        given = _labelled(story.given, variant.service)
        yield _case(model, variant, stock, story, given=given, point=point)


def _stories(rule: Rule) -> Iterator[Example | Reading]:
    """Yield the stories in which something happens, and that speak of no service yet."""
    for story in rule.tests:
        if isinstance(story, Example) or (isinstance(story, Reading) and story.reads):
            series = [s for text in story.given for s in selectors_in(text)]
            if not any("service" in s.labels for s in series):
                yield story


def _labelled(given: Mapping[str, str], service: str) -> dict[str, str]:
    return {narrowed(text, "service", "=", service): values for text, values in given.items()}


def _nothing(variant: Variant, story: Example | Reading, wrong: str) -> Point:
    if isinstance(story, Example):
        return fires(variant.name, story.fires_at, 0, wrong)
    return Point(story.at, variant.name, [], wrong)


def _case(
    model: Model,
    variant: Variant,
    rule: Rule,
    story: Example | Reading,
    *,
    given: Mapping[str, str],
    point: Point,
) -> Case:
    rules = sliced(model, {variant.name: rule}, given)
    return Case(variant.title, story.story, story.source, story.interval, given, rules, (point,))
