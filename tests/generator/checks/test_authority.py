"""What promtool refuses."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from generator import checks
from generator.model import Model

Told = Callable[..., list[str]]


def test_authority(told: Told) -> None:
    """What we let pass and promtool refuses is told with promtool's words."""
    (wrong,) = told("alerts/shop.py", "instance }} is down", "instance | no }} is down")

    assert "promtool: " in wrong
    assert 'function "no" not defined' in wrong


def test_authority_of_panels(told: Told) -> None:
    """A panel's query that our parser lets pass and promtool refuses is told with a place."""
    said = told("dashboards/shop.py", "misses(service, instance)", '"cache_up[99999y]"')
    (wrong,) = (w for w in said if "[authority]" in w)

    assert "panel 'Misses': promtool: could not parse expression: " in wrong
    assert "duration out of range; mend the query [authority]" in wrong
    assert wrong.endswith("\n    cache_up[99999y]\n             ^")


def test_authority_in_words_that_we_do_not_know(
    stack: Model, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever promtool says when it refuses, it is told."""
    monkeypatch.setattr("generator.checks.authority._said", lambda _: "panic: no more memory")

    (wrong,) = checks.run(stack).at_least("error")

    assert wrong.message == "promtool: panic: no more memory; mend the rules"
