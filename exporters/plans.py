"""Tries the queries that the settings name: how they are executed, and how long they take."""

from __future__ import annotations

import re
import time
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

from exporters.catalog import database
from exporters.exposition import Exposition
from exporters.failure import CollectionError
from exporters.settings import Target

# How often they are tried: each of them is really executed.
INTERVAL = 300.0

# How a table is read: all of it, or only what an index leads to.
FULL: Literal["full"] = "full"
INDEX: Literal["index"] = "index"


# Texts, and the quotes of names.
_NO_NAMES = re.compile(r"'(?:[^'\\]|''|\\.)*'|[`\"]")


@dataclass(frozen=True)
class Step:
    """How a plan reads a table, and how many rows the server expects to read for that.

    ``columns`` are those by which it looks for rows after reading all of them, if it says.
    """

    table: str
    access: Literal["full", "index"]
    rows: float | None
    columns: tuple[str, ...] = ()


class Planner(Protocol):
    """What an engine is asked of a query. Its methods raise OSError or CollectionError."""

    async def plan(self, sql: str) -> Sequence[Step]:
        """Return how each table is read. Nothing is executed."""

    async def execute(self, sql: str) -> None:
        """Execute a query, within the limits that the server holds us to."""


class QueriesCollector:
    """Measures what the settings' ``queries`` cost; one that cannot be tried fails them all."""

    name = "queries"
    interval = INTERVAL

    def __init__(self, queries: Mapping[str, str], planner: Planner) -> None:
        self.page = Exposition()
        self._queries = queries
        self._planner = planner
        self._rows = self.page.writer(database.plan_rows, "query", "table", "access")
        self._unindexed = self.page.writer(database.plan_unindexed_rows, "query", "table", "column")
        self._full = self.page.writer(database.plan_full_scans, "query")
        self._seconds = self.page.writer(database.query_seconds, "query")

    async def collect(self) -> None:
        """Try each, one after the other. Raises OSError or CollectionError."""
        for name, sql in self._queries.items():
            try:
                self._write(name, await self._planner.plan(sql))
                self._seconds.add(await self._time(sql), name)
            except CollectionError as error:
                raise CollectionError(error.reason, f"query '{name}': {error}") from None

    def _write(self, name: str, steps: Sequence[Step]) -> None:
        self._full.add(sum(step.access == FULL for step in steps), name)
        rows: defaultdict[tuple[str, str], float] = defaultdict(float)
        for step in steps:
            if step.rows is not None:
                rows[step.table, step.access] += step.rows
        for (table, access), count in rows.items():
            self._rows.add(count, name, table, access)
        for (table, column), count in _unindexed(steps).items():
            self._unindexed.add(count, name, table, column)

    async def _time(self, sql: str) -> float:
        """Return how long a query takes; one that is broken off took as long as it was let."""
        began = time.perf_counter()
        try:
            await self._planner.execute(sql)
        except CollectionError as error:
            if error.reason != "timeout":
                raise
        return time.perf_counter() - began


def _unindexed(steps: Sequence[Step]) -> dict[tuple[str, str], float]:
    """Return how many rows are read in full, by table and column; a column counts once."""
    found: dict[tuple[str, str], float] = {}
    for step in steps:
        if step.access == FULL and step.rows is not None:
            for column in step.columns or ("",):
                found[step.table, column] = max(step.rows, found.get((step.table, column), 0))
    return found


def columns(conditions: Iterable[str], table: str) -> tuple[str, ...]:
    """Return the columns of a table, as a plan calls it, that conditions name; none of a text.

    >>> columns(["(o.note ~~ '%o.state%'::text)", "(`shop`.`o`.`Made` > 7)"], "o")
    ('Made', 'note')
    """
    named = re.compile(rf"(?<![\w.])(?:\w+\.)?{re.escape(table)}\.(\w+)")
    texts = (_NO_NAMES.sub("", one) for one in conditions)
    return tuple(sorted({column for text in texts for column in named.findall(text)}))


def queries(target: Target, planner: Planner) -> list[QueriesCollector]:
    """Return the collector of a target's queries, if it has any."""
    return [QueriesCollector(target.queries, planner)] if target.queries else []
