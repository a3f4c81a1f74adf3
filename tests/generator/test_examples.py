"""Examples: they hold for the alert they belong to, and notice when it changes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from exporters.errors import UserError
from generator.model import Model
from generator.proofs.examples import Proof, prove


def _proof_with(stack: Model, name: str, **changed: Any) -> Proof:
    group: Mapping[str, Any] = stack.groups["shop"]
    alert = replace(group[name], **changed)
    return prove(replace(stack, groups={"shop": {**group, name: alert}}), [name])


def test_the_examples_of_the_invented_stack_hold(stack: Model) -> None:
    """Every example is silent, fires and is gone when it says so."""
    proof = prove(stack)

    assert proof.holds
    assert proof.text() == (
        "ok      ShopMisses: 1 of 1 examples hold\nok      ShopDown: 1 of 1 examples hold"
    )


@pytest.mark.parametrize(
    ("changed", "wrong"),
    [
        ({"expr": "instance:misses:rate5m > 500"}, ["at 8m it should fire, but is silent"]),
        ({"for_": "20m"}, ["at 8m it should fire, but is silent"]),
        ({"expr": "instance:misses:rate5m >= 0"}, ["at 29m it should be gone, but still fires"]),
        ({"keep_firing_for": "1h"}, ["at 29m it should be gone, but still fires"]),
    ],
)
def test_an_example_notices_a_changed_alert(
    stack: Model, changed: dict[str, str], wrong: list[str]
) -> None:
    """A changed expression or duration breaks the example, which says at which time."""
    (outcome,) = _proof_with(stack, "ShopMisses", **changed).outcomes

    assert list(outcome.wrong) == wrong


def test_an_alert_without_an_example_is_not_proven(stack: Model) -> None:
    """Nothing to run is not the same as nothing wrong."""
    proof = _proof_with(stack, "ShopDown", tests=[])

    assert not proof.holds
    assert proof.text() == "FAILED  ShopDown: no example"


def test_an_example_that_promtool_cannot_read_is_told(stack: Model) -> None:
    """Values that promtool does not understand are its own words, not a traceback."""
    example = replace(stack.alerts["ShopDown"].tests[0], given={"up": "one two"})
    (outcome,) = _proof_with(stack, "ShopDown", tests=[example]).outcomes

    assert "one two" in outcome.wrong[0] or "error" in outcome.wrong[0]


def test_an_alert_that_does_not_exist_is_told(stack: Model) -> None:
    """A misspelt name on the command line is told with the one that was meant."""
    with pytest.raises(UserError, match="did you mean 'ShopDown'"):
        prove(stack, ["ShopDwon"])
