"""Where panels stand: rows of equal height on Grafana's grid of 24 columns."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from generator.panels import Dashboard, Panel

COLUMNS, HEIGHT = 24, 8

# Numbers by themselves need no more.
_HEIGHT_OF_NUMBERS = 5

# A graph is as wide as two numbers, and a line of the page holds six numbers.
_SHARES = {"timeseries": 2, "bars": 2, "stat": 1, "pie": 1}
_IN_A_LINE = 6


@dataclass(frozen=True)
class Place:
    """Columns and lines of Grafana's grid, from the top left."""

    x: int
    y: int
    w: int
    h: int


def laid_out(dashboard: Dashboard) -> Iterator[tuple[str | Panel, Place]]:
    """Yield every row's title and every panel with its place, from top to bottom."""
    y = 0
    for title, panels in dashboard.rows.items():
        yield title, Place(0, y, COLUMNS, 1)
        y += 1
        for line in _lines(panels):
            height = _HEIGHT_OF_NUMBERS if {p.kind for p in line} == {"stat"} else HEIGHT
            for n, panel in enumerate(line):
                left, right = (COLUMNS * _width(line[:end]) // _width(line) for end in (n, n + 1))
                yield panel, Place(left, y, right - left, height)
            y += height


def _lines(panels: Sequence[Panel]) -> list[Sequence[Panel]]:
    """Break a row into as few lines as hold it, the widest of them as narrow as can be."""
    least = len(_filled(panels, _IN_A_LINE))
    rooms = range(1, _IN_A_LINE + 1)
    return next(found for room in rooms if len(found := _filled(panels, room)) == least)


def _filled(panels: Sequence[Panel], room: int) -> list[Sequence[Panel]]:
    """Fill line after line with what fits."""
    lines: list[Sequence[Panel]] = []
    for panel in panels:
        if lines and _width([*lines[-1], panel]) <= room:
            lines[-1] = [*lines[-1], panel]
        else:
            lines.append([panel])
    return lines


def _width(panels: Sequence[Panel]) -> int:
    return sum(_SHARES[panel.kind] for panel in panels)
