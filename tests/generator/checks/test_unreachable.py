"""Unreachable: routes that no alert can take, and routes that never tell."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from exporters.catalog.family import differs, regex
from generator.checks.unreachable import check
from generator.intervals import TimeInterval
from generator.model import Model
from generator.routes import Receiver, Route, Routing

night = TimeInterval(name="night", times=("00:00-06:00",))


def _said(stack: Model, *routes: Route) -> list[str]:
    routing = Routing(root=Route(to=Receiver("root"), routes=routes))
    return [problem.message for problem in check(replace(stack, routing=routing))]


def _route(name: str, **given: Any) -> Route:
    return Route(to=Receiver(name), **given)


@pytest.mark.parametrize(
    "routes",
    [
        [_route("a", match={"x": "1"}), _route("b", match={"x": "2"}), _route("c")],
        [_route("a", match={"x": "1", "y": "2"}), _route("b", match={"x": "1"})],
        [_route("a", match={"x": "1"}, continue_=True), _route("b", match={"x": "1"})],
        [_route("a", match={"x": regex("1|2")}), _route("b", match={"x": regex("2|3")})],
        [_route("a", match={"x": differs("1")}, routes=[_route("b", match={"x": "2"})])],
        [_route("a", active=[night]) ],
    ],
)  # fmt: skip
def test_routes_that_can_be_taken(stack: Model, routes: list[Route]) -> None:
    """Routes that some alert passes by to the next, and all inside, are right."""
    assert _said(stack, *routes) == []


@pytest.mark.parametrize(
    ("routes", "wrong"),
    [
        ([_route("a"), _route("b", match={"x": "1"})], "'b': the one at line"),
        ([_route("a", match={"x": "1"}), _route("b", match={"x": "1", "y": "2"})], "'b': the one"),
        ([_route("a", match={"x": regex("1|2")}), _route("b", match={"x": "2"})], "'b': the one"),
        ([_route("a", match={"x": differs("1")}), _route("b", match={"x": "2"})], "'b': the one"),
        (
            [_route("a", match={"x": "1"}, routes=[_route("b", match={"x": "2"})])],
            "'b': its 'x' is never what the routes around it ask for; mend one",
        ),
        (
            [_route("a", match={"x": "1"}, routes=[_route("b"), _route("c", match={"y": "2"})])],
            "'c': the one at line",
        ),
        (
            [_route("a", active=[night], mute=[night])],
            "this route to 'a' is muted at every hour at which it is active; mend active= or mute=",
        ),
    ],
)
def test_routes_that_never_tell(stack: Model, routes: list[Route], wrong: str) -> None:
    """A route behind one that takes all of its alerts, or that contradicts another, is told."""
    (said,) = _said(stack, *routes)

    assert wrong in said
