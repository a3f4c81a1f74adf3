"""MariaDB and the engine: whatever the server does, scrapes are answered in time, in part."""

from __future__ import annotations

import asyncio
import socket
import threading
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import replace
from typing import Any

import pymysql
import pytest

from exporters import dsn
from exporters.catalog.family import Family
from exporters.collectors import mysql
from exporters.definition import Definition
from exporters.failure import CollectionError
from exporters.mysql_client import MysqlClient
from exporters.probe import COLLECTION_SECONDS, Probe
from exporters.settings import Target

# How long collections may take where it is not judged how long they do.
PATIENCE = 15.0

OURS = "SELECT count(*) FROM information_schema.processlist WHERE user = 'monitor'"

# So many connections are kept to a server, whatever happens to it.
BUDGET = 2


def counted(target: Target) -> int:
    """Return how many connections of ours a server itself counts; one that is gone has none."""
    port = dsn.parse(target.url, "mysql").port
    with suppress(pymysql.MySQLError):
        owner = pymysql.connect(
            host="127.0.0.1", port=port, user="root", password="0wner-s3cret", read_timeout=5
        )
        with owner, owner.cursor() as cursor:
            cursor.execute(OURS)
            ((count,),) = cursor.fetchall()
            return int(count)
    return 0


async def settled(target: Target, budget: int) -> None:
    """Wait until a server counts no more than the budget: that some were closed it sees late."""
    deadline = time.monotonic() + 2 * PATIENCE
    while (count := await asyncio.to_thread(counted, target)) > budget:
        assert time.monotonic() < deadline, count
        await asyncio.sleep(0.02)


def probed(
    target: Target,
    ask: Callable[[Probe], Awaitable[Any]],
    seconds: float = PATIENCE,
    budget: int = BUDGET,
) -> Any:
    """Return what ``ask`` does with a probe of a server, which stays within the budget."""

    async def go() -> Any:
        probe = Probe("t", mysql.source(target), seconds)
        try:
            found = await ask(probe)
            await settled(target, budget + bool(target.metrics))
            return found
        finally:
            probe.close()
            await asyncio.sleep(0)

    return asyncio.run(go())


async def once(probe: Probe) -> str:
    return await probe.answer(2 * PATIENCE)


async def until(probe: Probe, *lines: str) -> str:
    """Ask until an answer holds the lines: after failures, connections rest for a moment."""
    deadline = time.monotonic() + 2 * PATIENCE
    while set(lines) - set((text := await once(probe)).splitlines()):
        assert time.monotonic() < deadline, text
        await asyncio.sleep(0.02)
    return text


def facts(text: str) -> set[str]:
    """Return the series that tell of the database, without their values."""
    lines = (line for line in text.splitlines() if line.startswith(("database_", "mysql_")))
    return {line.rpartition(" ")[0] for line in lines}


def errors(text: str, collector: str, reason: str) -> int:
    start = f'exporter_collector_errors_total{{collector="{collector}",reason="{reason}"}} '
    return int(next(line for line in text.splitlines() if line.startswith(start)).split()[-1])


def failing(text: str) -> set[str]:
    """Return the collectors whose last run failed."""
    start = 'exporter_collector_success{collector="'
    lines = (line for line in text.splitlines() if line.startswith(start))
    return {line.split('"')[1] for line in lines if line.endswith(" 0")}


SIZES, INDEXES, SETTINGS = (
    f'exporter_collector_success{{collector="{name}"}} 1'
    for name in ("sizes", "indexes", "settings")
)


def test_two_connections(shared: Any) -> None:
    """Twenty scrapes, some of them at once, take two connections and are fewer collections."""

    async def often(probe: Probe) -> tuple[str, list[Any]]:
        for _ in range(12):
            await once(probe)
        await until(probe, SIZES)
        answers = await asyncio.gather(*(once(probe) for _ in range(8)))
        assert len(set(answers)) == 1
        return answers[0], shared.run(OURS)

    text, open_now = probed(shared.target(), often)
    assert open_now == [(2,)]
    assert 'exporter_connections_opened_total{collector="mysql"} 2' in text.splitlines()
    assert "exporter_scrapes_shared_total 7" in text.splitlines()
    assert failing(text) == set()


def test_slow(shared: Any, delayed: Callable[..., Any]) -> None:
    """A database that answers late is measured, over no more connections."""
    target = shared.target()

    async def slowly(probe: Probe) -> tuple[str, list[Any]]:
        return await until(probe, "database_up 1"), shared.run(OURS)

    with delayed(shared.port, 0.02) as late:
        url = target.url.replace(str(shared.port), str(late))
        text, open_now = probed(replace(target, url=url), slowly)
    assert "database_connections_limit 60" in text.splitlines()
    assert open_now <= [(BUDGET,)]


