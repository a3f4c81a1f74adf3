"""PostgreSQL and the engine: whatever the server does, scrapes are answered in time, in part."""

from __future__ import annotations

import asyncio
import socket
import threading
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import replace
from typing import Any

import psycopg
import pytest

from exporters import dsn
from exporters.catalog.family import Family
from exporters.collectors import postgres
from exporters.definition import Definition
from exporters.failure import CollectionError
from exporters.postgres_client import PostgresClient
from exporters.probe import COLLECTION_SECONDS, Probe
from exporters.settings import Target

OURS = "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'lightship'"

# So many connections are kept to a server, whatever happens to it.
BUDGET = 2


def counted(target: Target) -> int:
    """Return how many connections of ours a server itself counts; one that is gone has none."""
    port = dsn.parse(target.url, "postgres").port
    owner = f"host=127.0.0.1 port={port} user=postgres password=0wner-s3cret dbname=shop"
    with (
        suppress(psycopg.OperationalError),
        psycopg.connect(owner, connect_timeout=5) as connection,
    ):
        ((count,),) = connection.execute(OURS)
        return int(count)
    return 0


async def settled(target: Target, budget: int) -> None:
    """Wait until a server counts no more than the budget: that some were closed it sees late."""
    deadline = time.monotonic() + 20
    while (count := await asyncio.to_thread(counted, target)) > budget:
        assert time.monotonic() < deadline, count
        await asyncio.sleep(0.02)


def probed(
    target: Target, ask: Callable[[Probe], Awaitable[Any]], seconds: float = COLLECTION_SECONDS
) -> Any:
    """Return what ``ask`` does with a probe of a server, which stays within the budget."""

    async def go() -> Any:
        probe = Probe("t", postgres.source(target), seconds)
        try:
            found = await ask(probe)
            await settled(target, BUDGET + bool(target.metrics))
            return found
        finally:
            probe.close()
            await asyncio.sleep(0)

    return asyncio.run(go())


async def once(probe: Probe) -> str:
    return await probe.answer(5)


async def until(probe: Probe, line: str) -> str:
    """Ask until an answer holds the line: after failures, connections rest for a moment."""
    deadline = time.monotonic() + 20
    while line not in (text := await probe.answer(5)).splitlines():
        assert time.monotonic() < deadline, text
        await asyncio.sleep(0.02)
    return text


def facts(text: str) -> set[str]:
    """Return the series that tell of the database, without their values."""
    lines = (line for line in text.splitlines() if line.startswith(("database_", "postgres_")))
    return {line.rpartition(" ")[0] for line in lines}


def errors(text: str, collector: str, reason: str) -> int:
    start = f'exporter_collector_errors_total{{collector="{collector}",reason="{reason}"}} '
    return int(next(line for line in text.splitlines() if line.startswith(start)).split()[-1])


def failing(text: str) -> set[str]:
    """Return the collectors whose last run failed."""
    start = 'exporter_collector_success{collector="'
    lines = (line for line in text.splitlines() if line.startswith(start))
    return {line.split('"')[1] for line in lines if line.endswith(" 0")}


def test_two_connections(shared: Any) -> None:
    """Twenty scrapes, some of them at once, take two connections and are fewer collections."""

    async def often(probe: Probe) -> tuple[str, list[Any]]:
        for _ in range(12):
            await once(probe)
        answers = await asyncio.gather(*(once(probe) for _ in range(8)))
        assert len(set(answers)) == 1
        return answers[0], shared.run(OURS)

    text, open_now = probed(shared.target(), often)
    assert open_now == [(2,)]
    assert 'exporter_connections_opened_total{collector="postgres"} 2' in text.splitlines()
    assert "exporter_scrapes_shared_total 7" in text.splitlines()
    assert failing(text) == set()


