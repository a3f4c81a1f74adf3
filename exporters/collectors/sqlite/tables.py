"""Asks sqlite_schema, sqlite_stat1 and dbstat how large the tables and their indexes are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from exporters.budget import OTHER
from exporters.catalog import database
from exporters.exposition import Exposition
from exporters.reading import Client, Row

# The tables that are told apart, the largest first.
MOST_TABLES = 100

INDEXES = """
    SELECT t.name, (SELECT count(*) FROM pragma_index_list(t.name))
    FROM sqlite_schema AS t
    WHERE t.type = 'table' AND t.name NOT LIKE 'sqlite\\_%' ESCAPE '\\' AND t.rootpage > 0
"""

# What ANALYZE found; the number of rows is the first of an index' statistics.
HAS_ROWS = "SELECT count(*) FROM sqlite_schema WHERE name = 'sqlite_stat1'"
ROWS = "SELECT tbl, max(CAST(stat AS integer)) FROM sqlite_stat1 GROUP BY tbl"

# It reads the whole file, meanwhile nobody may write where there is no write-ahead log; so
# larger files are not asked. Not every SQLite is built with it, either.
MAX_BYTES = 256 * 1024**2
HAS_SIZES = f"""
    SELECT count(*) FROM pragma_module_list, pragma_page_count, pragma_page_size
    WHERE name = 'dbstat' AND page_count * page_size <= {MAX_BYTES}
"""  # noqa: S608 - the number stands above
SIZES = """
    SELECT s.tbl_name, sum(iif(s.type = 'table', d.pgsize, 0)),
      sum(iif(s.type = 'index', d.pgsize, 0))
    FROM dbstat AS d JOIN sqlite_schema AS s ON s.name = d.name
    WHERE d.aggregate = 1
    GROUP BY s.tbl_name
"""

FAMILIES = (
    database.table_indexes,
    database.table_size_bytes,
    database.table_indexes_size_bytes,
)


class TablesCollector:
    """Measures tables, as far as this SQLite and the file's statistics allow."""

    name = "tables"

    def __init__(self, client: Client, interval: float) -> None:
        self.interval = interval
        self.page = Exposition()
        self._client = client
        self._rows = self.page.writer(database.table_rows, "database", "table")
        self._writers = [self.page.writer(family, "database", "table") for family in FAMILIES]

    async def collect(self) -> None:
        """Ask, and add every sample. Raises OSError or CollectionError."""
        ((name,),) = await self._client.ask("SELECT name()")
        indexes = _whole(await self._client.ask(INDEXES))
        sizes = _whole(await self._if(HAS_SIZES, SIZES))
        facts = {
            t: [*count, *(sizes.get(t, [0, 0]) if sizes else ())] for t, count in indexes.items()
        }
        order = sorted(facts, key=lambda table: (-sum(facts[table][1:]), table))
        shown = order[:MOST_TABLES]
        self._write(str(name), facts, shown)
        rows = _whole(await self._if(HAS_ROWS, ROWS))
        for table in shown:
            if table in rows:
                self._rows.add(rows[table][0], str(name), table)
        for family in (*FAMILIES, database.table_rows):
            self.page.drop(family, len(order) - len(shown))

    def _write(self, name: str, facts: Mapping[str, list[int]], shown: Sequence[str]) -> None:
        """Add the facts of each table, those of all that are not shown as one."""
        told = {table: facts[table] for table in shown}
        if rest := [values for table, values in facts.items() if table not in told]:
            told[OTHER] = [sum(column) for column in zip(*rest, strict=True)]
        for table, values in told.items():
            for writer, value in zip(self._writers, values, strict=False):
                writer.add(value, name, table)

    async def _if(self, has: str, sql: str) -> Sequence[Row]:
        ((count,),) = await self._client.ask(has)
        return await self._client.ask(sql) if count != "0" else []


def _whole(rows: Sequence[Row]) -> dict[str, list[int]]:
    """Return numbers by the table that they are of."""
    return {str(table): [int(value or 0) for value in values] for table, *values in rows}
