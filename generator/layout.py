"""Where panels stand: rows of equal height on Grafana's grid of 24 columns."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from generator.panels import Dashboard, Panel

COLUMNS, HEIGHT = 24, 8

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
        for line in _lines(list(panels)):
            x, share = 0, COLUMNS // sum(_SHARES[p.kind] for p in line)
            for panel in line:
                width = share * _SHARES[panel.kind]
                yield panel, Place(x, y, width, HEIGHT)
                x += width
            y += HEIGHT


def _lines(panels: list[Panel]) -> Iterator[list[Panel]]:
    """Break a row into as few lines as hold it, of nearly the same number of panels."""
    lines = -(-sum(_SHARES[p.kind] for p in panels) // _IN_A_LINE)
    for n in range(lines):
        yield panels[n * len(panels) // lines : (n + 1) * len(panels) // lines]
