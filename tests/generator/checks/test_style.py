"""Names and texts that do not read as they should."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from generator.checks.style import check
from generator.model import Model

Told = Callable[..., list[str]]


@pytest.mark.parametrize(
    ("file", "old", "new", "wrong"),
    [
        ("alerts/shop.py", "ShopDown", "Shop_down", "an alert's name is in CamelCase; rename it"),
        ("alerts/shop.py", "ShopDown", "Shop" * 11, "its name has 44 letters; take 40 at most"),
        (
            "alerts/shop.py",
            '"{{ $labels.instance }} is down"',
            '" "',
            "ShopDown: no summary; say what is wrong, and where",
        ),
        ("alerts/shop.py", '"Nothing is sold."', '""', "ShopDown: no description; say why"),
        ("alerts/shop.py", '"Nothing is', '"nothing is', "begins with a small letter"),
        ("alerts/shop.py", "is sold.", "is sold", "the description does not end"),
        ("alerts/shop.py", "}} is down", "}} is " + "down" * 40, "the summary is no line of 120"),
        ("alerts/shop.py", "instance:misses:rate5m", "misses", "is called level:metric:operations"),
        ("dashboards/shop.py", '"Open"', '""', "panel '': no title; say what it shows"),
    ],
)
def test_style(told: Told, file: str, old: str, new: str, wrong: str) -> None:
    """Names are short and alike, and texts are there and read as sentences."""
    assert any(wrong in w and "[style]" in w for w in told(file, old, new, only="style"))


def test_too_many_alerts_in_a_file(stack: Model) -> None:
    """A file of more alerts than anybody reads is told."""
    group = {f"Shop{n}": stack.alerts["ShopDown"] for n in range(21)}

    said = [p.message for p in check(replace(stack, groups={"shop": group}))]

    assert said == ["21 alerts in one file; split it, 20 at most are read"]
