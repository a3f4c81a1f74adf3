"""PostgreSQL servers of a test's own."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg
import pytest

from compose.local import postgres
from compose.local.ports import reserve
from exporters.settings import Target

PATIENCE = 90.0
OWNER, MONITOR = "0wner-s3cret", "m0nitor-s3cret"

SETUP = (
    f"ALTER ROLE postgres PASSWORD '{OWNER}';",
    f"CREATE ROLE monitor LOGIN PASSWORD '{MONITOR}' IN ROLE pg_monitor;",
    "CREATE EXTENSION pg_stat_statements;",
    "CREATE TABLE orders (id bigint PRIMARY KEY, customer bigint, note text);",
    "CREATE TABLE customers (id bigint PRIMARY KEY, name text);",
    "CREATE INDEX orders_customer ON orders (customer);",
    "CREATE INDEX orders_customer_again ON orders (customer);",
    "INSERT INTO orders SELECT n, n % 10, 'none' FROM generate_series(1, 1000) AS n;",
    "INSERT INTO customers SELECT n, 'somebody' FROM generate_series(1, 10) AS n;",
    "ANALYZE;",
)


@dataclass
class Server:
    """A PostgreSQL server in a folder of its own."""

    folder: Path
    arguments: tuple[str, ...] = ()
    port: int = 0
    process: subprocess.Popen[bytes] = field(init=False)

    @property
    def url(self) -> str:
        return f"postgresql://monitor@127.0.0.1:{self.port}/shop"

    def target(self, password: str = MONITOR) -> Target:
        """Return the server as settings name it, the password in a file beside it."""
        file = self.folder.parent / "password"
        file.write_text(f"{password}\n")
        return Target("t", "postgres", self.url, "shop", password_file=file)

    def start(self) -> None:
        """Start it, on the port it had before if it had one."""
        self.port = self.port or reserve()
        command = (*postgres.command(self.folder, self.port), *self.arguments)
        with (self.folder.parent / "log").open("ab") as log:
            self.process = subprocess.Popen(command, stdout=log, stderr=log)
        deadline = time.monotonic() + PATIENCE
        while not self.answers():
            assert time.monotonic() < deadline, (self.folder.parent / "log").read_text()
            time.sleep(0.02)

    def answers(self) -> bool:
        with suppress(psycopg.OperationalError), self.connect():
            return True
        return False

    @contextmanager
    def connect(self, **keys: Any) -> Iterator[psycopg.Connection[Any]]:
        """Connect as the owner; the transaction is open until it is committed."""
        named = {"user": "postgres", "password": OWNER, "dbname": "shop"} | keys
        with psycopg.connect(host="127.0.0.1", port=self.port, **named) as connection:
            yield connection

    def run(self, *statements: str) -> list[Any]:
        """Run statements one by one, and return the rows of the last."""
        with self.connect(autocommit=True) as connection:
            cursor = connection.cursor()
            for statement in statements:
                cursor.execute(statement.encode())
            return cursor.fetchall() if cursor.description else []

    def suspend(self) -> None:
        """Let it hang, all of it: it accepts connections and answers nothing."""
        self._signal(signal.SIGSTOP)

    def resume(self) -> None:
        self._signal(signal.SIGCONT)

    def kill(self) -> None:
        """End it as hard as can be, and all that belongs to it."""
        self._signal(signal.SIGKILL)
        self.process.wait()

    def _signal(self, number: signal.Signals) -> None:
        """Signal the server, so that it starts nothing more, and then its children.

        They have sessions of their own, so no group holds them all.
        """
        if self.process.poll() is not None:
            return  # it is gone, and its pid may be another's
        mine = self.process.pid
        children = [pid for pid in _pids() if _parent(pid) == mine]
        os.kill(mine, number)
        for pid in {*children, *(pid for pid in _pids() if _parent(pid) == mine)}:
            with suppress(ProcessLookupError):
                os.kill(pid, number)


def _pids() -> list[int]:
    return [int(path.name) for path in Path("/proc").glob("[0-9]*")]


def _parent(pid: int) -> int:
    """Return the parent's pid, 0 when there is none any more."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return 0
    # The name before it, in parentheses, may hold anything.
    return int(stat.rpartition(")")[2].split()[1])


@pytest.fixture(scope="session", autouse=True)
def tried() -> Iterator[None]:
    """Let servers be of the version that `versions.py` tries, if it tries one."""
    with pytest.MonkeyPatch.context() as patch:
        if folder := os.environ.get("TRIED_POSTGRES"):
            patch.setattr(postgres, "programs", lambda: Path(folder))
        yield


@pytest.fixture(scope="session")
def prototype(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make a data folder that servers are copied from: faster than making each."""
    folder = tmp_path_factory.mktemp("prototype") / "data"
    postgres.create(folder, "shop", SETUP)
    return folder


@pytest.fixture
def start_database(prototype: Path, tmp_path: Path) -> Iterator[Callable[..., Server]]:
    """Start servers of the test's own, with the given arguments besides the port."""
    started: list[Server] = []

    def start(*arguments: str, data: Path = prototype) -> Server:
        folder = tmp_path / f"database{len(started)}"
        # Who owns the copy is settled when its server starts.
        shutil.copytree(data, folder / "data")
        server = Server(folder / "data", arguments)
        started.append(server)
        server.start()
        return server

    yield start
    for server in started:
        server.kill()


@pytest.fixture(scope="session")
def shared(prototype: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Return a server for tests that leave it as it was."""
    folder = tmp_path_factory.mktemp("shared") / "data"
    shutil.copytree(prototype, folder)
    server = Server(folder)
    server.start()
    yield server
    server.kill()
