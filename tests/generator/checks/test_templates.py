"""Texts with values that nobody can read."""

from __future__ import annotations

from collections.abc import Callable

import pytest

Told = Callable[..., list[str]]


@pytest.mark.parametrize(
    ("old", "new", "wrong"),
    [
        ("{{ $value | humanize }}", "{{ $value }}", "summary shows a rate with all its digits"),
        ("{{ $value | humanize }}", "{{ .Value }}", "summary shows a rate with all its digits"),
        ('"{{ $labels.instance }} is down"', '"{{ $labels.instance }} is {{ $value }}"', ""),
        (
            '"Nothing is sold."',
            '"{{ $externalLabels.cluster }}."',
            "description uses the external label 'cluster', and there are none; leave it out",
        ),
        (
            '"Nothing is sold."',
            "'Of {{ query \"count(cache_upp)\" | first | value }} shops.'",
            "description asks 'count(cache_upp)': nothing exposes cache_upp; mend the query",
        ),
        (
            '"Nothing is sold."',
            "'Of {{ query `count(cache_up` | first | value }} shops.'",
            "description asks 'count(cache_up': ",
        ),
        ('"Nothing is sold."', "'Of {{ query `count(cache_up)` | first | value }} shops.'", ""),
    ],
)
def test_templates(told: Told, old: str, new: str, wrong: str) -> None:
    """A rate is shown with few digits, and a text asks for what there is."""
    said = told("alerts/shop.py", old, new, only="templates")

    assert any(wrong in w for w in said) if wrong else said == []