def test_slow(shared: Any, delayed: Callable[..., Any]) -> None:
    """A database that answers late is measured, over no more connections."""
    target = shared.target()

    async def slowly(probe: Probe) -> tuple[str, list[Any]]:
        return await until(probe, "database_up 1"), shared.run(OURS)

    with delayed(shared.port, 0.02) as late:
        url = target.url.replace(str(shared.port), str(late))
        text, open_now = probed(replace(target, url=url), slowly, 15)
    assert "database_connections_limit 60" in text.splitlines()
    assert open_now <= [(BUDGET,)]


def test_too_slow(shared: Any, delayed: Callable[..., Any]) -> None:
    """A database that answers too late is down in time, with reason timeout."""
    target = shared.target()
    with delayed(shared.port, 30) as late:
        url = target.url.replace(str(shared.port), str(late))
        text, took = probed(replace(target, url=url), timed)
    assert facts(text) == {"database_up"}
    assert errors(text, "activity", "timeout") == 1
    assert took < 4.5


async def timed(probe: Probe) -> tuple[str, float]:
    """Return an answer, and how long it took."""
    began = time.monotonic()
    return await once(probe), time.monotonic() - began


def test_many_rows(shared: Any) -> None:
    """A query of a hundred thousand rows fails, says so, and harms nothing else."""
    family = Family("shop_numbers", ("number",), "Numbers.", "gauge", own=True)
    query = "SELECT n AS number, n AS many FROM generate_series(1, {}) AS n"
    many = Definition("many", query.format(100_000), {"many": family}, ("number",))
    target = replace(shared.target(), metrics=(many,))
    failed = 'exporter_collector_errors_total{collector="metrics.many",reason="other"} 1'
    text = probed(target, lambda probe: until(probe, failed))
    assert "shop_numbers{" not in text
    assert failing(text) == {"metrics.many"}
    fewer = replace(many, query=query.format(10_000))
    works = 'exporter_collector_success{collector="metrics.many"} 1'
    text = probed(replace(target, metrics=(fewer,)), lambda probe: until(probe, works))
    assert text.count("\nshop_numbers{") == 100
    assert 'shop_numbers{number="10000"} 10000' in text.splitlines()


def test_refused(start_database: Callable[..., Any]) -> None:
    """A database that is killed is down with reason refused, and up when it is back."""
    server = start_database()

    async def restart(probe: Probe) -> tuple[str, float, str]:
        await once(probe)
        server.kill()
        began = time.monotonic()
        gone = await once(probe)
        took = time.monotonic() - began
        server.start()
        return gone, took, await until(probe, "database_up 1")

    gone, took, back = probed(server.target(), restart)
    assert "database_up 0" in gone.splitlines()
    assert facts(gone) == {"database_up"}
    assert errors(gone, "activity", "refused") == 1
    assert took < 4.5
    assert failing(back) == set(), back
    assert "database_connections_limit 60" in back.splitlines()


def test_restarted(start_database: Callable[..., Any]) -> None:
    """A database that was restarted between two scrapes loses neither."""
    server = start_database()

    async def restart(probe: Probe) -> str:
        await once(probe)
        server.kill()
        server.start()
        await asyncio.sleep(0)
        return await once(probe)

    text = probed(server.target(), restart)
    assert "database_up 1" in text.splitlines()
    assert failing(text) == set()


def test_ended_by_the_server(shared: Any) -> None:
    """Connections that the server ends are opened again, and no scrape is lost."""

    async def end(probe: Probe) -> str:
        await once(probe)
        shared.run(
            "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity "
            "WHERE application_name = 'lightship'"
        )
        return await once(probe)

    text = probed(shared.target(), end)
    assert "database_up 1" in text.splitlines()
    assert failing(text) == set()


