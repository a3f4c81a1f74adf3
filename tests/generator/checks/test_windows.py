"""Windows are wide enough, and suit who evaluates them."""

from __future__ import annotations

from collections.abc import Callable

import pytest

Found = Callable[..., list[str]]


@pytest.mark.parametrize(
    ("query", "wrong"),
    [
        ("rate(cache_hits_total[40s])", ""),
        ("max_over_time(cache_keys[10s])", ""),
        ("rate(cache_hits_total[30s])", "warning: instance:misses:rate5m: rate() over 30s sees 3"),
        ("rate(cache_hits_total[15s])", " instance:misses:rate5m: rate() over 15s sees 1.5"),
        ("rate(cache_hits_total[$__rate_interval])", "only Grafana knows $__rate_interval"),
        ('rate(cache_hits_total{job="$job"}[5m])', ""),
    ],
)
def test_windows_in_rules(found: Found, query: str, wrong: str) -> None:
    """A rule's window is a plain one and holds four scrapes (of ten seconds, here) or more."""
    said = found("windows", query)

    assert wrong in said[0] if wrong else said == []


@pytest.mark.parametrize(
    ("query", "wrong"),
    [
        ("rate(cache_hits_total[$__rate_interval])", ""),
        ("increase(cache_hits_total[$__range])", ""),
        ("rate(cache_hits_total[5m])", "rate() over [5m] skips what lies between two points"),
        ("rate(cache_hits_total[$__interval])", "may see one value only"),
    ],
)
def test_windows_in_panels(drawn: Found, query: str, wrong: str) -> None:
    """A panel's window follows the width of the graph."""
    said = drawn("windows", query)

    assert wrong in said[0] if wrong else said == []


def test_rules_that_are_evaluated_too_seldom(told: Callable[..., list[str]]) -> None:
    """Rules that are evaluated more seldom than Prometheus looks back leave gaps."""
    interval = "scrape_interval: 10s\nevaluation_interval: 10m"

    said = told("lightship.yaml", "scrape_interval: 10s", interval, only="windows")

    assert any(
        "what is recorded every 10m is absent in between; take 5m at most" in w for w in said
    )
