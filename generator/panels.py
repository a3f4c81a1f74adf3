"""What a panel, a variable and a dashboard are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, get_args
from zlib import crc32

from exporters.catalog.family import Series
from generator.annotations import Annotation
from generator.rules import Alert, DefinitionError, Source, Waiver, one_of, promql, require_query

# Grafana's ids of the units that we use.
Unit = Literal["short", "percentunit", "bytes", "Bps", "ops", "s", "none"]
Kind = Literal["timeseries", "bars", "stat", "pie"]


@dataclass(frozen=True)
class Variable:
    """A dashboard variable: the reader picks label values, panels follow.

    ``of`` are the series whose label values are offered.
    """

    label: str
    of: Series
    source: Source = field(default_factory=Source.of_definition, compare=False)

    def __str__(self) -> str:
        return f'{self.label}=~"${self.label}"'


@dataclass(frozen=True)
class Query:
    """One line of a panel: what to ask, what to call the answer."""

    expr: str
    legend: str = ""
    source: Source = field(default_factory=Source.of_definition)

    def __post_init__(self) -> None:
        require_query(self.expr, self.source)
        object.__setattr__(self, "expr", promql(self.expr))


@dataclass(frozen=True, kw_only=True)
class Panel:
    """One picture.

    ``line`` is the value at which we worry, or several, ``bad`` the side of it that is worse;
    ``alerts`` are those that this panel explains: their pages link to it.
    """

    kind: Kind
    title: str
    queries: Sequence[Query]
    unit: Unit
    help: str
    line: float | Sequence[float] | None = None
    bad: Literal["above", "below"] = "above"
    alerts: Sequence[Alert] = ()
    waived: Sequence[Waiver] = ()
    source: Source = field(default_factory=Source.of_definition)

    @property
    def lines(self) -> list[float]:
        """Every value at which we worry, the lowest first."""
        if self.line is None:
            return []
        return [self.line] if isinstance(self.line, (int, float)) else sorted(self.line)

    def __post_init__(self) -> None:
        if self.unit not in get_args(Unit):
            wrong = one_of(self.unit, get_args(Unit), what="unit")
            raise DefinitionError(f"{self.source}: panel {self.title!r}: {wrong}")


@dataclass(frozen=True)
class Dashboard:
    """One page. Its uid, and so its address, is the name of its file.

    A row's title is the question that its panels answer. ``links`` are the uids of other
    dashboards, offered at the top; they keep the time and the variables of this one.
    ``annotations`` are marked on every graph.
    """

    title: str
    help: str
    variables: Sequence[Variable]
    rows: Mapping[str, Sequence[Panel]]
    links: Sequence[str] = ()
    annotations: Sequence[Annotation] = ()
    waived: Sequence[Waiver] = ()
    source: Source = field(default_factory=Source.of_definition)

    @property
    def panels(self) -> list[Panel]:
        """Every panel, in reading order."""
        return [panel for row in self.rows.values() for panel in row]


def timeseries(
    title: str,
    *queries: Query,
    unit: Unit,
    help: str,
    line: float | Sequence[float] | None = None,
    bad: Literal["above", "below"] = "above",
    alerts: Sequence[Alert] = (),
    waived: Sequence[Waiver] = (),
) -> Panel:
    """Draw how values moved. ``line`` marks the value at which we alert."""
    return Panel(
        kind="timeseries", title=title, queries=queries, unit=unit, help=help, line=line,
        bad=bad, alerts=alerts, waived=waived,
    )  # fmt: skip


def bars(
    title: str,
    *queries: Query,
    unit: Unit,
    help: str,
    alerts: Sequence[Alert] = (),
    waived: Sequence[Waiver] = (),
) -> Panel:
    """Draw amounts over time as stacked bars."""
    return Panel(
        kind="bars", title=title, queries=queries, unit=unit, help=help, alerts=alerts,
        waived=waived,
    )  # fmt: skip


def stat(
    title: str,
    expr: str,
    *,
    unit: Unit = "short",
    help: str,
    line: float | Sequence[float] | None = None,
    bad: Literal["above", "below"] = "above",
    alerts: Sequence[Alert] = (),
    waived: Sequence[Waiver] = (),
) -> Panel:
    """Show one number, large."""
    return Panel(
        kind="stat", title=title, queries=[Query(expr)], unit=unit, help=help, line=line,
        bad=bad, alerts=alerts, waived=waived,
    )  # fmt: skip


def pie(
    title: str, *queries: Query, unit: Unit = "short", help: str, waived: Sequence[Waiver] = ()
) -> Panel:
    """Show the shares of a whole, now."""
    return Panel(kind="pie", title=title, queries=queries, unit=unit, help=help, waived=waived)


def panel_id(uid: str, title: str) -> int:
    """Return a panel's id: from its name, so that inserting another panel changes no id."""
    return crc32(f"{uid}/{title}".encode()) % 2**31
