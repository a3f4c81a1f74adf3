"""Which time a page shows, and how finely."""

from __future__ import annotations

import re
from dataclasses import dataclass

from exporters.errors import UserError

# About a point for every second pixel of a wide panel; Grafana asks as finely.
_MAX_POINTS = 500

_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86_400, "w": 604_800}
_RELATIVE = re.compile(r"now(?:-(\d{1,9})([smhdw]))?")
_MILLISECONDS = re.compile(r"\d{1,15}")


@dataclass(frozen=True)
class Window:
    """Seconds since the epoch, on multiples of ``step``, as Grafana asks for them."""

    start: int
    end: int
    step: int

    @property
    def times(self) -> list[int]:
        """Every time at which values are asked for."""
        return list(range(self.start, self.end + 1, self.step))


def window(since: str, until: str, *, now: float, interval: int) -> Window:
    """Return the time between two of Grafana's times: ``now``, ``now-6h`` or milliseconds.

    No step is shorter than ``interval``, the seconds between two samples. Raises UserError for
    what is no time, and for an end that is not after its start.
    """
    start, end = _seconds(since, now), _seconds(until, now)
    if end <= start:
        raise UserError(f"from {since} to {until}: it ends before it begins; exchange the two")
    step = max(interval, -(-int(end - start) // _MAX_POINTS))
    return Window(int(start) // step * step, int(end) // step * step, step)


def _seconds(text: str, now: float) -> float:
    if found := _RELATIVE.fullmatch(text):
        ago, unit = found.groups()
        return now - (int(ago) * _SECONDS[unit] if ago else 0)
    if _MILLISECONDS.fullmatch(text):
        return int(text) / 1000
    raise UserError(f"time {text!r}: not one of Grafana's; write now, now-6h or milliseconds")
