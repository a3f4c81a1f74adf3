"""Asks a database what the settings define: one question at a time, each failing by itself."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field

from exporters.definition import Definition
from exporters.exposition import Exposition
from exporters.failure import CollectionError
from exporters.reading import Client, Reading, Row, label_values, write
from exporters.settings import Target

# What the server itself allows a query of the settings.
SECONDS = 5.0

# A query that gives more rows than this was not meant to become a metric.
MOST_ROWS = 10_000


@dataclass(frozen=True)
class Turns:
    """Lets one question at a time be asked.

    Of those that failed last, one at a time stands in line: a query that always takes as
    long as it may leaves time for the others, however many there are like it.
    """

    _line: asyncio.Lock = field(default_factory=asyncio.Lock)
    _failed: asyncio.Lock = field(default_factory=asyncio.Lock)

    @asynccontextmanager
    async def turn(self, *, failed: bool) -> AsyncIterator[None]:
        """Wait for one's turn, and keep it until the context is left."""
        async with AsyncExitStack() as stack:
            for lock in (self._failed, self._line) if failed else (self._line,):
                await stack.enter_async_context(lock)
            yield


class DefinedCollector:
    """Measures one definition of the settings."""

    def __init__(self, definition: Definition, client: Client, turns: Turns) -> None:
        self.name = definition.collector
        self.interval = definition.interval
        self.page = Exposition()
        self._definition = definition
        self._client = client
        self._turns = turns
        self._failed = False
        self._reading = Reading(
            statement(definition), tuple(definition.values.values()), definition.labels
        )
        self._writers = [
            self.page.writer(family, *definition.labels) for family in self._reading.families
        ]

    async def collect(self) -> None:
        """Ask, and add every sample. Raises OSError or CollectionError."""
        self.page.limit = min(self.page.limit, self._definition.rows)
        async with self._turns.turn(failed=self._failed):
            self._failed = True
            rows = await self._client.ask(self._reading.sql)
        self._require(rows)
        write(self._reading, self._writers, rows)
        self._failed = False

    def _require(self, rows: Sequence[Row]) -> None:
        """Raise CollectionError for what cannot be told. What was answered is not repeated."""
        if len(rows) > MOST_ROWS:
            raise CollectionError("other", f"it gives more than {MOST_ROWS} rows; aggregate them")
        if len({label_values(self._reading, row) for row in rows}) < len(rows):
            raise CollectionError("other", "it gives two rows with the same labels; group by them")
        for at, column in enumerate(self._definition.values, start=len(self._definition.labels)):
            if not all(_is_number(row[at]) for row in rows):
                raise CollectionError("other", f"column '{column}' holds what is no number")


def statement(definition: Definition) -> str:
    """Return what is asked for a definition: its query, as far as it is of use.

    Within another query it can only read, and gives its columns by their names.
    """
    columns = ", ".join(f"defined.{name}" for name in (*definition.labels, *definition.values))
    return f"SELECT {columns} FROM (\n{definition.query}\n) AS defined LIMIT {MOST_ROWS + 1}"  # noqa: S608 - it is the settings' own


def defined(target: Target, client: Client) -> list[DefinedCollector]:
    """Return the collectors of what the settings define for a target."""
    turns = Turns()
    return [DefinedCollector(one, client, turns) for one in target.metrics]


async def unreadable(target: Target, client: Client) -> list[str]:
    """Return the collectors whose queries the account may not execute.

    What else may be wrong with a query is told when it is asked. Raises OSError.
    """
    found = []
    for one in target.metrics:
        try:
            await client.ask(f"EXPLAIN {statement(one)}")
        except CollectionError as error:
            if error.reason in {"permission", "auth"}:
                found.append(one.collector)
    return found


def right(collector: str, account: str) -> str:
    """Return the statement that lets an account read what a definition asks for."""
    return f"GRANT SELECT ON … TO {account};  -- … are the tables that {collector} reads"


def _is_number(value: str | None) -> bool:
    try:
        float(value or 0)
    except ValueError:
        return False
    return True
