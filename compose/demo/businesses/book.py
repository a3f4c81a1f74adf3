"""What a business of the demo is: a file, and what is written into it."""

from __future__ import annotations

import random
import sqlite3
from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, ClassVar

from compose.demo.faults import Faults

HOUR, DAY = 3600, 86_400


@dataclass
class Book(ABC):
    """One business. The same seed does the same things."""

    connection: sqlite3.Connection
    faults: Faults
    chance: random.Random

    name: ClassVar[str]
    schema: ClassVar[str]

    @abstractmethod
    def fill(self, now: float) -> None:
        """Write what there was before the demo began."""

    @abstractmethod
    def work(self, now: float) -> None:
        """Do what is done in a second."""

    def begin(self, now: float) -> None:
        """Fill the file if it is new."""
        if not self.ask("PRAGMA user_version"):
            with self._together():
                self.fill(now)
                self.run("PRAGMA user_version = 1")

    def step(self, now: float) -> None:
        """Do a second's work, all of it or nothing."""
        with self._together():
            self.work(now)

    def run(self, sql: str, *values: Any) -> None:
        """Run a statement."""
        self.connection.execute(sql, values)

    def run_for(self, sql: str, rows: Sequence[Sequence[Any]]) -> None:
        """Run a statement for each row of values."""
        self.connection.executemany(sql, rows)

    def ask(self, sql: str, *values: Any) -> Any:
        """Return the first column of a query's first row."""
        return self.connection.execute(sql, values).fetchone()[0]

    @contextmanager
    def _together(self) -> Iterator[None]:
        self.run("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            self.run("ROLLBACK")
            raise
        self.run("COMMIT")
