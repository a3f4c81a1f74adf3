"""Counters are read as rates, and gauges never."""

from __future__ import annotations

from collections.abc import Callable

import pytest

Found = Callable[..., list[str]]


@pytest.mark.parametrize(
    "query",
    [
        "rate(cache_hits_total[5m])",
        "increase(cache_command_duration_seconds_count[5m])",
        "sum by (instance) (rate(cache_hits_total[5m]))",
        "max_over_time(rate(cache_hits_total[5m])[1h:])",
        "absent(cache_hits_total)",
        "count(cache_hits_total)",
        "cache_up unless cache_hits_total",
        "cache_up and on (instance) (cache_hits_total)",
        "delta(cache_connections[5m])",
        "max_over_time(cache_connections[5m])",
    ],
)
def test_counters_as_they_are_meant(found: Found, query: str) -> None:
    """A counter under a rate, or asked for its presence, and a gauge under none are right."""
    assert found("counters", query) == []


@pytest.mark.parametrize(
    ("query", "named", "at"),
    [
        ("cache_hits_total", "cache_hits_total is a counter", 0),
        ("sum(cache_hits_total) > 5", "cache_hits_total is a counter", 4),
        ("rate(sum(cache_hits_total)[5m:])", "cache_hits_total is a counter", 9),
        ("avg_over_time(cache_hits_total[5m])", "cache_hits_total is a counter", 14),
        ("cache_hits_total and cache_up", "cache_hits_total is a counter", 0),
        (
            "rate(cache_hits_total[5m]) / cache_hits_total",
            "cache_hits_total is a counter",
            29,
        ),
        ("cache_command_duration_seconds_bucket", "seconds_bucket is a counter", 0),
        ("rate(cache_connections[5m])", "cache_connections is no counter", 5),
        ("increase(cache_server_info[5m])", "cache_server_info is no counter", 9),
    ],
)
def test_counters_misread(found: Found, query: str, named: str, at: int) -> None:
    """A counter as it stands and a gauge under a rate are told, with a caret at the place."""
    (wrong,) = found("counters", query)

    assert named in wrong
    assert wrong.endswith(f"[counters]\n    {query}\n    {' ' * at}^")
