"""Asks performance_schema, where it is on: which statements take the time."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from exporters.catalog import database
from exporters.exposition import Exposition
from exporters.monotone import Monotone
from exporters.reading import Client, Row
from exporters.statement import readable

# ruff: noqa: S608 - what the statements are made of stands here

# What asks the server about itself, as we do, is left out. Statements beyond those that there
# is room for have no digest.
_OTHERS = r"digest_text NOT LIKE '%\_schema%' AND digest_text NOT LIKE 'SHOW %'"

# Times are in picoseconds.
TOTALS = f"""
    SELECT coalesce(schema_name, ''), sum(count_star), sum(sum_timer_wait) / 1e12
    FROM performance_schema.events_statements_summary_by_digest
    WHERE digest IS NULL OR {_OTHERS}
    GROUP BY schema_name ORDER BY 3 DESC, 1 LIMIT 50
"""
LARGEST = f"""
    SELECT coalesce(schema_name, ''), left(digest, 16), digest_text, count_star,
      sum_timer_wait / 1e12, sum_rows_sent + sum_rows_affected, max_timer_wait / 1e12,
      count(*) OVER ()
    FROM performance_schema.events_statements_summary_by_digest
    WHERE digest IS NOT NULL AND {_OTHERS}
    ORDER BY sum_timer_wait DESC, schema_name, digest LIMIT 20
"""
# Where it is off, how many there were is all that is known.
COUNT = "SHOW GLOBAL STATUS LIKE 'Questions'"
SWITCH = "SELECT @@global.performance_schema"

FAMILIES = (
    database.statement_calls_total,
    database.statement_seconds_total,
    database.statement_rows_total,
    database.statement_slowest_seconds,
)


class StatementsCollector:
    """Measures statements; their texts are normalised by the server, and hold no values."""

    name = "statements"
    interval = 0.0

    def __init__(self, client: Client) -> None:
        self.page = Exposition()
        self._client = client
        self._calls = self.page.writer(database.queries_total, "database")
        self._seconds = self.page.writer(database.queries_seconds_total, "database")
        labels = ("database", "id", "statement")
        self._writers = [self.page.writer(family, *labels) for family in FAMILIES]
        self._summed_calls, self._summed_seconds = Monotone(), Monotone()

    async def collect(self) -> None:
        """Ask, and add every sample. Raises OSError or CollectionError."""
        ((switch,),) = await self._client.ask(SWITCH)
        if switch == "0":
            ((_, count),) = await self._client.ask(COUNT)
            self._calls.add_text(count or "0", ("",))
            return
        totals, largest = await asyncio.gather(*map(self._client.ask, (TOTALS, LARGEST)))
        self._write_totals(totals)
        self._write_largest(largest)

    def _write_totals(self, rows: Sequence[Row]) -> None:
        for name, calls, seconds in rows:
            self._calls.add(self._summed_calls(str(name), int(calls or 0)), str(name))
            self._seconds.add(self._summed_seconds(str(name), float(seconds or 0)), str(name))

    def _write_largest(self, rows: Sequence[Row]) -> None:
        for name, digest, text, *values, _ in rows:
            statement = readable(_tidy(text or ""))
            for writer, value in zip(self._writers, values, strict=True):
                writer.add_text(value or "0", (str(name), str(digest), statement))
        for family in FAMILIES if rows else ():
            self.page.drop(family, int(rows[0][-1] or 0) - len(rows))


def _tidy(text: str) -> str:
    """Return a digest's text as people write it.

    >>> _tidy("SELECT `id` FROM `shop` . `orders` WHERE `id` IN ( ?, ... ) ")
    'SELECT id FROM shop.orders WHERE id IN (?, ...) '
    """
    text = text.replace("`", "").replace(" . ", ".").replace(" , ", ", ")
    return text.replace("( ", "(").replace(" )", ")")
