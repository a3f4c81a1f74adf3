"""Asks MySQL's and MariaDB's optimizers how they read the tables of a query."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from exporters.mysql_client import MARIADB
from exporters.plans import FULL, INDEX, Step

if TYPE_CHECKING:
    from exporters.collectors.mysql import Client

# All of the table, or all of one of its indexes.
_FULL = {"ALL", "index"}

OLDEST = "SELECT timestampdiff(SECOND, min({column}), now()) FROM {table}"


class MysqlPlanner:
    """Explains and executes queries; what they give is not sent."""

    def __init__(self, client: Client) -> None:
        self._client = client

    async def plan(self, sql: str) -> Sequence[Step]:
        """Return how each table is read."""
        is_mariadb = await self._client.version() >= MARIADB
        explain = "EXPLAIN" if is_mariadb else "EXPLAIN FORMAT=TRADITIONAL"
        records = await self._client.records(f"{explain} {sql}")
        return [_step(record) for record in records if _is_table(record["table"])]

    async def execute(self, sql: str) -> None:
        """Execute a query."""
        is_mariadb = await self._client.version() >= MARIADB
        await self._client.ask(f"{'ANALYZE' if is_mariadb else 'EXPLAIN ANALYZE'} {sql}")


def _is_table(name: str | None) -> bool:
    """Whether a name is one of a table, and not of what another step of the plan made."""
    return name is not None and not name.startswith("<")


def _step(record: Mapping[str, str | None]) -> Step:
    access = FULL if record["type"] in _FULL else INDEX
    return Step(record["table"] or "", access, float(record["rows"] or 0))
