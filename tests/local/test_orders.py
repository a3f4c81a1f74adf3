"""The demo's database on a real server: who may do what, how its faults act and end."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
import pytest
import requests

from compose import health
from compose.demo import database
from compose.local import postgres
from compose.local.ports import reserve
from exporters import defined
from exporters.errors import UserError
from exporters.settings import load
from generator.definitions import DEMO_SETTINGS

SHOP, MONITOR = "sh0p-s3cret", "m0nitor-s3cret"

CONNECTIONS = "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'demo-workload'"
WAITING = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'"
ORDERS = "SELECT count(*) FROM orders"
ROLLED_BACK = "SELECT xact_rollback FROM pg_stat_database WHERE datname = 'shop'"


def eventually(holds: Callable[[], object], seconds: float = 30) -> bool:
    """Wait until something holds, for a while."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if holds():
            return True
        time.sleep(0.1)
    return False


@dataclass
class Server:
    """The demo's database, as a process."""

    folder: Path
    port: int
    process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it and wait until it answers."""
        log = (self.folder.parent / "database.log").open("ab")
        with log:
            self.process = subprocess.Popen(
                postgres.command(self.folder, self.port), stdout=log, stderr=log
            )
        assert eventually(lambda: health.check("demo-database", f"127.0.0.1:{self.port}").works)

    def stop(self) -> None:
        """Stop it, whoever is connected."""
        if self.process:
            self.process.send_signal(signal.SIGINT)
            self.process.wait()

    def ask(self, statement: str, *, user: str = database.SHOP) -> Any:
        """Return the one value that a statement gives, if it gives any."""
        password = SHOP if user == database.SHOP else MONITOR
        with psycopg.connect(
            host="127.0.0.1", port=self.port, user=user, password=password, dbname=database.NAME
        ) as connection:
            cursor = connection.execute(statement.encode())
            row = cursor.fetchone() if cursor.description else None
            return row[0] if row else None


@dataclass
class Demo:
    """The database and its workload."""

    server: Server
    port: int
    log: Path

    def fault(self, name: str, *, on: bool) -> None:
        """Switch a fault."""
        method = "PUT" if on else "DELETE"
        requests.request(method, f"http://127.0.0.1:{self.port}/faults/{name}", timeout=5)

    def ready(self) -> bool:
        """Whether the workload uses the database; the cache is another matter."""
        try:
            said = requests.get(f"http://127.0.0.1:{self.port}/readyz", timeout=5).text
        except requests.ConnectionError:
            return False
        return "database: " not in said


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    """Make the demo's database and start it."""
    server = Server(tmp_path / "cluster", reserve())
    postgres.create(server.folder, database.NAME, database.setup(SHOP, MONITOR))
    server.start()
    yield server
    server.stop()


@pytest.fixture
def demo(server: Server, tmp_path: Path) -> Iterator[Demo]:
    """Let the workload use the database; it has no cache."""
    (tmp_path / "password").write_text(f"{SHOP}\n")
    demo = Demo(server, reserve(), tmp_path / "log")
    command = [sys.executable, "-m", "compose.demo.workload"]
    arguments = [
        f"--listen=127.0.0.1:{demo.port}",
        "--cache=redis://127.0.0.1:1",
        f"--password-file={tmp_path}/password",
        f"--database=postgresql://{database.SHOP}@127.0.0.1:{server.port}/{database.NAME}",
        f"--database-password-file={tmp_path}/password",
        f"--files={tmp_path}/files",
    ]
    with demo.log.open("wb") as log, subprocess.Popen(command + arguments, stderr=log) as it:
        assert eventually(demo.ready)
        yield demo
        it.terminate()
        assert it.wait(10) == 0 or it.returncode == -15


def test_orders(demo: Demo) -> None:
    """Orders are taken all the time; now and then one is refused, and nothing grows forever."""
    assert eventually(lambda: demo.server.ask(ORDERS) > 50)
    assert eventually(lambda: demo.server.ask(ROLLED_BACK) > 0)
    assert demo.server.ask(CONNECTIONS) < 10


def test_connections(demo: Demo) -> None:
    """With the fault on, connections are leaked beyond what is fine; off, they are given back."""
    demo.fault("connections", on=True)
    assert eventually(lambda: demo.server.ask(CONNECTIONS) > 45)
    demo.fault("connections", on=False)
    assert eventually(lambda: demo.server.ask(CONNECTIONS) < 10)
    before = demo.server.ask(ORDERS)
    assert eventually(lambda: demo.server.ask(ORDERS) > before)


