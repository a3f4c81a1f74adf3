"""Asks how old the oldest rows of tables are: is what should be deleted deleted?"""

from __future__ import annotations

from collections.abc import Mapping

from exporters.catalog import database
from exporters.exposition import Exposition
from exporters.reading import Client
from exporters.settings import Target

# How often they are looked at; without an index on the column all of a table is read.
INTERVAL = 300.0


class RetentionCollector:
    """Measures the age of the oldest row of each of the settings' tables.

    ``statement`` gives it in seconds, for ``{table}`` by its ``{column}``.
    """

    name = "retention"
    interval = INTERVAL

    def __init__(self, columns: Mapping[str, str], client: Client, statement: str) -> None:
        self.page = Exposition()
        self._columns = columns
        self._client = client
        self._statement = statement
        self._age = self.page.writer(database.table_oldest_row_seconds, "table")

    async def collect(self) -> None:
        """Ask for each, one after the other. Raises OSError or CollectionError."""
        for table, column in self._columns.items():
            ((age,),) = await self._client.ask(self._statement.format(table=table, column=column))
            if age is not None:  # an empty table has no oldest row
                self._age.add_text(age, (table,))


def oldest(target: Target, client: Client, statement: str) -> list[RetentionCollector]:
    """Return the collector of a target's oldest rows, if it names any table."""
    return [RetentionCollector(target.oldest, client, statement)] if target.oldest else []