def test_hung(start_database: Callable[..., Any]) -> None:
    """A database that hangs is down within a second, for eight scrapers too, and comes back."""
    server = start_database()

    async def hang(probe: Probe) -> tuple[float, list[str], str]:
        await once(probe)
        server.suspend()
        began = time.monotonic()
        answers = await asyncio.gather(*(once(probe) for _ in range(8)))
        took = time.monotonic() - began
        server.resume()
        return took, answers, await until(probe, "database_up 1")

    took, answers, back = probed(server.target(), hang)
    assert 0.9 < took < 4.5
    assert all(facts(text) == {"database_up"} for text in answers)
    assert errors(back, "tables", "timeout") >= 1


def test_hung_from_the_start(start_database: Callable[..., Any]) -> None:
    """A database that never answered is down with reason timeout."""
    server = start_database()
    server.suspend()

    async def wait(probe: Probe) -> tuple[str, float]:
        found = await timed(probe)
        server.resume()
        return found

    text, took = probed(server.target(), wait)
    assert errors(text, "activity", "timeout") == 1
    assert took < 4.5


@pytest.mark.parametrize("begun", [False, True])
def test_locked_table(start_database: Callable[..., Any], begun: bool) -> None:
    """A table locked by a change of its columns hides nothing but its own size."""
    server = start_database()
    before = probed(server.target(), once)

    async def lock(probe: Probe) -> tuple[str, float]:
        if begun:
            await once(probe)
        with server.connect() as connection:
            connection.execute("ALTER TABLE orders ADD COLUMN more int")
            began = time.monotonic()
            text = await once(probe)
            return text, time.monotonic() - began

    text, took = probed(server.target(), lock)
    assert took < 4.5
    assert failing(text) == set()
    missing = {series for series in facts(before) - facts(text) if "_locks{" not in series}
    assert len(missing) <= 0.1 * len(facts(before))
    if not begun:
        assert missing
        assert all("_size_bytes" in m or "table_indexes{" in m for m in missing)
        assert all('table="public.orders"' in m for m in missing)


def test_locked_catalog(start_database: Callable[..., Any]) -> None:
    """Where a lock is in the way, those that need it fail in time, and say so; others answer."""
    server = start_database()

    async def lock(probe: Probe) -> tuple[str, float]:
        await once(probe)
        with server.connect() as connection:
            connection.execute("LOCK TABLE pg_class IN ACCESS EXCLUSIVE MODE")
            began = time.monotonic()
            text = await once(probe)
            return text, time.monotonic() - began

    text, took = probed(server.target(), lock)
    assert took < 4.5
    assert "database_up 1" in text.splitlines()
    assert "tables" in failing(text)
    assert errors(text, "tables", "locked") == 1
    assert {"activity", "server", "replication"}.isdisjoint(failing(text))
    # What is asked seldom is still shown.
    assert 'database_table_indexes{database="shop",table="public.orders"} 3' in text


def test_killed_midway(start_database: Callable[..., Any]) -> None:
    """A database that dies while it answers costs that scrape, and the next tells the truth."""
    server = start_database()

    async def kill(probe: Probe) -> tuple[str, str]:
        await once(probe)
        with server.connect() as connection:
            connection.execute("LOCK TABLE pg_class IN ACCESS EXCLUSIVE MODE")
            answer = asyncio.create_task(once(probe))
            await asyncio.sleep(0.1)  # what waits for the lock is on its way
            server.kill()
            connection.close()
        return await answer, await once(probe)

    midway, after = probed(server.target(), kill)
    assert "tables" in failing(midway)
    assert facts(after) == {"database_up"}


def test_waiting(start_database: Callable[..., Any]) -> None:
    """Who waits for a lock is counted, and so is how long the holder's transaction is open."""
    server = start_database()
    waiter = threading.Thread(target=server.run, args=("UPDATE orders SET note = '' WHERE id = 1",))
    with server.connect() as connection:
        connection.execute("UPDATE orders SET note = '' WHERE id = 1")
        waiter.start()
        text = probed(server.target(), lambda probe: until(probe, "database_locks_waiting 1"))
        assert 'database_connections{state="idle_in_transaction"} 1' in text.splitlines()
        oldest = next(
            line for line in text.splitlines() if line.startswith("database_transaction_oldest")
        )
        assert float(oldest.split()[-1]) > 0
    waiter.join()