def test_locked(demo: Demo) -> None:
    """With the fault on, whoever needs orders waits; off, they go on."""
    demo.fault("locked", on=True)
    assert eventually(lambda: demo.server.ask(WAITING) > 3)
    assert demo.server.ask(WAITING, user=database.MONITOR) > 3
    demo.fault("locked", on=False)
    assert eventually(lambda: demo.server.ask(WAITING) == 0)
    before = demo.server.ask(ORDERS)
    assert eventually(lambda: demo.server.ask(ORDERS) > before)


def test_away(demo: Demo) -> None:
    """The workload survives a database that goes and comes, and logs each change once."""
    demo.server.stop()
    assert eventually(lambda: not demo.ready())
    demo.server.start()
    assert eventually(demo.ready)
    text = demo.log.read_text()
    events = [json.loads(line)["event"] for line in text.splitlines()]
    changes = [event for event in events if event.startswith("database ")]
    assert changes == ["database is used", "database is away", "database is used"]
    assert SHOP not in text


def test_least_privilege(server: Server) -> None:
    """Who measures sees statistics and can neither read nor change what the shop keeps."""
    server.ask("CREATE TABLE secrets AS SELECT 1 AS one")
    assert server.ask("SELECT count(*) FROM pg_stat_activity", user=database.MONITOR) > 0
    for statement in (
        "SELECT one FROM secrets",
        "DELETE FROM secrets",
        "CREATE TABLE mine ()",
        "COPY secrets TO '/tmp/secrets'",
        "SELECT pg_reload_conf()",
    ):
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            server.ask(statement, user=database.MONITOR)


def test_passwords_are_not_told() -> None:
    """What makes the accounts does not hold their passwords, and is never the same."""
    first, second = (list(database.setup(SHOP, MONITOR)) for _ in range(2))
    assert not any(SHOP in one or MONITOR in one for one in first)
    assert first != second


def test_made_once(server: Server) -> None:
    """A data folder that is there is left as it is."""
    server.ask("CREATE TABLE kept ()")
    server.stop()
    postgres.create(server.folder, database.NAME, ["THIS IS NEVER RUN;"])
    server.start()
    assert server.ask("SELECT to_regclass('kept')::text") == "kept"


def test_bad_setup(tmp_path: Path) -> None:
    """A statement that fails leaves no half of a database behind."""
    folder = tmp_path / "cluster"
    with pytest.raises(UserError, match=r"^demo-database: syntax error at or near"):
        postgres.create(folder, "shop", ["CREATE ROLE;"])
    assert not folder.exists()


def test_no_programs(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Without PostgreSQL it is told what to install; one on PATH is as good as the wheel's."""
    monkeypatch.setattr(postgres, "find_spec", lambda _: None)
    monkeypatch.setattr(postgres, "SYSTEM", tmp_path / "none")
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(UserError, match="no PostgreSQL; run: pip install"):
        postgres.programs()
    for name in ("postgres", "initdb"):
        (tmp_path / name).write_text("")
        (tmp_path / name).chmod(0o755)
    assert postgres.programs() == tmp_path


@pytest.mark.skipif(os.getuid() != 0, reason="only root must become somebody else")
def test_not_as_root(server: Server) -> None:
    """Started by root, the server runs as nobody, or as root by another name."""
    assert server.process
    status = Path(f"/proc/{server.process.pid}/status").read_text()
    (real,) = (line.split()[1] for line in status.splitlines() if line.startswith("Uid:"))
    inside = Path(f"/proc/{server.process.pid}/uid_map").read_text().split()
    assert real != "0" or inside[0] != "0"
    assert shutil.which("setpriv")


def test_what_is_counted(server: Server, demo: Demo) -> None:
    """The account that measures may ask what the demo's settings count of the shop."""
    assert eventually(demo.ready)
    assert eventually(lambda: server.ask("SELECT count(*) FROM orders"))
    asked = load(DEMO_SETTINGS).targets["demo-database"].metrics
    assert len(asked) == 3
    for one in asked:
        assert server.ask(defined.statement(one), user=database.MONITOR) is not None
