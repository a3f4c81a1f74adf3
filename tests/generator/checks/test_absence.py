"""Series whose end nobody notices."""

from __future__ import annotations

from collections.abc import Callable

import pytest

Found = Callable[..., list[str]]


@pytest.mark.parametrize(
    ("query", "metrics"),
    [
        ("cache_up == 0", []),
        ("cache_up == 0 or absent(cache_keys)", []),
        ("cache_up == 0 unless cache_keys > 1", []),
        ("cache_up + cache_keys < 1", ["cache_keys"]),
        ("cache_up == 0 and on (instance) instance:misses:rate5m > 1", ["cache_misses_total"]),
    ],
)
def test_series_whose_end_is_nowhere_told(alerted: Found, query: str, metrics: list[str]) -> None:
    """Each metric whose end silences an alert ends in a story, or is told."""
    said = alerted("absence", query)

    assert [
        m for m in metrics if any(f"when {m} ends this falls silent" in w for w in said)
    ] == metrics
    assert len(said) == len(metrics)
