"""Asks pg_stat_statements, where it is installed: which statements take the time."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from exporters.catalog import database, postgres
from exporters.exposition import Exposition
from exporters.failure import CollectionError
from exporters.monotone import Monotone
from exporters.reading import Client, Row
from exporters.statement import readable

# Where the view is: in any schema, or nowhere, and then this is all that is asked.
WHERE = "SELECT extnamespace::regnamespace FROM pg_extension WHERE extname = 'pg_stat_statements'"

# Without the texts, which lie in a file of the server's: each is asked for once. What we
# ask ourselves is left out.
TOTALS = """
    SELECT d.datname, sum(s.calls), sum(s.total_exec_time) / 1000
    FROM {schema}.pg_stat_statements(false) AS s JOIN pg_database AS d ON d.oid = s.dbid
    WHERE s.userid <> current_user::regrole
    GROUP BY d.datname ORDER BY 3 DESC, 1 LIMIT 50
"""
LARGEST = """
    SELECT d.datname, s.queryid, sum(s.calls), sum(s.total_exec_time) / 1000, sum(s.rows),
      max(s.max_exec_time) / 1000, count(*) OVER ()
    FROM {schema}.pg_stat_statements(false) AS s JOIN pg_database AS d ON d.oid = s.dbid
    WHERE s.queryid IS NOT NULL AND s.userid <> current_user::regrole
    GROUP BY d.datname, s.queryid ORDER BY 4 DESC, 1, 2 LIMIT 20
"""
EVICTED = "SELECT dealloc FROM {schema}.pg_stat_statements_info"
EVICTED_SINCE = 140000
TEXTS = """
    SELECT queryid, left(min(query), 4000) FROM {schema}.pg_stat_statements(true)
    WHERE queryid = ANY ('{{{ids}}}') GROUP BY queryid
"""
MAX_TEXTS = 1_000

FAMILIES = (
    database.statement_calls_total,
    database.statement_seconds_total,
    database.statement_rows_total,
    database.statement_slowest_seconds,
)


class StatementsCollector:
    """Measures statements; without the extension there is nothing to measure, and no failure."""

    name = "statements"
    interval = 0.0

    def __init__(self, client: Client) -> None:
        self.page = Exposition()
        self._client = client
        self._calls = self.page.writer(database.queries_total, "database")
        self._seconds = self.page.writer(database.queries_seconds_total, "database")
        labels = ("database", "id", "statement")
        self._writers = [self.page.writer(family, *labels) for family in FAMILIES]
        self._evicted = self.page.writer(postgres.statements_evicted_total)
        self._summed_calls, self._summed_seconds = Monotone(), Monotone()
        self._schema = ""
        self._texts: dict[str, str] = {}

    async def collect(self) -> None:
        """Ask, and add every sample. Raises OSError or CollectionError."""
        if not self._schema and not await self._find():
            return
        asked = [TOTALS, LARGEST]
        if await self._client.version() >= EVICTED_SINCE:
            asked.append(EVICTED)
        try:
            totals, largest, *evicted = await self._ask(asked)
            await self._learn([str(row[1]) for row in largest])
        except CollectionError:
            self._schema = ""  # it may have been dropped, or put elsewhere
            raise
        self._write(totals, largest)
        for ((count,),) in evicted:
            self._evicted.add_text(count or "0", ())

    async def _ask(self, statements: Sequence[str]) -> list[Sequence[Row]]:
        return await asyncio.gather(
            *(self._client.ask(sql.format(schema=self._schema)) for sql in statements)
        )

    async def _find(self) -> bool:
        rows = await self._client.ask(WHERE)
        self._schema = str(rows[0][0]) if rows else ""
        return bool(rows)

    async def _learn(self, ids: Sequence[str]) -> None:
        """Ask for the texts of statements that were not seen before."""
        new = [one for one in ids if one not in self._texts]
        if not new:
            return
        if len(self._texts) > MAX_TEXTS:
            self._texts.clear()
            new = list(ids)
        asked = TEXTS.format(schema=self._schema, ids=",".join(new))
        for queryid, text in await self._client.ask(asked):
            self._texts[str(queryid)] = readable(text or "")

    def _write(self, totals: Sequence[Row], largest: Sequence[Row]) -> None:
        for database_, calls, seconds in totals:
            name = str(database_)
            self._calls.add(self._summed_calls(name, float(calls or 0)), name)
            self._seconds.add(self._summed_seconds(name, float(seconds or 0)), name)
        for database_, queryid, *values, _ in largest:
            labels = (str(database_), str(queryid), self._texts.get(str(queryid), "…"))
            for writer, value in zip(self._writers, values, strict=True):
                writer.add_text(value or "0", labels)
        for family in FAMILIES if largest else ():
            self.page.drop(family, int(largest[0][-1] or 0) - len(largest))
