"""Counts the jobs that Laravel keeps in its table of failed jobs, by queue."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Protocol

from exporters.budget import OTHER
from exporters.collectors.laravel.known import Known
from exporters.exposition import Exposition
from exporters.queue_page import MAX_QUEUES
from exporters.reading import Row
from exporters.settings import FailedJobs, Target

# A table that nobody empties is long: it is asked now and then, and not waited for.
INTERVAL = 30.0
STATEMENT_SECONDS = 9.0

# What was counted is told until so many looks have failed.
_STALE_LOOKS = 3


class Client(Protocol):
    """Whoever can be asked in SQL."""

    opened: int

    async def ask(self, sql: str) -> Sequence[Row]: ...
    def close(self) -> None: ...


class FailedJobsCollector:
    """Counts for the collector of the queues, which tells it in the words of all queues."""

    name = "laravel_failed_jobs"
    interval = INTERVAL

    def __init__(self, client: Client, table: str, known: Known) -> None:
        self.page = Exposition()
        self.client = client
        self._known = known
        self._sql = f"SELECT queue, count(*) FROM {table} GROUP BY queue"  # noqa: S608 - checked

    async def collect(self) -> None:
        """Ask, and pass on what was counted. Raises OSError or CollectionError."""
        rows = await self.client.ask(self._sql)
        counts = Counter({queue or "": int(count or 0) for queue, count in rows})
        self._known.fail(_bounded(counts), _STALE_LOOKS * self.interval)


def collector(failed: FailedJobs, known: Known) -> FailedJobsCollector:
    """Return who counts, by what the URL's scheme says is asked."""
    kind, table = failed.kind, failed.table
    target = Target("", kind, failed.url, "", failed.username, password_file=failed.password_file)
    # A driver costs memory, and is loaded only where it is used.
    if kind == "sqlite":
        from exporters.sqlite_client import SqliteClient  # noqa: PLC0415

        return FailedJobsCollector(SqliteClient(target, STATEMENT_SECONDS), table, known)
    if kind == "mysql":
        from exporters.mysql_client import MysqlClient  # noqa: PLC0415

        return FailedJobsCollector(MysqlClient(target, STATEMENT_SECONDS), table, known)
    from exporters.postgres_client import PostgresClient  # noqa: PLC0415

    # The session looks nowhere unless told, so that nothing stands in the way.
    table = table if "." in table else f"public.{table}"
    return FailedJobsCollector(PostgresClient(target, STATEMENT_SECONDS), table, known)


def _bounded(counts: Counter[str]) -> Mapping[str, int]:
    """Return the queues with the most failed jobs, and the others together."""
    ranked = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    rest = sum(count for _, count in ranked[MAX_QUEUES:])
    return dict(ranked[:MAX_QUEUES]) | ({OTHER: rest} if rest else {})
