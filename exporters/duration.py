"""Durations as Prometheus and the settings file write them."""

from __future__ import annotations

import re

_UNITS = {
    "ms": 0.001,
    "s": 1.0,
    "m": 60.0,
    "h": 3_600.0,
    "d": 86_400.0,
    "w": 604_800.0,
    "y": 31_536_000.0,
}


def seconds(text: str) -> float:
    """Return how long a duration is.

    >>> seconds("1m30s"), seconds("500ms")
    (90.0, 0.5)
    """
    return sum(int(count) * _UNITS[unit] for count, unit in re.findall(r"(\d+)(ms|[smhdwy])", text))
