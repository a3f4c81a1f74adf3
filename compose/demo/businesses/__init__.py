"""Businesses of the demo beside the shop: each notes what it does in an SQLite file of its own."""

from __future__ import annotations

import asyncio
import random
import sqlite3
import time
from collections.abc import Callable
from contextlib import ExitStack, closing
from dataclasses import dataclass
from pathlib import Path

from compose.demo.businesses.book import Book
from compose.demo.businesses.clinic import Clinic
from compose.demo.businesses.hosting import Hosting
from compose.demo.businesses.monitor import Monitor
from compose.demo.businesses.tasks import Tasks
from compose.demo.faults import Faults

STEP_SECONDS = 1.0

BUSINESSES: tuple[type[Book], ...] = (Monitor, Hosting, Clinic, Tasks)


@dataclass
class Businesses:
    """All of them, in files of a folder."""

    folder: Path
    seed: int
    faults: Faults

    async def work(self, begun: Callable[[], None]) -> None:
        """Work until something fails."""
        self.folder.mkdir(parents=True, exist_ok=True)
        with ExitStack() as stack:
            books = [self.open(kind, stack, time.time()) for kind in BUSINESSES]
            begun()
            while True:
                for book in books:
                    await asyncio.to_thread(book.step, time.time())
                await asyncio.sleep(STEP_SECONDS)

    def open(self, kind: type[Book], stack: ExitStack, now: float) -> Book:
        """Return a business with its file, and whatever it had before it opened."""
        connection = sqlite3.connect(
            self.folder / f"{kind.name}.db", isolation_level=None, check_same_thread=False
        )
        # Nothing in it is worth waiting for a disk.
        connection.execute("PRAGMA synchronous = OFF")
        connection.executescript(kind.schema)
        book = kind(stack.enter_context(closing(connection)), self.faults, self._chance(kind))
        book.begin(now)
        return book

    def _chance(self, kind: type[Book]) -> random.Random:
        return random.Random(f"{self.seed} {kind.name}")  # noqa: S311 - a seed is asked for