def test_too_slow(shared: Any, delayed: Callable[..., Any]) -> None:
    """A database that answers too late is down in time, with reason timeout."""
    target = shared.target()
    with delayed(shared.port, 30) as late:
        url = target.url.replace(str(shared.port), str(late))
        text, took = probed(replace(target, url=url), timed, COLLECTION_SECONDS)
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
    digits = " UNION ALL ".join(f"SELECT {n} AS n" for n in range(10))
    tables = ", ".join(f"({digits}) AS t{power}" for power in range(5))
    number = " + ".join(f"t{power}.n * {10**power}" for power in range(5))
    query = f"SELECT {number} AS number, {number} AS many FROM {tables}"  # noqa: S608 - ours
    many = Definition("many", query, {"many": family}, ("number",))
    target = replace(shared.target(), metrics=(many,))
    failed = 'exporter_collector_errors_total{collector="metrics.many",reason="other"} 1'
    text = probed(target, lambda probe: until(probe, failed))
    assert "shop_numbers{" not in text
    assert failing(text) == {"metrics.many"}
    fewer = replace(many, query=f"{query} WHERE t4.n = 0")
    works = 'exporter_collector_success{collector="metrics.many"} 1'
    text = probed(replace(target, metrics=(fewer,)), lambda probe: until(probe, works))
    assert text.count("\nshop_numbers{") == 100
    assert 'shop_numbers{number="9999"} 9999' in text.splitlines()


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
    assert facts(gone) == {"database_up"}
    assert "database_up 0" in gone.splitlines()
    assert errors(gone, "activity", "refused") == 1
    assert took < 4.5
    assert "database_connections_limit 60" in back.splitlines()


def test_restarted(start_database: Callable[..., Any]) -> None:
    """A database that was restarted between two scrapes loses neither."""
    server = start_database()

    async def restart(probe: Probe) -> str:
        # What is asked seldom is no more under way.
        await until(probe, SIZES, INDEXES, SETTINGS)
        server.kill()
        server.start()
        return await once(probe)

    text = probed(server.target(), restart)
    assert "database_up 1" in text.splitlines()
    assert failing(text) == set()


def test_ended_by_the_server(shared: Any) -> None:
    """Connections that the server ends are opened again, and no scrape is lost."""

    async def end(probe: Probe) -> str:
        await once(probe)
        shared.run("KILL USER monitor@localhost")
        return await once(probe)

    text = probed(shared.target(), end)
    assert "database_up 1" in text.splitlines()
    assert "activity" not in failing(text)


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

    took, answers, back = probed(server.target(), hang, COLLECTION_SECONDS)
    assert 0.9 < took < 4.5
    assert all(facts(text) == {"database_up"} for text in answers)
    assert errors(back, "activity", "timeout") >= 1


def test_hung_from_the_start(start_database: Callable[..., Any]) -> None:
    """A database that never answered is down with reason timeout."""
    server = start_database()
    server.suspend()

    async def wait(probe: Probe) -> tuple[str, float]:
        found = await timed(probe)
        server.resume()
        return found

    text, took = probed(server.target(), wait, COLLECTION_SECONDS)
    assert errors(text, "activity", "timeout") == 1
    assert took < 4.5


def test_locked_table(start_database: Callable[..., Any]) -> None:
    """A table locked for a change of its columns hides nothing; who waits for it is counted."""
    server = start_database()
    change = threading.Thread(target=server.run, args=("ALTER TABLE orders ADD COLUMN more int",))

    async def lock(probe: Probe) -> tuple[str, str, float]:
        before = await until(probe, SIZES, INDEXES)
        with server.connect() as connection:
            connection.cursor().execute("SELECT * FROM orders LIMIT 1")
            change.start()
            await until(probe, "database_locks_waiting 1")
            began = time.monotonic()
            # Another exporter, which has seen nothing yet.
            fresh = Probe("t", mysql.source(server.target()))
            text = await until(fresh, SIZES, INDEXES)
            fresh.close()
            return before, text, time.monotonic() - began

    before, text, took = probed(server.target(), lock)
    change.join()
    statements = {series for series in facts(before) if "statement" in series}
    assert facts(before) - facts(text) <= statements
    assert failing(text) == set()
    assert took < 5


def test_killed_midway(start_database: Callable[..., Any]) -> None:
    """A database that dies while it answers costs that scrape, and the next tells the truth."""
    server = start_database()

    async def kill(probe: Probe) -> tuple[str, str]:
        await once(probe)
        server.suspend()  # what is asked now is on its way, and not answered
        answer = asyncio.create_task(once(probe))
        await asyncio.sleep(0.1)
        server.kill()
        return await answer, await once(probe)

    midway, after = probed(server.target(), kill)
    assert failing(midway)
    assert facts(after) == {"database_up"}


def test_waiting(start_database: Callable[..., Any]) -> None:
    """Who waits for a row is counted, and so is how long the holder's transaction is open."""
    server = start_database()
    waiter = threading.Thread(target=server.run, args=("UPDATE orders SET note = '' WHERE id = 1",))
    with server.connect() as connection:
        connection.cursor().execute("UPDATE orders SET note = '' WHERE id = 1")
        waiter.start()
        text = probed(server.target(), lambda probe: until(probe, "database_locks_waiting 1"))
        assert 'database_connections{state="idle_in_transaction"} 1' in text.splitlines()
        connection.commit()
    waiter.join()


