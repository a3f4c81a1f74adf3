"""Durations as Prometheus and Alertmanager write them: how long is ``1h30m``?"""

from __future__ import annotations

import re

_SECONDS = {"ms": 0.001, "s": 1, "m": 60, "h": 3600, "d": 86400, "w": 604800, "y": 31536000}
_PART = re.compile(r"(\d+)(ms|[smhdwy])")


def seconds(text: str) -> float:
    """Return the seconds of a duration that has been found to be one; 0 for an empty text.

    >>> seconds("1h30m"), seconds("250ms"), seconds("0")
    (5400, 0.25, 0)
    """
    return sum(int(count) * _SECONDS[unit] for count, unit in _PART.findall(text))
