"""Asks SHOW REPLICA STATUS: whom does it follow, does it keep up? And what is it?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from exporters.catalog import database, mysql
from exporters.exposition import Exposition
from exporters.mysql_client import MARIADB

if TYPE_CHECKING:
    from exporters.collectors.mysql import Client

Record = Mapping[str, str | None]

# One row for each server that is followed, and how each kind names what is in it.
_KINDS = {False: ("mysql", "SHOW REPLICA STATUS"), True: ("mariadb", "SHOW ALL SLAVES STATUS")}
CHANNEL = ("Channel_Name", "Connection_name")
LAG = ("Seconds_Behind_Source", "Seconds_Behind_Master")
THREADS = {
    "receive": ("Replica_IO_Running", "Slave_IO_Running"),
    "apply": ("Replica_SQL_Running", "Slave_SQL_Running"),
}


class ReplicationCollector:
    """Measures a replica's lag, and says what the server is."""

    name = "replication"
    interval = 0.0

    def __init__(self, client: Client) -> None:
        self.page = Exposition()
        self._client = client
        self._info = self.page.writer(database.server_info, "product", "version", "role")
        self._lag = self.page.writer(database.replication_lag_seconds)
        self._runs = self.page.writer(database.replication_running)
        self._running = self.page.writer(mysql.replica_running, "channel", "thread")

    async def collect(self) -> None:
        """Ask, and add every sample. Raises OSError or CollectionError."""
        version = await self._client.version()
        product, question = _KINDS[version >= MARIADB]
        followed = await self._client.records(question)
        self._info.add(1, product, _dotted(version), "replica" if followed else "primary")
        # Unknown while replication does not run; then what runs says so.
        lags = [int(lag) for record in followed if (lag := _first(record, LAG))]
        if lags:
            self._lag.add(max(lags))
        if followed:
            self._runs.add(all(_runs(record, t) for record in followed for t in THREADS))
        for record in followed:
            for thread in THREADS:
                self._running.add(_runs(record, thread), _first(record, CHANNEL), thread)


def _dotted(version: int) -> str:
    return f"{version // 10_000}.{version // 100 % 100}.{version % 100}"


def _runs(record: Record, thread: str) -> bool:
    return _first(record, THREADS[thread]) == "Yes"


def _first(record: Record, names: Sequence[str]) -> str:
    """Return what stands under the first of the names that the server knows."""
    return next((record[name] or "" for name in names if name in record), "")
