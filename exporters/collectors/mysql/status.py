"""Asks SHOW GLOBAL STATUS: what the server counts, all of it in one answer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from exporters.catalog import database, mysql
from exporters.catalog.family import Family
from exporters.exposition import Exposition
from exporters.reading import Client
from exporters.writer import Writer

# What the server counts for all its databases together has no database.
ALL = ""


@dataclass(frozen=True)
class Fact:
    """A sample: the sum of some of the server's variables less others, if it has all of them."""

    family: Family
    labels: tuple[str, ...]
    plus: tuple[str, ...]
    minus: tuple[str, ...] = ()
    scale: float = 1

    def value(self, status: Mapping[str, str | None]) -> float | None:
        """Return the value, None where the server does not count it."""
        try:
            plus, minus = ([int(status[name] or 0) for name in n] for n in (self.plus, self.minus))
        except KeyError:
            return None
        return (sum(plus) - sum(minus)) * self.scale


def _fact(family: Family, *plus: str, labels: tuple[str, ...] = ()) -> Fact:
    return Fact(family, labels, plus)


def _command(command: str, *names: str) -> Fact:
    return Fact(mysql.commands_total, (command,), tuple(f"Com_{name}" for name in names))


# Where one series stands twice, MySQL and MariaDB count it under other names; the first is taken.
FACTS = (
    _fact(database.uptime_seconds, "Uptime"),
    _fact(database.slow_queries_total, "Slow_queries"),
    _fact(database.transactions_total, "Handler_commit", labels=(ALL, "committed")),
    _fact(database.transactions_total, "Handler_rollback", labels=(ALL, "rolled_back")),
    _fact(database.rows_total, "Innodb_rows_read", labels=(ALL, "read")),
    _fact(database.rows_total, "Rows_read", labels=(ALL, "read")),
    _fact(database.rows_total, "Innodb_rows_inserted", labels=(ALL, "inserted")),
    _fact(database.rows_total, "Handler_write", labels=(ALL, "inserted")),
    _fact(database.rows_total, "Innodb_rows_updated", labels=(ALL, "updated")),
    _fact(database.rows_total, "Handler_update", labels=(ALL, "updated")),
    _fact(database.rows_total, "Innodb_rows_deleted", labels=(ALL, "deleted")),
    _fact(database.rows_total, "Handler_delete", labels=(ALL, "deleted")),
    Fact(
        database.cache_hits_total,
        (ALL,),
        ("Innodb_buffer_pool_read_requests",),
        ("Innodb_buffer_pool_reads",),
    ),
    _fact(database.cache_misses_total, "Innodb_buffer_pool_reads", labels=(ALL,)),
    _fact(database.deadlocks_total, "Innodb_deadlocks", labels=(ALL,)),
    _command("select", "select"),
    _command("insert", "insert", "insert_select"),
    _command("update", "update", "update_multi"),
    _command("delete", "delete", "delete_multi"),
    _command("replace", "replace", "replace_select"),
    _command("call", "call_procedure"),
    _fact(mysql.buffer_pool_pages, "Innodb_buffer_pool_pages_free", labels=("free",)),
    _fact(mysql.buffer_pool_pages, "Innodb_buffer_pool_pages_dirty", labels=("dirty",)),
    _fact(mysql.buffer_pool_pages, "Innodb_buffer_pool_pages_misc", labels=("misc",)),
    Fact(
        mysql.buffer_pool_pages,
        ("clean",),
        ("Innodb_buffer_pool_pages_data",),
        ("Innodb_buffer_pool_pages_dirty",),
    ),
    _fact(mysql.buffer_pool_waits_total, "Innodb_buffer_pool_wait_free"),
    _fact(mysql.row_lock_waits_total, "Innodb_row_lock_waits"),
    Fact(mysql.row_lock_seconds_total, (), ("Innodb_row_lock_time",), scale=0.001),
    _fact(mysql.history_length, "Innodb_history_list_length"),
    _fact(mysql.log_waits_total, "Innodb_log_waits"),
    _fact(mysql.log_bytes_total, "Innodb_os_log_written"),
    _fact(mysql.scans_total, "Select_scan", labels=("first",)),
    _fact(mysql.scans_total, "Select_full_join", labels=("join",)),
    _fact(mysql.temporary_tables_total, "Created_tmp_disk_tables", labels=("disk",)),
    Fact(
        mysql.temporary_tables_total,
        ("memory",),
        ("Created_tmp_tables",),
        ("Created_tmp_disk_tables",),
    ),
    _fact(mysql.sort_merge_passes_total, "Sort_merge_passes"),
    _fact(mysql.tables_opened_total, "Opened_tables"),
    _fact(mysql.connections_opened_total, "Connections"),
    _fact(mysql.connections_aborted_total, "Aborted_connects", labels=("login",)),
    _fact(mysql.connections_aborted_total, "Aborted_clients", labels=("session",)),
    _fact(mysql.connections_refused_total, "Connection_errors_max_connections"),
    _fact(mysql.network_bytes_total, "Bytes_received", labels=("received",)),
    _fact(mysql.network_bytes_total, "Bytes_sent", labels=("sent",)),
    _fact(mysql.statements_evicted_total, "Performance_schema_digest_lost"),
)


class StatusCollector:
    """Measures what the server counts of itself."""

    name = "status"
    interval = 0.0

    def __init__(self, client: Client) -> None:
        self.page = Exposition()
        self._client = client
        self._writers: dict[str, Writer] = {}
        for family in dict.fromkeys(fact.family for fact in FACTS):
            self._writers[family.name] = self.page.writer(family, *family.labels)

    async def collect(self) -> None:
        """Ask, and add every sample. Raises OSError or CollectionError."""
        rows = await self._client.ask("SHOW GLOBAL STATUS")
        status = {str(name): value for name, value in rows}
        found: dict[tuple[str, tuple[str, ...]], float] = {}
        for fact in FACTS:
            if (value := fact.value(status)) is not None:
                found.setdefault((fact.family.name, fact.labels), value)
        for (name, labels), value in found.items():
            self._writers[name].add(value, *labels)
