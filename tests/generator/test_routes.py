"""Who is told: our reading of routes, hours and inhibitions is Alertmanager's own."""

from __future__ import annotations

import random
import subprocess
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from exporters.catalog.family import Matcher, quoted
from generator.alertmanager import configuration
from generator.model import Model
from generator.proofs import promtool
from generator.routes import Receiver, Route, Routing
from generator.yamltext import dump

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
        continue_=rng.random() < 0.3,
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
    """Whatever the tree and whatever the labels, we name whom Alertmanager tells."""
    rng = random.Random(seed)
    routes = [_route(rng, 2) for _ in range(3)]
    routing = Routing(root=Route(to=Receiver("root"), routes=routes))
    config = tmp_path / "alertmanager.yml"
    told = configuration(replace(stack, routing=routing))
    config.write_text(dump(told, made_from="a test"), encoding="utf-8")

    for _ in range(10):
        given = {label: rng.choice(VALUES) for label in LABELS}
        labels = {label: value for label, value in given.items() if value}
        ours = ",".join(route.to.name for route in routing.told(labels))
        assert _told_by_amtool(config, labels) == ours, labels
