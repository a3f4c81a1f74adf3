"""The demo's MariaDB on real servers: who may do what, how its faults act and end."""

from __future__ import annotations

import asyncio
import subprocess
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pymysql
import pytest

from compose import health
from compose.demo import mariadb as names
from compose.demo.faults import CLOSING, LATE, UNFOLLOWED, Faults
from compose.demo.history import DELAY_SECONDS, History
from compose.demo.keeper import Keeper
from compose.local import mariadb
from compose.local.demo import REPLICATION
from compose.local.ports import reserve

ROOT, AGENT, MONITOR = "r00t-s3cret", "4gent-s3cret", "m0nitor-s3cret"
PASSWORDS = {"root": ROOT, names.AGENT: AGENT, names.MONITOR: MONITOR}
TOOLS = Path(__file__).parents[2] / mariadb.FOLDER
PATIENCE_SECONDS = 60

RESULTS = "SELECT count(*) FROM results"
SLOW = "SHOW GLOBAL STATUS LIKE 'Slow_queries'"


def eventually(holds: Callable[[], object]) -> bool:
    """Wait until something holds, for a while."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline:
        with suppress(pymysql.Error):
            if holds():
                return True
        time.sleep(0.1)
    return False


@dataclass
class Server:
    """One of the two, as a process."""

    programs: mariadb.Programs
    folder: Path
    name: str
    port: int
    process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it and wait until it answers."""
        command = mariadb.command(self.programs, self.folder / "data", self.port)
        with (self.folder / "log").open("ab") as log:
            self.process = subprocess.Popen(
                [*command, *REPLICATION[self.name]], stdout=log, stderr=log
            )
        assert eventually(lambda: health.check(self.name, f"127.0.0.1:{self.port}").works)

    def stop(self) -> None:
        """Stop it, whoever is connected."""
        if self.process:
            self.process.terminate()
            self.process.wait()

    def ask(self, statement: str, user: str = names.AGENT) -> dict[str, Any]:
        """Return the first row that a statement gives, by columns' names."""
        with pymysql.connect(
            host="127.0.0.1", port=self.port, user=user, password=PASSWORDS[user],
            database=names.NAME, autocommit=True, cursorclass=pymysql.cursors.DictCursor,
        ) as connection, connection.cursor() as cursor:  # fmt: skip
            cursor.execute(statement)
            return cursor.fetchone() or {}

    def one(self, statement: str) -> Any:
        """Return the first value that a statement gives."""
        return next(iter(self.ask(statement).values()))


@dataclass
class Demo:
    """Both servers, and the workload that uses them."""

    primary: Server
    replica: Server
    faults: Faults
    keepers: list[Keeper]

    def ready(self) -> bool:
        """Whether the workload uses both servers."""
        return not any(keeper.why_not for keeper in self.keepers)

    def follows(self) -> Mapping[str, Any]:
        """Return what the replica says of its primary."""
        return self.replica.ask("SHOW SLAVE STATUS")


@pytest.fixture(scope="module")
def servers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[Server]]:
    """Make both servers and start them."""
    programs = mariadb.obtain(TOOLS)
    found = [
        Server(programs, tmp_path_factory.mktemp(name), name, reserve()) for name in names.SERVERS
    ]
    for server in found:
        setup = names.setup(ROOT, AGENT, MONITOR)
        mariadb.create(programs, server.folder / "data", setup)
        server.start()
    yield found
    for server in found:
        server.stop()


async def together(keepers: list[Keeper]) -> None:
    """Let several keepers work until cancelled."""
    await asyncio.gather(*(keeper.run() for keeper in keepers))


