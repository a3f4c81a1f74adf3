"""Units of panels agree with their queries."""

from __future__ import annotations

from collections.abc import Callable

import pytest

Found = Callable[..., list[str]]


@pytest.mark.parametrize(
    "query",
    [
        "rate(cache_hits_total[$__rate_interval])",
        "sum(rate(cache_hits_total[5m])) + 1",
        "rate(cache_hits_total[5m]) * 2 or vector(0)",
        "cache_memory_used_bytes / cache_uptime_seconds / cache_memory_used_bytes",
        "1 / cache_uptime_seconds",
        "deriv(cache_keys[5m])",
    ],
)
def test_units_that_agree(drawn: Found, query: str) -> None:
    """A panel in operations per second may show whatever comes to one over seconds."""
    assert drawn("units", query) == []


@pytest.mark.parametrize(
    ("query", "wrong"),
    [
        ("cache_memory_used_bytes", "the query gives bytes; use unit='bytes'"),
        ("cache_keys", "gives a count or a share; use unit='short' or 'none' or 'percentunit'"),
        ("rate(cache_network_read_bytes_total[5m])", "gives bytes per second; use unit='Bps'"),
        ("rate(cache_commands_seconds_total[5m])", "gives a count or a share"),
        (
            "histogram_quantile(0.9, rate(cache_command_duration_seconds_bucket[5m]))",
            "the query gives seconds; use unit='s'",
        ),
        (
            "cache_memory_used_bytes * cache_memory_used_bytes",
            "the query gives s^0 B^2; divide or multiply until it does",
        ),
        (
            "cache_memory_used_bytes > cache_uptime_seconds",
            "bytes > seconds has no meaning; bring both sides to one unit",
        ),
    ],
)
def test_units_that_contradict(drawn: Found, query: str, wrong: str) -> None:
    """A panel in operations per second that shows something else is told, with the right unit."""
    assert any(wrong in said for said in drawn("units", query))