def test_rotated_password(start_database: Callable[..., Any]) -> None:
    """A password is read anew from its file: a wrong one is reason auth, a right one works."""
    server = start_database()
    target = server.target("wrong-s3cret")

    async def rotate(probe: Probe) -> tuple[str, str]:
        wrong = await once(probe)
        server.target()
        return wrong, await until(probe, "database_up 1")

    wrong, right = probed(target, rotate)
    assert facts(wrong) == {"database_up"}
    assert errors(wrong, "activity", "auth") == 1
    assert "s3cret" not in wrong + right


def test_starting(start_database: Callable[..., Any]) -> None:
    """A database that takes nobody in yet, or no longer, is down with a reason."""
    server = start_database("-c", "max_connections=5", "-c", "superuser_reserved_connections=1")
    held = [server.connect(user="monitor", password="m0nitor-s3cret") for _ in range(3)]
    for one in held:
        one.__enter__()
    with server.connect(), server.connect():
        text = probed(server.target(), once)
    for one in held:
        one.__exit__(None, None, None)
    assert errors(text, "activity", "refused") == 1


@pytest.mark.parametrize("statement", ["CREATE TABLE x ()", "DELETE FROM orders"])
def test_no_writes(shared: Any, statement: str) -> None:
    """The server refuses whatever writes, even if the account were allowed to."""
    target = shared.target("0wner-s3cret")
    owner = Target(
        "t", "postgres", target.url.replace("monitor@", "postgres@"), "s", "", target.password_file
    )

    async def write() -> None:
        client = PostgresClient(owner, 1)
        try:
            await client.ask(statement.replace("orders", "public.orders"))
        finally:
            client.close()

    with pytest.raises(CollectionError, match="SQLSTATE 25006"):
        asyncio.run(write())
    shared.target()


def test_slow_statement(shared: Any) -> None:
    """The server itself ends a statement that takes too long."""

    async def sleep() -> None:
        client = PostgresClient(shared.target(), 0.1)
        try:
            await client.ask("SELECT pg_sleep(60)")
        finally:
            client.close()

    with pytest.raises(CollectionError, match="57014") as caught:
        asyncio.run(sleep())
    assert caught.value.reason == "timeout"


@pytest.mark.parametrize("answer", [b"", b"HTTP/1.1 400 Bad Request\r\n\r\n", b"S", b"N"])
def test_no_database(answer: bytes) -> None:
    """A server that breaks off or speaks something else is down."""
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def accept() -> None:
            while True:
                try:
                    connection, _ = listener.accept()
                except OSError:
                    return
                with connection:
                    connection.recv(65536)
                    connection.sendall(answer)

        threading.Thread(target=accept, daemon=True).start()
        url = f"postgresql://me@127.0.0.1:{listener.getsockname()[1]}/d"
        began = time.monotonic()
        text = probed(Target("t", "postgres", url, "s"), once)
        listener.shutdown(socket.SHUT_RDWR)
    assert facts(text) == {"database_up"}
    assert time.monotonic() - began < 4.5


def test_logged_once(caplog: pytest.LogCaptureFixture) -> None:
    """A server that is away is logged when that begins, for all collectors together."""

    async def thrice(probe: Probe) -> None:
        for _ in range(3):
            await once(probe)

    probed(Target("t", "postgres", "postgresql://me@127.0.0.1:1/d", "s"), thrice)
    (record,) = caplog.records
    assert record.message == "collection failed"
    assert record.facts["reason"] == "refused"  # type: ignore[attr-defined] # ours, added
    assert len(record.facts["collectors"]) == 6  # type: ignore[attr-defined] # likewise
