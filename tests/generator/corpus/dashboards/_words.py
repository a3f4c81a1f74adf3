"""How the corpus writes a dashboard: rows of panels, each a line or two."""

from collections.abc import Mapping, Sequence

from alerts._families import BY_NAME
from generator.panels import Dashboard, Kind, Panel, Query, Unit, Variable


def variable(label: str, of: str) -> Variable:
    """Return a variable that offers the values of a label of a metric."""
    return Variable(label, BY_NAME[of])


def panel(
    title: str, unit: Unit, *queries: str, legend: str = "", kind: Kind = "timeseries"
) -> Panel:
    """Return a panel without a word of help beyond its title."""
    return Panel(
        kind=kind, title=title, unit=unit, help=f"{title}.",
        queries=[Query(expr, legend=legend) for expr in queries],
    )  # fmt: skip


def page(
    title: str, variables: Sequence[Variable], rows: Mapping[str, Sequence[Panel]]
) -> Dashboard:
    """Return a dashboard."""
    return Dashboard(title, f"{title} at a glance.", variables, rows)
