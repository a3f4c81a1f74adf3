"""Can every route ever tell somebody?"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from exporters.catalog.family import Matcher
from generator.model import Model
from generator.problems import Problem
from generator.routes import Matchers, Route, Routing, matches


def check(model: Model) -> Iterator[Problem]:
    """Yield a problem for each route that no alert can take, and each that never tells."""
    if model.routing is None:
        return
    for route, why in _taken_before(model.routing.root, {}):
        what = f"no alert reaches this route to {route.to.name!r}: {why}"
        yield Problem.at(route.source, what, check="unreachable")
    for route in _never_telling(model.routing):
        what = (
            f"this route to {route.to.name!r} is muted at every hour at which it is active; "
            "mend active= or mute="
        )
        yield Problem.at(route.source, what, check="unreachable")


def _taken_before(route: Route, outer: Matchers) -> Iterator[tuple[Route, str]]:
    """Yield the routes inside one that can never be taken; ``outer`` holds for all of them."""
    before: list[Route] = []
    for inside in route.routes:
        wanted = {**outer, **inside.match}
        if clash := _clash(outer, inside.match):
            yield inside, f"its {clash!r} is never what the routes around it ask for; mend one"
        elif takes := _first_that_takes(before, wanted):
            yield inside, f"the one at line {takes.source.line} takes them all; move this before it"
        else:
            yield from _taken_before(inside, wanted)
        before += [] if inside.continue_ else [inside]


def _first_that_takes(before: Sequence[Route], wanted: Matchers) -> Route | None:
    return next((earlier for earlier in before if _follows(earlier.match, wanted)), None)


def _follows(match: Matchers, given: Matchers) -> bool:
    """Whether whatever fits ``given`` fits ``match`` as well."""
    return all(
        label in given and (given[label] == matcher or _fits(given[label], matcher))
        for label, matcher in match.items()
    )


def _clash(outer: Matchers, match: Matchers) -> str:
    """Return a label that two routes, one inside the other, want to be different things."""
    both = [label for label in match if label in outer]
    return next((label for label in both if not _both_fit(outer[label], match[label])), "")


def _both_fit(one: str | Matcher, other: str | Matcher) -> bool:
    if isinstance(one, str):
        return _fits(one, other)
    return not isinstance(other, str) or _fits(other, one)


def _fits(value: str | Matcher, matcher: str | Matcher) -> bool:
    """Whether a plain value fits a matcher; of two patterns nothing is known."""
    return isinstance(value, str) and matches({"": matcher}, {"": value})


def _never_telling(routing: Routing) -> Iterator[Route]:
    for route in routing.routes():
        if not any(route.tells_in(hours) for hours in routing.hour_classes):
            yield route
