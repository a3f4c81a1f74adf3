"""Histograms are read as such."""

from __future__ import annotations

from collections.abc import Callable

import pytest

Found = Callable[..., list[str]]


@pytest.mark.parametrize(
    "query",
    [
        "histogram_quantile(0.9, sum by (le) (rate(cache_command_duration_seconds_bucket[5m])))",
        "histogram_quantile(0.9, rate(cache_command_duration_seconds_bucket[5m]))",
        "max(histogram_quantile(0.9, rate(cache_command_duration_seconds_bucket[5m])))",
        'sum(rate(cache_command_duration_seconds_bucket{le="1.082172"}[5m]))',
        "sum without (command) (rate(cache_command_duration_seconds_bucket[5m]))",
        "sum(rate(cache_command_duration_seconds_sum[5m]))",
    ],
)
def test_histograms_as_they_are_meant(found: Found, query: str) -> None:
    """Quantiles of buckets, one bucket alone and the parts that are no buckets are right."""
    assert found("histograms", query) == []


@pytest.mark.parametrize(
    ("query", "wrong"),
    [
        (
            "histogram_quantile(0.9, sum(rate(cache_command_duration_seconds_sum[5m])))",
            "needs the label le",
        ),
        (
            "sum by (command) (rate(cache_command_duration_seconds_bucket[5m]))",
            (
                "it counts many times; aggregate by (le, …), "
                "or use cache_command_duration_seconds_count"
            ),
        ),
        (
            "avg(histogram_quantile(0.9, rate(cache_command_duration_seconds_bucket[5m])))",
            "a sum or mean of quantiles is no quantile",
        ),
    ],
)
def test_histograms_misread(found: Found, query: str, wrong: str) -> None:
    """What makes a number without a meaning of a histogram is told."""
    assert wrong in found("histograms", query)[0]
