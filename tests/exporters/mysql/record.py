"""Records what a real server answers: `record.py URL PASSWORD_FILE NAME`.

Asks the server all that the exporter asks, and writes the answers, by statement, to
`recorded/NAME.json`. Of long answers only the first rows are kept, and of the status
only what is measured.
"""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from exporters.collectors.mysql import collectors
from exporters.collectors.mysql.status import FACTS
from exporters.mysql_client import MysqlClient
from exporters.reading import Row
from exporters.settings import Target

RECORDED = Path(__file__).parent / "recorded"
MAX_ROWS = 12
WANTED = {name for fact in FACTS for name in (*fact.plus, *fact.minus)}


class Recorder:
    """A client that remembers what it was asked, and the answers."""

    def __init__(self, client: MysqlClient) -> None:
        self._client = client
        self.answers: dict[str, Any] = {}

    async def version(self) -> int:
        return await self._client.version()

    async def ask(self, sql: str) -> Sequence[Row]:
        rows = await self._client.ask(sql)
        if sql == "SHOW GLOBAL STATUS":
            rows = [row for row in rows if row[0] in WANTED]
        else:
            rows = rows[:MAX_ROWS]
        self.answers[" ".join(sql.split())] = rows
        return rows

    async def records(self, sql: str) -> list[dict[str, str | None]]:
        self.answers[sql] = await self._client.records(sql)
        found: list[dict[str, str | None]] = self.answers[sql]
        return found


async def record(target: Target, name: str) -> None:
    """Ask everything once, and write it down."""
    client = MysqlClient(target, statement_seconds=10)
    recorder = Recorder(client)
    for collector in collectors(recorder, recorder):
        await collector.collect()
    found = {"version": await client.version(), "answers": recorder.answers}
    client.close()
    RECORDED.mkdir(exist_ok=True)
    (RECORDED / f"{name}.json").write_text(json.dumps(found, indent=1, sort_keys=True) + "\n")


if __name__ == "__main__":
    url, password_file, name = sys.argv[1:]
    asyncio.run(record(Target("t", "mysql", url, "s", "", Path(password_file)), name))
