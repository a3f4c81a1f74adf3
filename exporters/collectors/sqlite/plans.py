"""Asks SQLite's planner how it reads the tables of a query."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from exporters.collectors.sqlite.tables import HAS_ROWS, ROWS
from exporters.plans import FULL, INDEX, Step
from exporters.reading import Client

# A table is named as the query names it; what is in parentheses is none. Older ones say TABLE.
# An index that it makes for this one query, because it lacks.
_LACKS = re.compile(r"USING AUTOMATIC .*INDEX \((.*)\)")
_COLUMN = re.compile(r"(\w+)[=<>]")
_STEP = re.compile(r"(SCAN|SEARCH) (?:TABLE )?(?!CONSTANT ROW)([^\s(]+)")

# Times are numbers or text.
OLDEST = """
    SELECT strftime('%s', 'now') - iif(typeof(oldest) = 'text', strftime('%s', oldest), oldest)
    FROM (SELECT min({column}) AS oldest FROM {table}) WHERE oldest IS NOT NULL
    UNION ALL SELECT NULL LIMIT 1
"""


class SqlitePlanner:
    """Explains and executes queries."""

    def __init__(self, client: Client) -> None:
        self._client = client

    async def plan(self, sql: str) -> Sequence[Step]:
        """Return how each table is read; how many rows that is, where ANALYZE has been run."""
        details = [str(row[3]) for row in await self._client.ask(f"EXPLAIN QUERY PLAN {sql}")]
        ((count,),) = await self._client.ask(HAS_ROWS)
        found = await self._client.ask(ROWS) if count != "0" else []
        rows = {str(table): float(number or 0) for table, number in found}
        return [
            _step(match[1], match[2], detail, rows)
            for detail in details
            if (match := _STEP.match(detail))
        ]

    async def execute(self, sql: str) -> None:
        """Execute a query."""
        await self._client.ask(sql)


def _step(how: str, table: str, detail: str, rows: Mapping[str, float]) -> Step:
    lacks = _LACKS.search(detail)
    if how == "SEARCH" and not lacks:
        return Step(table, INDEX, None)
    columns = tuple(_COLUMN.findall(lacks[1])) if lacks else ()
    return Step(table, FULL, rows.get(table), columns)
