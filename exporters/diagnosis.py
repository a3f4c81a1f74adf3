"""What a look at a target gives: tables of facts, and what is wrong."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from exporters import columns

Value = str | float | None

# How people see that nobody knows.
UNKNOWN = "-"

_NAMES = ("B", "KiB", "MiB", "GiB", "TiB")


@dataclass(frozen=True)
class Problem:
    """What is wrong and what to do. One that ``fails`` is why a command ends with 1."""

    what: str
    todo: str
    fails: bool = False


@dataclass(frozen=True)
class Table:
    """Facts in rows. ``columns`` maps a name to its unit: nothing, bytes, ratio or seconds."""

    title: str
    columns: Mapping[str, str]
    rows: Sequence[Sequence[Value]]

    def as_data(self) -> list[dict[str, Value]]:
        """Return the rows for programs, in the units that metrics have."""
        return [dict(zip(self.columns, row, strict=True)) for row in self.rows]

    def lines(self) -> Iterator[str]:
        """Yield the table for people; nothing where it has no rows."""
        if not self.rows:
            return
        yield self.title
        shown = [
            [_shown(value, unit) for value, unit in zip(row, self.columns.values(), strict=True)]
            for row in self.rows
        ]
        first = self.rows[0]
        right = {at for at in range(len(self.columns)) if not isinstance(first[at], str)}
        yield from (f"  {line}" for line in columns.lines([list(self.columns), *shown], right))


@dataclass
class Diagnosis:
    """All that was found at one target."""

    tables: list[Table] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)

    def complain(self, what: str, todo: str, *, fails: bool = False) -> None:
        """Note what is wrong, and what to do."""
        self.problems.append(Problem(what, todo, fails))


def _shown(value: Value, unit: str) -> str:
    if value is None:
        return UNKNOWN
    if isinstance(value, str):
        return value
    match unit:
        case "bytes":
            return in_bytes(value)
        case "ratio":
            return f"{100 * value:.1f} %"
        case "seconds":
            return in_seconds(value)
    return f"{value:,.0f}" if value == int(value) else f"{value:,.1f}"


def in_bytes(value: float) -> str:
    """Return a size with the unit that fits.

    >>> in_bytes(512), in_bytes(3 * 1024**2)
    ('512 B', '3.0 MiB')
    """
    power = 0
    while abs(value) >= 1024 and power < len(_NAMES) - 1:
        value, power = value / 1024, power + 1
    return f"{value:.1f} {_NAMES[power]}" if power else f"{value:.0f} B"


def in_seconds(value: float) -> str:
    """Return a time with the unit that fits.

    >>> in_seconds(0.000012), in_seconds(0.25), in_seconds(90)
    ('12 µs', '250.0 ms', '90.0 s')
    """
    if value >= 1:
        return f"{value:,.1f} s"
    return f"{1000 * value:.1f} ms" if value >= 0.001 else f"{1_000_000 * value:.0f} µs"
