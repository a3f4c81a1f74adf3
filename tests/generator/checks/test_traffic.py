"""Ratios of rates demand some traffic."""

from __future__ import annotations

from collections.abc import Callable

import pytest

Told = Callable[..., list[str]]


RATIO = "rate(cache_misses_total[5m]) / rate(cache_hits_total[5m])"


RULE = 'f"rate({cache.misses_total}[5m])"'


@pytest.mark.parametrize(
    ("query", "guarded"),
    [
        (f"{RATIO} > 0.5", False),
        (f"({RATIO} or vector(0)) > 0.5", False),
        ("rate(cache_misses_total[5m]) / (rate(cache_hits_total[5m]) > 0) > 0.5", False),
        ("rate(cache_misses_total[5m]) / (rate(cache_hits_total[5m]) >= 1) > 0.5", True),
        (f"{RATIO} > 0.5 and on (instance) rate(cache_hits_total[5m]) > 1", True),
        (f"{RATIO} > 0.5 unless on (instance) rate(cache_hits_total[5m]) < 1", True),
        ("cache_memory_used_bytes / cache_memory_limit_bytes > 0.5", True),
        ("instance:misses:rate5m / rate(cache_hits_total[5m]) > 0.5", False),
    ],
)
def test_traffic(told: Told, query: str, guarded: bool) -> None:
    """An alert on a ratio of rates must demand some traffic, however it says so."""
    said = told("alerts/shop.py", "{misses}\n      > {MAX_MISSES}\n", query + "\n", only="traffic")

    assert any("[traffic]" in wrong for wrong in said) != guarded
    assert all(wrong.endswith("^") for wrong in said)


def test_traffic_through_a_record(told: Told) -> None:
    """A ratio that a recording rule computes is the alert's concern, and named."""
    said = told("alerts/shop.py", RULE, repr(RATIO), only="traffic")

    assert any(
        "warning: ShopMisses: instance:misses:rate5m is a ratio of rates" in wrong for wrong in said
    )
