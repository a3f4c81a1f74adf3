"""Who is told: our reading of routes is Alertmanager's, and what is asserted is compared."""

from __future__ import annotations

import random
import subprocess
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from exporters.catalog.family import Matcher, quoted
from generator.alertmanager import configuration
from generator.model import Model
from generator.proofs import promtool
from generator.routes import Receiver, Route, Routing
from generator.yamltext import dump

Told = Callable[..., list[str]]

LABELS = ("severity", "service", "team")
VALUES = ("", "a", "b", "ab", "a.b", "a b", 'a"b\\', "é")
PATTERNS = ("a|b", "a.*", ".+", "", "[^a]", "a.b", "(?i:A)")


def _matcher(rng: random.Random) -> str | Matcher:
    op = rng.choice(("=", "!=", "=~", "!~"))
    if op == "=":
        return rng.choice(VALUES)
    return Matcher(op, rng.choice(VALUES[1:] if op == "!=" else PATTERNS))  # type: ignore[arg-type]


def _route(rng: random.Random, depth: int) -> Route:
    labels = rng.sample(LABELS, rng.choice((0, 1, 1, 2)))
    return Route(
        to=Receiver(f"r{rng.getrandbits(40)}"),
        match={label: _matcher(rng) for label in labels},
        routes=[_route(rng, depth - 1) for _ in range(rng.choice((0, 2, 3)) if depth else 0)],
    )


def _told_by_amtool(config: Path, labels: Mapping[str, str]) -> str:
    program = promtool.find("amtool")
    assert program, "amtool is not there; run: lightship tools"
    done = subprocess.run(
        [program, "config", "routes", "test", f"--config.file={config}",
         *(f"{k}={quoted(v)}" for k, v in labels.items())],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    return done.stdout.strip()


@pytest.mark.parametrize("seed", range(15))
def test_we_read_routes_as_amtool_does(stack: Model, tmp_path: Path, seed: int) -> None:
    """Whatever the tree and whatever the labels, we name the receiver that Alertmanager tells."""
    rng = random.Random(seed)
    root = replace(_route(rng, 3), match={}, group_by=["alertname"])
    routing = Routing(root=replace(root, routes=[_route(rng, 2) for _ in range(3)]))
    config = tmp_path / "alertmanager.yml"
    told = configuration(replace(stack, routing=routing))
    config.write_text(dump(told, made_from="a test"), encoding="utf-8")

    for _ in range(10):
        given = {label: rng.choice(VALUES) for label in LABELS}
        labels = {label: value for label, value in given.items() if value}
        assert _told_by_amtool(config, labels) == routing.taken(labels).to.name, labels


def test_an_assertion_that_fails(told: Told) -> None:
    """When the routes tell somebody else, the assertion says whom, and where that route is."""
    (wrong,) = told("alerts/routes.py", '"ShopMisses", everyone', '"ShopMisses", page')

    assert wrong == (
        'routes.py:34: \'page\' is to be told of {alertname="ShopMisses", severity="warning"}, '
        "and the routes tell 'everyone' (line 10); mend the route, or the assertion [routes]"
    )


def test_an_assertion_about_no_alert(told: Told) -> None:
    """An assertion about an alert that is gone is told with the one that was meant."""
    wrong = told("alerts/routes.py", '"ShopMisses"', '"ShopMises"')

    assert any("no alert 'ShopMises'; did you mean 'ShopMisses'?" in w for w in wrong)


def test_an_alert_of_which_nothing_is_asserted(told: Told) -> None:
    """An alert without an assertion is a warning that says what to add."""
    (wrong,) = told("alerts/routes.py", 'Tells("ShopMisses", everyone),', "")

    assert (
        "warning: ShopMisses: nothing says who is to be told; if it is 'everyone', as the routes "
        'have it now, add Tells("ShopMisses", everyone) in alerts/routes.py [routes]'
    ) in wrong


def test_a_route_that_nothing_takes(told: Told) -> None:
    """A route that no asserted alert takes is a warning."""
    wrong = told(
        "alerts/routes.py", '"ShopDown", page, {"service": "shop"}', '"ShopMisses", everyone'
    )

    assert any("no alert that is asserted takes this route to 'page'" in w for w in wrong)


@pytest.mark.parametrize(
    ("old", "new", "wrong"),
    [
        ('cause={"alertname": "ShopDown"}', 'cause={"alertname": "ShopDwn"}', "is its cause"),
        (
            'symptom={"alertname": "ShopMisses"}',
            'symptom={"severity": "info"}',
            "no alert is its symptom",
        ),
        (
            'equal=("instance",)',
            'equal=("command",)',
            "it compares 'command', which no cause carries (ShopDown)",
        ),
        (
            'equal=("instance",)',
            'equal=("alertname", "instance")',
            "no alert is both cause (ShopDown) and symptom (ShopMisses)",
        ),
        ('cause={"alertname": "ShopDown"}', 'cause={"alertname": "ShopDown", "command": "x"}',
         "is its cause"),
    ],
)  # fmt: skip
def test_inhibitions_that_never_apply(told: Told, old: str, new: str, wrong: str) -> None:
    """An inhibition whose two sides no alerts of ours can meet is told with the reason."""
    said = told("alerts/routes.py", old, new)

    assert any("inhibition 'down explains misses': " in w and wrong in w for w in said)
