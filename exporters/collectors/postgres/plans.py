"""Asks PostgreSQL's planner how it reads the tables of a query."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from exporters.plans import FULL, INDEX, Step, columns
from exporters.reading import Client

# A plan says how many rows a scan gives; how many it reads for that is how many there are.
ROWS = """
    SELECT n.nspname || '.' || c.relname, c.reltuples
    FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace
    WHERE n.nspname || '.' || c.relname IN ({tables})
"""

OLDEST = "SELECT extract(epoch FROM clock_timestamp() - min({column})) FROM {table}"


class PostgresPlanner:
    """Explains and executes queries; what they give is not sent."""

    def __init__(self, client: Client) -> None:
        self._client = client

    async def plan(self, sql: str) -> Sequence[Step]:
        """Return how each table is read."""
        ((text,),) = await self._client.ask(f"EXPLAIN (VERBOSE, FORMAT JSON) {sql}")
        nodes = [n for n in _nodes(json.loads(text or "[]")[0]["Plan"]) if "Relation Name" in n]
        rows = await self._rows({_table(node) for node in nodes if _is_full(node)})
        return [
            Step(
                _table(node),
                FULL if _is_full(node) else INDEX,
                rows.get(_table(node), node["Plan Rows"]),
                columns([node.get("Filter", "")], node["Alias"]),
            )
            for node in nodes
        ]

    async def execute(self, sql: str) -> None:
        """Execute a query."""
        await self._client.ask(f"EXPLAIN (ANALYZE, TIMING OFF, COSTS OFF) {sql}")

    async def _rows(self, tables: set[str]) -> dict[str, float]:
        if not tables:
            return {}
        listed = ", ".join("'" + table.replace("'", "''") + "'" for table in sorted(tables))
        found = await self._client.ask(ROWS.format(tables=listed))
        # Below zero it is unknown, since nobody has analysed the table yet; it has at least
        # those rows that the plan says it gives.
        return {str(table): float(rows) for table, rows in found if rows and float(rows) >= 0}


def _nodes(node: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    yield node
    for below in node.get("Plans", ()):
        yield from _nodes(below)


def _is_full(node: Mapping[str, Any]) -> bool:
    return node["Node Type"] in {"Seq Scan", "Sample Scan"}


def _table(node: Mapping[str, Any]) -> str:
    return f"{node['Schema']}.{node['Relation Name']}"
