"""Alerts that nobody drills, and drills that cannot be run."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from generator.checks.drills import check
from generator.model import build

Write = Callable[..., Path]

ALERTS = """
    from generator.drills import Real, Scaled, Simulated
    from generator.rules import Alert, Example, Limit

    MAX = Limit("age_max", 5)
    texts = {"for_": "1m", "severity": "info", "summary": "s", "description": "d"}
    story = Example("s", given={"up": "0x5"}, silent_at="0s", fires_at="1m", gone_at="9m")

    First = Alert(expr="up == 0", drill=Real("cache-stopped"), **texts)
    Second = Alert(expr="up == 0", %s **texts)
    """


@pytest.mark.parametrize(
    ("drill", "wrong"),
    [
        ("", "no drill; say with drill=... how it is made to fire"),
        ('drill=Real("f"),', ""),
        ('drill=Scaled("f", grows_to="age_max"),', ""),
        ('drill=Simulated("it is raining"), tests=[story],', ""),
        (
            'drill=Real(""),',
            "its drill names no fault; name one of those that lightship demo fault lists",
        ),
        (
            'drill=Real("f", grows_to="age_mx"),',
            "its drill grows to a limit 'age_mx' that there is not; did you mean 'age_max'?",
        ),
        (
            'drill=Simulated(" "), tests=[story],',
            "its drill is simulated without a reason; say why the fault cannot be made",
        ),
        (
            'drill=Simulated("why"),',
            "its drill is simulated, and there is no example to feed; add one",
        ),
    ],
)
def test_drills(write: Write, drill: str, wrong: str) -> None:
    """Where some alerts have drills all have, and each drill can be run."""
    found = _found(write(alerts_a=ALERTS % drill))

    assert found == ([f"Second: {wrong}"] if wrong else [])


def test_no_drills_at_all(write: Write) -> None:
    """Whoever drills nothing is not asked to."""
    text = ALERTS.replace('drill=Real("cache-stopped"), ', "") % ""

    assert _found(write(alerts_a=text)) == []


def _found(root: Path) -> list[str]:
    return [problem.message for problem in check(build(root))]