def test_rotated_password(shared: Any) -> None:
    """A password is read anew from its file: a wrong one is reason auth, a right one works."""
    target = shared.target("wrong-s3cret")

    async def rotate(probe: Probe) -> tuple[str, str]:
        wrong = await once(probe)
        shared.target()
        return wrong, await until(probe, "database_up 1")

    wrong, right = probed(target, rotate)
    assert facts(wrong) == {"database_up"}
    assert errors(wrong, "activity", "auth") == 1
    assert "s3cret" not in wrong + right


def test_full(start_database: Callable[..., Any]) -> None:
    """A database that takes nobody in is down with a reason."""
    server = start_database("--max-connections=10")
    server.run("SET GLOBAL max_connections = 10")
    held = [server.connect(user="monitor", password="m0nitor-s3cret") for _ in range(10)]
    for one in held:
        one.__enter__()
    text = probed(server.target(), once, budget=BUDGET + len(held))
    for one in held:
        one.__exit__(None, None, None)
    assert errors(text, "activity", "refused") == 1


def asked(target: Target, sql: str, seconds: float = 1) -> Any:
    """Return what a client is answered."""

    async def ask() -> Any:
        client = MysqlClient(target, seconds)
        try:
            return await client.ask(sql)
        finally:
            client.close()

    return asyncio.run(ask())


@pytest.mark.parametrize("statement", ["CREATE TABLE x (id int)", "DELETE FROM orders"])
def test_no_writes(shared: Any, statement: str) -> None:
    """The server refuses whatever writes, even if the account were allowed to."""
    target = shared.target("0wner-s3cret")
    url = target.url.replace("monitor@", "root@")
    owner = Target("t", "mysql", url, "s", password_file=target.password_file)
    with pytest.raises(CollectionError, match="error 1792"):
        asked(owner, statement)
    shared.target()


def test_slow_statement(shared: Any) -> None:
    """The server itself ends a statement that takes too long."""
    view = "information_schema.columns"
    slow = f"SELECT count(*) FROM {view} AS a, {view} AS b, {view} AS c"  # noqa: S608 - ours
    with pytest.raises(CollectionError, match="error 1969") as caught:
        asked(shared.target(), slow, 0.1)
    assert caught.value.reason == "timeout"


@pytest.mark.parametrize("mode", ["disable", "prefer", "require", "verify-ca", "verify-full"])
def test_tls(shared: Any, mode: str) -> None:
    """TLS is used where the server has it, and a certificate that nobody knows is not trusted."""
    target = shared.target()
    url = f"{target.url}?sslmode={mode}"
    told = Target("t", "mysql", url, "s", password_file=target.password_file)
    if mode.startswith("verify"):
        with pytest.raises(CollectionError, match="TLS"):
            asked(told, "SELECT 1")
        return
    ((_, cipher),) = asked(told, "SHOW SESSION STATUS LIKE 'Ssl_cipher'")
    assert bool(cipher) == (mode != "disable")


@pytest.mark.parametrize("answer", [b"", b"HTTP/1.1 400 Bad Request\r\n\r\n", b"\x05\x00\x00\x00"])
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
                    connection.sendall(answer)

        threading.Thread(target=accept, daemon=True).start()
        url = f"mysql://me@127.0.0.1:{listener.getsockname()[1]}/d"
        began = time.monotonic()
        text = probed(Target("t", "mysql", url, "s"), once)
        listener.shutdown(socket.SHUT_RDWR)
    assert facts(text) == {"database_up"}
    assert time.monotonic() - began < 4.5


def test_logged_once(caplog: pytest.LogCaptureFixture) -> None:
    """A server that is away is logged when that begins, for all collectors together."""

    async def thrice(probe: Probe) -> None:
        for _ in range(3):
            await once(probe)

    probed(Target("t", "mysql", "mysql://me@127.0.0.1:1/d", "s"), thrice)
    (record,) = caplog.records
    assert record.message == "collection failed"
    assert record.facts["reason"] == "refused"  # type: ignore[attr-defined] # ours, added
    assert len(record.facts["collectors"]) == 5  # type: ignore[attr-defined] # likewise


def test_secrets_are_not_repeated(shared: Any) -> None:
    """What the server says of a failure, names of accounts and statements, is not repeated."""
    with pytest.raises(CollectionError) as caught:
        asked(shared.target(), "SELECT note FROM shop.orders WHERE note = 'pl4nted-s3cret'")
    assert caught.value.reason == "permission"
    assert "pl4nted" not in str(caught.value)
    assert "monitor" not in str(caught.value)
    with pytest.raises(pymysql.OperationalError, match="pl4nted"):
        shared.run("SELECT pl4nted FROM orders")
