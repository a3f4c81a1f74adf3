"""How a stack is, service by service: as a table for people, as JSON for programs."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass

from rich.console import Console
from rich.markup import escape

from exporters import columns

WORKS = "works"
ABSENT = "not installed"
COLOURS = {WORKS: "green", ABSENT: "dim"}
COLUMNS = ("service", "state", "address", "version", "what it says")


@dataclass(frozen=True)
class Row:
    """One service: ``state`` is ``works`` or what is wrong, ``todo`` what to do about it."""

    name: str
    state: str
    says: str = ""
    address: str = ""
    version: str = ""
    todo: str = ""

    @property
    def wrong(self) -> str:
        """What is wrong, in a few words."""
        return f"{self.state}: {self.says}" if self.says else self.state

    @property
    def fine(self) -> bool:
        """Whether nothing is to be done."""
        return self.state in {WORKS, ABSENT}


def as_json(rows: Sequence[Row]) -> str:
    """Return the rows for programs."""
    services = [{**asdict(row), "works": row.state == WORKS} for row in rows]
    works = bool(rows) and all(row.fine for row in rows)
    return json.dumps({"works": works, "services": services}, indent=2)


def show(rows: Sequence[Row], console: Console) -> None:
    """Print the rows for people, and below them what to do."""
    for line in _table(rows):
        console.print(line, highlight=False, soft_wrap=True)
    for todo, names in _todos(rows).items():
        console.print(f"{', '.join(names)}: {escape(todo)}", highlight=False, soft_wrap=True)


def _todos(rows: Sequence[Row]) -> dict[str, list[str]]:
    """Return what is to be done, each once, with those that it would help."""
    found: dict[str, list[str]] = {}
    for row in rows:
        if row.todo:
            found.setdefault(row.todo, []).append(row.name)
    return found


def _table(rows: Sequence[Row]) -> Iterator[str]:
    cells = [COLUMNS, *((r.name, r.state, r.address, r.version, r.says) for r in rows)]
    for line, padded in zip(cells, columns.padded(cells), strict=True):
        colour = COLOURS.get(line[1], "red") if line is not COLUMNS else "bold"
        padded[1] = f"[{colour}]{padded[1]}[/]"
        yield "  ".join([*padded[:-1], escape(line[-1])]).rstrip()
