"""Bounds are written as Prometheus 3 writes them."""

from __future__ import annotations

from collections.abc import Callable

import pytest

Found = Callable[..., list[str]]


@pytest.mark.parametrize(
    ("query", "wrong"),
    [
        ('x_bucket{le="0.5"}', ""),
        ('cache_command_duration_seconds_bucket{le="1e-06"}', ""),
        ('cache_command_duration_seconds_bucket{le="+Inf"}', ""),
        ('x{quantile="1"}', 'Prometheus 3 writes quantile="1.0", so that "1" never matches'),
        ('x_bucket{le="5"}', 'Prometheus 3 writes le="5.0"'),
        ('x_bucket{le="half"}', 'le="half" is no number'),
        (
            'cache_command_duration_seconds_bucket{le="0.5"}',
            'cache_command_duration_seconds_bucket has no bucket le="0.5"; use one of: 1e-06, ',
        ),
    ],
)
def test_bounds(found: Found, query: str, wrong: str) -> None:
    """A bound must be written as Prometheus writes it, and be one that the family counts."""
    said = found("bounds", f"rate({query}[5m])")

    assert wrong in said[0] if wrong else said == []
