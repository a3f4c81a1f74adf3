"""Asks MySQL's and MariaDB's optimizers how they read the tables of a query."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from exporters.mysql_client import MARIADB
from exporters.plans import FULL, INDEX, Step, columns

if TYPE_CHECKING:
    from exporters.collectors.mysql import Client

# All of the table, or all of one of its indexes.
_FULL = {"ALL", "index"}

# Under which names a plan says by what rows are looked for; newer servers use the second.
_CONDITIONS = {"attached_condition", "condition"}

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
        steps = [_step(record) for record in records if _is_table(record["table"])]
        if not any(step.access == FULL for step in steps):
            return steps
        # What it looks for, only this form says.
        ((text,),) = await self._client.ask(f"EXPLAIN FORMAT=JSON {sql}")
        conditions = list(_conditions(json.loads(text or "{}")))
        return [replace(step, columns=columns(conditions, step.table)) for step in steps]

    async def execute(self, sql: str) -> None:
        """Execute a query."""
        is_mariadb = await self._client.version() >= MARIADB
        await self._client.ask(f"{'ANALYZE' if is_mariadb else 'EXPLAIN ANALYZE'} {sql}")


def _is_table(name: str | None) -> bool:
    """Whether a name is one of a table, and not of what another step of the plan made."""
    return name is not None and not name.startswith("<")


def _conditions(plan: object) -> Iterator[str]:
    """Yield every condition of a plan, wherever it stands."""
    if isinstance(plan, dict):
        for key, value in plan.items():
            if key in _CONDITIONS:
                yield str(value)
            else:
                yield from _conditions(value)
    elif isinstance(plan, list):
        for part in plan:
            yield from _conditions(part)


def _step(record: Mapping[str, str | None]) -> Step:
    access = FULL if record["type"] in _FULL else INDEX
    return Step(record["table"] or "", access, float(record["rows"] or 0))
