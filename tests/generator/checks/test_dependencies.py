"""Recording rules that read what is not recorded yet."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from generator.checks.dependencies import check
from generator.model import build

Told = Callable[..., list[str]]


LATER = """
later = record("instance:later:max", "Later.", "max_over_time(instance:misses:rate5m[1h])")
"""


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        (f"{LATER}", ""),
        (
            'early = record("a:b", "E.", "instance:later:max > 1")' + LATER,
            (
                "instance:later:max is recorded after it, so that it reads the round before; "
                "move it up"
            ),
        ),
        (
            'one = record("a:b", "O.", "c:d > 1")\ntwo = record("c:d", "T.", "a:b > 1")',
            "a:b: it reads itself, directly or not; break the circle",
        ),
    ],
)
def test_records_in_one_file(told: Told, text: str, wrong: str) -> None:
    """A record may read those before it, and neither itself nor those after it."""
    said = told(
        "alerts/shop.py",
        "ShopMisses = Alert(",
        f"{text}\n\nShopMisses = Alert(",
        only="dependencies",
    )
    said = [w for w in said if "[dependencies]" in w]

    assert any(wrong in w for w in said) if wrong else said == []


def test_records_in_other_files(told: Told, tmp_path: Path) -> None:
    """Files are evaluated at their own times: a record of another one is an interval old."""
    told("alerts/shop.py", "", "", only="dependencies")
    text = 'from generator.rules import record\nx = record("a:b", "X.", "instance:misses:rate5m")\n'
    (tmp_path / "alerts/till.py").write_text(text)

    said = [p.message for p in check(build(tmp_path))]

    assert said == [
        (
            "a:b: instance:misses:rate5m is recorded in another file, and files are evaluated at "
            "their "
            "own times: what it reads is one interval old; record both in alerts/till.py"
        )
    ]
