"""What a database is asked: statements whose columns are label values and samples."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from exporters.budget import OTHER
from exporters.catalog.family import Family
from exporters.exposition import Exposition
from exporters.writer import Writer

Row = tuple[str | None, ...]


class Client(Protocol):
    """Whoever can be asked."""

    async def version(self) -> int: ...
    async def ask(self, sql: str) -> Sequence[Row]: ...


@dataclass(frozen=True)
class Reading:
    """A statement that gives, row by row, a value for each label and then one for each family.

    One column more, where ``limited``, says in every row how many there would be without
    the statement's limit. Servers older than ``since``, or not older than ``before``,
    are not asked.
    """

    sql: str
    families: tuple[Family, ...]
    labels: tuple[str, ...] = ()
    limited: bool = False
    since: int = 0
    before: int = sys.maxsize


class ReadingCollector:
    """A collector made of readings: all are asked at once, and if one fails, all have."""

    def __init__(
        self, name: str, client: Client, readings: Sequence[Reading], interval: float = 0.0
    ) -> None:
        self.name = name
        self.interval = interval
        self.page = Exposition()
        self._client = client
        self._readings = readings
        self._writers: dict[str, Writer] = {}
        for reading in readings:
            for family in reading.families:
                if family.name not in self._writers:
                    self._writers[family.name] = self.page.writer(family, *reading.labels)

    async def collect(self) -> None:
        """Ask, and add every sample. Raises OSError or CollectionError."""
        version = await self._client.version()
        wanted = [r for r in self._readings if r.since <= version < r.before]
        answers = await asyncio.gather(*(self._client.ask(r.sql) for r in wanted))
        for reading, rows in zip(wanted, answers, strict=True):
            write(reading, [self._writers[f.name] for f in reading.families], rows)
            self._note_limit(reading, rows)

    def _note_limit(self, reading: Reading, rows: Sequence[Row]) -> None:
        if reading.limited and rows:
            split = len(reading.labels)
            named = sum(row[split - 1] != OTHER for row in rows)
            for family in reading.families:
                self.page.drop(family, int(rows[0][split + len(reading.families)] or 0) - named)


def write(reading: Reading, writers: Sequence[Writer], rows: Sequence[Row]) -> None:
    """Add the samples of a reading's rows, with a writer for each of its families."""
    split = len(reading.labels)
    # Prometheus refuses a series that comes twice; names that look alike must not.
    unique = {label_values(reading, row): row for row in rows}
    for column, writer in enumerate(writers, start=split):
        for labels, row in unique.items():
            if (value := row[column]) is not None:
                writer.add_text(value, labels)


def label_values(reading: Reading, row: Row) -> tuple[str, ...]:
    """Return the values of a row's labels."""
    return tuple(label or "" for label in row[: len(reading.labels)])
