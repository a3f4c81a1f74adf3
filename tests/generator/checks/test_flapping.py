"""Alerts that come and go by themselves."""

from __future__ import annotations

from collections.abc import Callable

import pytest

Found = Callable[..., list[str]]
Told = Callable[..., list[str]]


@pytest.mark.parametrize(
    ("query", "wrong"),
    [
        ("cache_up == 0", ""),
        ("cache_keys / cache_connections > 1", ""),
        ("topk(3, cache_keys) > 5", "topk() picks other series at every evaluation"),
        ("absent(cache_up)", "absent() holds until the first scrape; take for_ of 20s or more"),
        (
            "sum(cache_keys) / (sum(cache_connections)) > 1",
            "one side of '/' has seen more targets than the other; take for_ of 10s or more",
        ),
    ],
)
def test_alerts_that_fire_at_once(alerted: Found, query: str, wrong: str) -> None:
    """What a restart or sampling would set off is told of an alert that does not wait."""
    said = alerted("flapping", query)

    assert wrong in said[0] if wrong else said == []


def test_alerts_that_wait(told: Told) -> None:
    """An alert that waits for two scrapes outlasts a restart."""
    said = told(
        "alerts/shop.py",
        "    {misses}\n      > {MAX_MISSES}\n",
        "absent(sum(cache_keys)) / sum(cache_keys)",
        only="flapping",
    )

    assert [w for w in said if "[flapping]" in w] == []
