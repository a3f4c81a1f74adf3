"""Divisions that spoil a sum."""

from __future__ import annotations

from collections.abc import Callable

import pytest

Found = Callable[..., list[str]]


@pytest.mark.parametrize(
    ("query", "spoilt"),
    [
        ("sum(cache_memory_used_bytes / cache_memory_limit_bytes)", True),
        ("avg(rate(cache_misses_total[5m]) / rate(cache_hits_total[5m]))", True),
        ("sum(cache_keys % cache_connections)", True),
        ("max(cache_memory_used_bytes / cache_memory_limit_bytes)", False),
        ("sum(cache_memory_used_bytes / (cache_memory_limit_bytes > 0))", False),
        ("sum(cache_memory_used_bytes / 1024)", False),
        ("sum(cache_memory_used_bytes) / sum(cache_memory_limit_bytes)", False),
        ("sum(cache_keys / count(cache_keys))", False),
    ],
)
def test_divisions_inside_aggregations(found: Found, query: str, spoilt: bool) -> None:
    """A divisor that may be zero spoils a sum or a mean, and no maximum."""
    said = found("division", query)

    assert len(said) == spoilt
    if spoilt:
        assert "one divisor of zero makes all of" in said[0]
