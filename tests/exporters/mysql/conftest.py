"""MariaDB servers of a test's own."""

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

import pymysql
import pytest

from compose.local import mariadb, unpacked
from compose.local.ports import reserve
from exporters.settings import Target

PATIENCE = 90.0
OWNER, MONITOR = "0wner-s3cret", "m0nitor-s3cret"
TOOLS = Path(__file__).parents[3] / mariadb.FOLDER

SETUP = (
    f"ALTER USER root@localhost IDENTIFIED BY '{OWNER}';",
    # What docs/own-servers.md says, and nothing more.
    f"CREATE USER monitor@localhost IDENTIFIED BY '{MONITOR}';",
    "GRANT PROCESS, SHOW VIEW, SLAVE MONITOR ON *.* TO monitor@localhost;",
    "GRANT SELECT ON performance_schema.* TO monitor@localhost;",
    "GRANT SELECT ON mysql.innodb_index_stats TO monitor@localhost;",
    "CREATE DATABASE shop;",
    "CREATE TABLE shop.customers (id bigint PRIMARY KEY, name text);",
    "CREATE TABLE shop.orders (id bigint PRIMARY KEY, customer bigint, note varchar(100));",
    "CREATE INDEX orders_customer ON shop.orders (customer);",
    "CREATE INDEX orders_customer_again ON shop.orders (customer);",
    "INSERT INTO shop.orders SELECT seq, seq % 10, 'none' FROM seq_1_to_1000;",
    "INSERT INTO shop.customers SELECT seq, 'somebody' FROM seq_1_to_10;",
)


@dataclass
class Server:
    """A MariaDB server in a folder of its own."""

    programs: mariadb.Programs
    folder: Path
    arguments: tuple[str, ...] = ()
    port: int = 0
    process: subprocess.Popen[bytes] = field(init=False)

    @property
    def url(self) -> str:
        return f"mysql://monitor@127.0.0.1:{self.port}/shop"

    def target(self, password: str = MONITOR) -> Target:
        """Return the server as settings name it, the password in a file beside it."""
        file = self.folder.parent / "password"
        file.write_text(f"{password}\n")
        return Target("t", "mysql", self.url, "shop", password_file=file)

    def start(self) -> None:
        """Start it, on the port it had before if it had one."""
        self.port = self.port or reserve()
        command = (*mariadb.command(self.programs, self.folder, self.port), *self.arguments)
        with (self.folder.parent / "log").open("ab") as log:
            self.process = subprocess.Popen(command, stdout=log, stderr=log)
        deadline = time.monotonic() + PATIENCE
        while not self.answers():
            assert time.monotonic() < deadline, (self.folder.parent / "log").read_text()
            time.sleep(0.02)

    def answers(self) -> bool:
        with suppress(pymysql.OperationalError), self.connect():
            return True
        return False

    @contextmanager
    def connect(self, **keys: Any) -> Iterator[pymysql.Connection[Any]]:
        """Connect as the owner; the transaction is open until it is committed."""
        named = {"user": "root", "password": OWNER, "database": "shop"} | keys
        connection = pymysql.connect(host="127.0.0.1", port=self.port, **named)
        try:
            yield connection
        finally:
            connection.close()

    def run(self, *statements: str, **keys: Any) -> list[Any]:
        """Run statements one by one, and return the rows of the last."""
        with self.connect(autocommit=True, **keys) as connection, connection.cursor() as cursor:
            for statement in statements:
                cursor.execute(statement)
            return list(cursor.fetchall())

    def suspend(self) -> None:
        """Let it hang: it accepts connections and answers nothing."""
        self.process.send_signal(signal.SIGSTOP)

    def resume(self) -> None:
        self.process.send_signal(signal.SIGCONT)

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()


@pytest.fixture(scope="session")
def programs() -> mariadb.Programs:
    """Return MariaDB, fetched where it is not here; or the version that `versions.py` tries."""
    if tried := os.environ.get("TRIED_MARIADB"):
        tree = Path(tried)
        return mariadb.Programs(unpacked.command(tree, "usr/sbin/mariadbd"), tree / "usr")
    return mariadb.obtain(TOOLS)


@pytest.fixture(scope="session")
def prototype(programs: mariadb.Programs, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make a data folder that servers are copied from: faster than making each."""
    folder = tmp_path_factory.mktemp("prototype") / "data"
    mariadb.create(programs, folder, SETUP)
    return folder


@pytest.fixture
def start_database(
    programs: mariadb.Programs, prototype: Path, tmp_path: Path
) -> Iterator[Callable[..., Server]]:
    """Start servers of the test's own, with the given arguments besides the port."""
    started: list[Server] = []

    def start(*arguments: str) -> Server:
        folder = tmp_path / f"database{len(started)}"
        shutil.copytree(prototype, folder / "data")
        server = Server(programs, folder / "data", arguments)
        started.append(server)
        server.start()
        return server

    yield start
    for server in started:
        server.kill()


@pytest.fixture(scope="session")
def shared(
    programs: mariadb.Programs, prototype: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Server]:
    """Return a server for tests that leave it as it was."""
    folder = tmp_path_factory.mktemp("shared") / "data"
    shutil.copytree(prototype, folder)
    server = Server(programs, folder)
    server.start()
    yield server
    server.kill()
