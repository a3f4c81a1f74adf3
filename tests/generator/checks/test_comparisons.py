"""Comparisons that decide nothing, and alerts without any."""

from __future__ import annotations

from collections.abc import Callable

import pytest

Found = Callable[..., list[str]]


@pytest.mark.parametrize(
    "query",
    [
        "cache_up == 0",
        "cache_keys < -1",
        "rate(cache_hits_total[5m]) > 0.5 < 3",
        "absent(cache_up)",
        "count(cache_keys) > 0",
        "cache_up unless cache_keys",
        "count(cache_up == 0) > 0",
        "cache_keys > bool 3 == 1",
        "instance:misses:rate5m * 100 > 5",
        "time() - cache_uptime_seconds < 0",
        "histogram_quantile(0.9, rate(cache_command_duration_seconds_bucket[5m])) > 1",
        "min(clamp_max(cache_keys, 5)) < 2",
        "-rate(cache_hits_total[5m]) < -1",
    ],
)
def test_comparisons_that_decide(alerted: Found, query: str) -> None:
    """A comparison that comes out one way or the other is right."""
    assert alerted("comparisons", query) == []


@pytest.mark.parametrize(
    ("query", "wrong"),
    [
        ("cache_keys", "it compares with nothing, and fires while there are series at all"),
        (
            "cache_up > 1",
            "the left side is at least 0 and at most 1, the right 1: '>' is never true; mend it",
        ),
        (
            "count(cache_keys) == 0",
            "the left side is at least 1, the right 0: '==' is never true; mend it",
        ),
        (
            "count(cache_keys) < 1",
            "the left side is at least 1, the right 1: '<' is never true; mend it",
        ),
        (
            "rate(cache_hits_total[5m]) < 0",
            "the left side is at least 0, the right 0: '<' is never true; mend it",
        ),
        (
            "instance:misses:rate5m < 0",
            "the left side is at least 0, the right 0: '<' is never true; mend it",
        ),
        (
            "(cache_keys > 5) < 3",
            "the left side is at least 5, the right 3: '<' is never true; mend it",
        ),
        ("absent(cache_up) == 0", "the left side is 1, the right 0: '==' is never true; mend it"),
        ("cache_memory_used_bytes < 0", "is never true"),
        (
            "clamp_max(cache_keys, 5) > 5",
            "the left side is at most 5, the right 5: '>' is never true; mend it",
        ),
        (
            "-rate(cache_hits_total[5m]) > 0",
            "the left side is at most 0, the right 0: '>' is never true; mend it",
        ),
        ("hour() > 23", "is never true"),
        ("(cache_keys > bool 3) > 1", "is never true"),
        ("rate(cache_hits_total[5m]) >= 0", "'>=' is always true, and this fires for ever"),
    ],
)
def test_comparisons_that_decide_nothing(alerted: Found, query: str, wrong: str) -> None:
    """A comparison whose outcome is known in advance, or that is missing, is told."""
    (said,) = alerted("comparisons", query)

    assert wrong in said


def test_the_place_of_a_comparison(found: Found) -> None:
    """The caret stands where what is compared begins."""
    (said,) = found("comparisons", "cache_up * (count(cache_keys) < 1)")

    assert said.endswith("    " + " " * 12 + "^")
