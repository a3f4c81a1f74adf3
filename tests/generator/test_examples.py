"""Examples: they hold for the alert they belong to, and notice when it changes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from exporters.errors import UserError
from generator.model import Model, Rule
from generator.proofs.examples import Proof, prove
from generator.rules import Example, Vanished, record


def _proof_with(stack: Model, name: str, **changed: Any) -> Proof:
    group: Mapping[str, Any] = stack.groups["shop"]
    alert = replace(group[name], **changed)
    return prove(replace(stack, groups={"shop": {**group, name: alert}}), [name])


def test_the_examples_of_the_invented_stack_hold(stack: Model) -> None:
    """Every example is silent, fires and is gone when it says so."""
    proof = prove(stack)

    assert proof.holds
    assert proof.text() == (
        "ok      instance:misses:rate5m: 1 of 1 examples hold\n"
        "ok      ShopMisses: 2 of 2 examples hold\n"
        "ok      ShopDown: 2 of 2 examples hold\n"
        "ok      ShopMisses of shop: 3 of 3 examples hold\n"
        "\n"
        "      alerts  fire  say what  vanish  told  records  read\n"
        "shop       2     2         2       2     2        1     1\n"
        "who is told: 2 of 2 alerts in 2 classes of hours, 4 of 4 routes, 1 of 1 inhibitions"
    )


@pytest.mark.parametrize(
    ("changed", "wrong"),
    [
        ({"expr": "instance:misses:rate5m > 500"}, ["at 8m it should fire, but is silent"]),
        ({"for_": "20m"}, ["at 8m it should fire, but is silent"]),
        ({"expr": "instance:misses:rate5m >= 0"}, ["at 29m it should be gone, but still fires"]),
        ({"keep_firing_for": "1h"}, ["at 29m it should be gone, but still fires"]),
        (
            {"summary": "{{ $value }} is too much"},
            [
                (
                    'at 8m it should be the one alert {instance="a"} that says '
                    "'a misses 10 a second'; "
                    'promtool got: [ 0: Labels:{alertname="ShopMisses", instance="a", '
                    'severity="warning"} Annotations:{description="More than 5 a second.", '
                    'summary="10 is too much"} ]'
                )
            ],
        ),
    ],
)
def test_an_example_notices_a_changed_alert(
    stack: Model, changed: dict[str, str], wrong: list[str]
) -> None:
    """A changed expression or duration breaks the example, which says at which time."""
    outcome, _ = _proof_with(stack, "ShopMisses", **changed).outcomes

    assert list(outcome.wrong) == wrong


def test_an_alert_without_an_example_is_not_proven(stack: Model) -> None:
    """Nothing to run is not the same as nothing wrong."""
    proof = _proof_with(stack, "ShopDown", tests=[])

    assert not proof.holds
    assert proof.text().startswith("FAILED  ShopDown: no example\n")
    assert proof.text().endswith(
        "not stated: ShopDown: when it is silent, fires and is gone (tests=[Example(…)]); "
        "what happens when its series vanish (tests=[Vanished(…)])"
    )


VANISHED = "nobody asks any more"


@pytest.mark.parametrize(
    ("changed", "wrong"),
    [
        ({"instead": "this"}, "at 6m it should fire by itself, but is silent"),
        ({"given": {'cache_up{job="cache"}': "1x5 stale 1"}, "at": "4m"},
         "at 4m nothing has vanished: end the values of cache_up with stale"),
        ({"at": "3m"}, "at 3m it should be silent"),
    ],
)  # fmt: skip
def test_what_happens_when_series_vanish(stack: Model, changed: dict[str, Any], wrong: str) -> None:
    """A story of series that vanish notices whether they do, and what fires then."""
    story = replace(stack.alerts["ShopDown"].tests[1], **changed)
    (outcome,) = _proof_with(stack, "ShopDown", tests=[story]).outcomes

    assert list(outcome.wrong) == [wrong]


def test_what_fires_instead(stack: Model) -> None:
    """Another alert that is to fire instead must do so, with its own recording rules at hand."""
    story = stack.alerts["ShopDown"].tests[1]
    assert isinstance(story, Vanished)
    story = replace(story, instead=stack.alerts["ShopMisses"])
    (outcome,) = _proof_with(stack, "ShopDown", tests=[story]).outcomes
    assert list(outcome.wrong) == ["at 6m ShopMisses should fire instead, but is silent"]

    missing = {**story.given, "cache_misses_total": "0+600x10"}
    (outcome,) = _proof_with(stack, "ShopDown", tests=[replace(story, given=missing)]).outcomes
    assert list(outcome.wrong) == []


@pytest.mark.parametrize(
    ("changed", "wrong"),
    [
        ({"expr": "rate(cache_misses_total[5m]) * 2"}, ('{instance="a"} 0.05; promtool got: '
         '{instance="a"} 1E-01')),
        ({"expr": "rate(cache_misses_total[5m]) > 1"}, '{instance="a"} 0.05; promtool got: nil'),
    ],
)  # fmt: skip
def test_a_reading_notices_a_changed_record(
    stack: Model, changed: dict[str, str], wrong: str
) -> None:
    """A recording rule that reads otherwise than its story says is told with what it reads."""
    name = "instance:misses:rate5m"
    (outcome,) = _proof_with(stack, name, **changed).outcomes

    assert list(outcome.wrong) == [f"at 10m it should read {wrong}"]


def test_stories_are_for_their_kind_of_rule(stack: Model) -> None:
    """A reading says nothing of an alert, and is refused where it was written."""
    tests = stack.records["instance:misses:rate5m"].tests

    with pytest.raises(UserError, match=r"shop\.py:\d+: ShopDown: Reading is for another kind"):
        _proof_with(stack, "ShopDown", tests=tests)


def test_many_examples_run_in_batches_and_keep_their_order(stack: Model) -> None:
    """However many calls it takes, each example gets its own verdict."""
    held = stack.alerts["ShopDown"].tests[0]
    assert isinstance(held, Example)
    broken = replace(held, fires_at="0m")
    tests = [broken if n % 7 == 0 else held for n in range(100)]

    outcomes = _proof_with(stack, "ShopDown", tests=tests).outcomes

    assert [bool(o.wrong) for o in outcomes] == [n % 7 == 0 for n in range(100)]


def test_an_example_that_promtool_cannot_read_is_told(stack: Model) -> None:
    """Values that promtool does not understand are its own words, not a traceback."""
    example = replace(stack.alerts["ShopDown"].tests[0], given={"up": "one two"})
    (outcome,) = _proof_with(stack, "ShopDown", tests=[example]).outcomes

    assert "one two" in outcome.wrong[0] or "error" in outcome.wrong[0]


def test_an_alert_that_does_not_exist_is_told(stack: Model) -> None:
    """A misspelt name on the command line is told with the one that was meant."""
    with pytest.raises(UserError, match="did you mean 'ShopDown'"):
        prove(stack, ["ShopDwon"])


def test_rules_of_services_with_limits_of_their_own(stack: Model) -> None:
    """A rule that a service has by its own limit fires for it, and for nobody else."""
    proof = prove(stack, ["ShopMisses"])

    assert "ok      ShopMisses of shop: 3 of 3 examples hold" in proof.text()


def test_a_description_that_is_a_template_is_stated(stack: Model) -> None:
    """What a description comes to is compared, and asked for where it is a template."""
    alert = stack.alerts["ShopDown"]
    down, gone = alert.tests
    assert isinstance(down, Example)
    text = "Nothing is sold by {{ $labels.instance }}."
    told = [replace(down, explains="Nothing is sold by a."), gone]

    unstated = _proof_with(stack, "ShopDown", description=text)

    assert not unstated.holds
    assert "what its description comes to (explains= of every Example)" in unstated.text()
    assert _proof_with(stack, "ShopDown", description=text, tests=told).holds


def test_every_example_states_what_is_said(stack: Model) -> None:
    """One example of several that does not say what the alert says is an open end."""
    first, *others = stack.alerts["ShopDown"].tests
    assert isinstance(first, Example)
    mute = replace(first, says="", labels={})
    proof = _proof_with(stack, "ShopDown", tests=[first, mute, *others])

    assert "not stated: ShopDown: what it says when it fires (says= and labels= of every Exam" in (
        proof.text()
    )


def test_a_service_that_a_record_forgets(stack: Model) -> None:
    """Where a record drops the label that tells services apart, a service's own rule is silent."""
    keys = record("instance:keys:sum", "Keys.", "sum by (instance) (cache_keys)")
    story = Example(
        "many keys for a while",
        given={'cache_keys{instance="a"}': "0x9 9x9 0x9"},
        silent_at="0m",
        fires_at="12m",
        gone_at="25m",
    )
    changed = replace(stack.alerts["ShopDown"], expr=f"{keys} > 5", tests=[story])
    rules: dict[str, Rule] = {keys.name: keys, "ShopDown": changed}
    variants = {"shop": {"ShopDown": changed}}

    proof = prove(replace(stack, groups={"shop": rules}, variants=variants), ["ShopDown"])

    assert not proof.holds
    assert "FAILED  ShopDown of shop: 1 of 3 examples hold" in proof.text()
    assert "with its own service it should fire like the stock rule, but is silent" in proof.text()