@pytest.fixture(scope="module")
def running(servers: list[Server], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    """Let the workload use them."""
    file = tmp_path_factory.mktemp("secrets") / "password"
    file.write_text(f"{AGENT}\n")
    at = {server.name: f"127.0.0.1:{server.port}" for server in servers}
    history = History(at, file, 1, Faults())
    works = {"history": history.work, "replica": history.follow}
    keepers = [Keeper(name, work, (pymysql.Error, OSError)) for name, work in works.items()]
    loop = asyncio.new_event_loop()
    task = loop.create_task(together(keepers))

    def run() -> None:
        with suppress(asyncio.CancelledError):
            loop.run_until_complete(task)

    thread = threading.Thread(target=run)
    thread.start()
    primary, replica = servers
    yield Demo(primary, replica, history.faults, keepers)
    loop.call_soon_threadsafe(task.cancel)
    thread.join(PATIENCE_SECONDS)
    loop.run_until_complete(loop.shutdown_default_executor())
    loop.close()


@pytest.fixture
def demo(running: Demo) -> Iterator[Demo]:
    """Return the demo as it is without a fault."""
    assert eventually(running.ready)
    yield running
    running.faults.on.clear()


def test_results(demo: Demo) -> None:
    """Results are noted all the time, and the replica has them as well."""
    before = demo.primary.one(RESULTS)
    assert eventually(lambda: demo.primary.one(RESULTS) > before)
    noted = demo.primary.one(RESULTS)
    assert eventually(lambda: demo.replica.one(RESULTS) >= noted)


def slow(demo: Demo) -> int:
    """Return how many queries the primary has counted as slow."""
    return int(demo.primary.ask(SLOW)["Value"])


def test_held(demo: Demo) -> None:
    """With the fault on, whoever counts waits, and that is slow."""
    before = slow(demo)
    demo.faults.switch(CLOSING, on=True)
    assert eventually(lambda: slow(demo) >= before + 6)


def test_unfollowed(demo: Demo) -> None:
    """With the fault on, the replica does not follow; off, it does, and catches up."""
    demo.faults.switch(UNFOLLOWED, on=True)
    assert eventually(lambda: demo.follows()["Slave_IO_Running"] == "No")
    demo.faults.switch(UNFOLLOWED, on=False)
    noted = demo.primary.one(RESULTS)
    assert eventually(lambda: demo.replica.one(RESULTS) >= noted)


def test_late(demo: Demo) -> None:
    """With the fault on, the replica is told to stay behind, and does; off, it catches up."""
    demo.faults.switch(LATE, on=True)
    assert eventually(lambda: demo.follows()["SQL_Delay"] == DELAY_SECONDS)
    assert eventually(lambda: (demo.follows()["Seconds_Behind_Master"] or 0) > 2)
    demo.faults.switch(LATE, on=False)
    assert eventually(lambda: demo.follows()["SQL_Delay"] == 0)
    assert eventually(lambda: demo.follows()["Seconds_Behind_Master"] == 0)


def test_away(demo: Demo) -> None:
    """The workload survives a replica that goes and comes, and goes on with the primary."""
    demo.replica.stop()
    assert eventually(lambda: not demo.ready())
    before = demo.primary.one(RESULTS)
    assert eventually(lambda: demo.primary.one(RESULTS) > before)
    demo.replica.start()
    assert eventually(demo.ready)
    noted = demo.primary.one(RESULTS)
    assert eventually(lambda: demo.replica.one(RESULTS) >= noted)


def test_least_privilege(demo: Demo) -> None:
    """Who measures reads and changes nothing; nobody writes into the replica."""
    assert demo.primary.ask(RESULTS, user=names.MONITOR)
    for statement in ("DELETE FROM results", "CREATE TABLE mine (id int)", "STOP SLAVE"):
        with pytest.raises(pymysql.OperationalError, match="denied"):
            demo.primary.ask(statement, user=names.MONITOR)
    with pytest.raises(pymysql.OperationalError, match="read-only"):
        demo.replica.ask("DELETE FROM results")
    with pytest.raises(pymysql.OperationalError, match="denied"):
        demo.primary.ask("SELECT 1 FROM mysql.global_priv")


def test_passwords_are_not_told() -> None:
    """What makes the accounts does not hold their passwords."""
    statements = "\n".join(names.setup(ROOT, AGENT, MONITOR))
    assert not any(password in statements for password in PASSWORDS.values())
