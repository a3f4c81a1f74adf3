"""Does the inbox keep its word as a process: killed, stopped, starved, or badly started?"""

from __future__ import annotations

import json
import resource
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx
import pytest
from click.testing import CliRunner

from compose.inbox.cli import inbox
from compose.inbox.limits import BURST
from exporters.errors import UserError

Recorded = Callable[..., dict[str, Any]]
Start = Callable[..., Any]

ROOT = Path(__file__).parents[2]
JSON = {"Content-Type": "application/json"}


def test_what_was_acknowledged_survives_kill_9(start: Start, recorded: Recorded) -> None:
    """Killed right after its 200, and started again, the inbox still has it all."""
    first = start()
    assert httpx.post(f"{first.url}/webhook", json=recorded("second-fires")).status_code == 200
    first.process.kill()
    first.process.wait()

    second = start()
    assert len(httpx.get(f"{second.url}/api/v1/alerts").json()) == 2
    assert len(httpx.get(f"{second.url}/api/v1/notifications").json()) == 1
    assert httpx.get(f"{second.url}/readyz").status_code == 200


def test_kill_9_in_a_storm_loses_nothing_that_was_acknowledged(
    start: Start, recorded: Recorded
) -> None:
    """Whatever had its 200 before the kill is there after it."""
    first = start()
    document = recorded("firing")
    acknowledged: list[str] = []

    def post_until_killed(sender: int) -> None:
        with httpx.Client() as client:
            for number in range(100_000):
                group = f"{sender}-{number}"
                try:
                    answer = client.post(
                        f"{first.url}/webhook", json=document | {"groupKey": group}
                    )
                except httpx.TransportError:
                    return
                assert answer.status_code == 200
                acknowledged.append(group)
                if len(acknowledged) >= 200:
                    first.process.kill()

    with ThreadPoolExecutor(8) as senders:
        list(senders.map(post_until_killed, range(8)))

    second = start()
    kept = httpx.get(f"{second.url}/api/v1/notifications", params={"limit": 10_000}).json()
    assert len(acknowledged) >= 200
    assert set(acknowledged) <= {one["group_key"] for one in kept}


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_stops_it_cleanly(start: Start, recorded: Recorded, number: int) -> None:
    """It exits with 0, says so, and the history is in the one database file."""
    running = start()
    httpx.post(f"{running.url}/webhook", json=recorded("firing"))
    running.process.send_signal(number)
    _, log = running.process.communicate(timeout=20)

    assert running.process.returncode == 0
    assert [json.loads(line)["event"] for line in log.splitlines()] == ["stopped"]
    database = Path(running.first_log["database"])
    assert not database.with_name("inbox.db-wal").exists()


def test_a_full_disk_is_a_503_until_there_is_room(start: Start, recorded: Recorded) -> None:
    """While nothing can be written the webhook and readiness say so; then they work again."""
    running = start()
    pid = running.process.pid
    soft, hard = resource.prlimit(pid, resource.RLIMIT_FSIZE)
    with httpx.Client(base_url=running.url) as client:
        assert client.post("/webhook", json=recorded("firing")).status_code == 200

        resource.prlimit(pid, resource.RLIMIT_FSIZE, (0, hard))
        answer = client.post("/webhook", json=recorded("hostile"))
        assert answer.status_code == 503
        assert "send it again" in answer.json()["what is wrong"][0]
        assert client.get("/readyz").status_code == 503
        assert client.get("/livez").status_code == 200
        assert len(client.get("/api/v1/alerts").json()) == 1

        resource.prlimit(pid, resource.RLIMIT_FSIZE, (soft, hard))
        assert client.get("/readyz").status_code == 200
        assert client.post("/webhook", json=recorded("hostile")).status_code == 200
        assert len(client.get("/api/v1/alerts").json()) == 2


def test_every_line_of_the_log_is_an_event(start: Start) -> None:
    """What was refused, and why, is one JSON object on one line."""
    running = start()
    httpx.post(f"{running.url}/webhook", content="{\n", headers=JSON)
    running.process.terminate()
    _, log = running.process.communicate(timeout=20)

    refused, stopped = [json.loads(line) for line in log.splitlines()]
    assert refused["level"] == "warning"
    assert refused["event"] == "notification refused"
    assert refused["problems"][0].startswith("body: not JSON")
    assert stopped["event"] == "stopped"


def test_it_is_healthy_when_it_can_store(start: Start, monkeypatch: pytest.MonkeyPatch) -> None:
    """The health check exits with 0, or says what does not work; no proxy is asked instead."""
    for name in ("http_proxy", "HTTP_PROXY", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    for name in ("no_proxy", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)
    running = start()
    result = CliRunner().invoke(inbox, ["healthcheck", "--url", f"{running.url}/readyz"])
    assert (result.exit_code, result.output) == (0, f"{running.url}/readyz: answers\n")

    missing = CliRunner().invoke(inbox, ["healthcheck", "--url", f"{running.url}/nothing"])
    assert isinstance(missing.exception, UserError)
    assert "404" in str(missing.exception)

    running.process.kill()
    running.process.wait()
    gone = CliRunner().invoke(inbox, ["healthcheck", "--url", f"{running.url}/readyz"])
    assert isinstance(gone.exception, UserError)
    assert "is 'lightship inbox run' up?" in str(gone.exception)


def run_badly(*options: str) -> str:
    """Start an inbox that cannot start; return what it says."""
    result = subprocess.run(
        [sys.executable, "-m", "compose.inbox", "run", *options],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=20,
        check=False,
    )
    assert result.returncode == 1
    assert "Traceback" not in result.stderr
    return result.stderr


def test_a_busy_port_says_what_to_do(tmp_path: Path) -> None:
    """No traceback: the address, what is wrong with it, and the option that changes it."""
    with socket.create_server(("127.0.0.1", 0)) as other:
        listen = f"127.0.0.1:{other.getsockname()[1]}"
        said = run_badly(
            *("--listen", listen, "--runbooks", str(tmp_path)),
            *("--database", str(tmp_path / "inbox.db")),
        )

    assert said.startswith(f"Error: --listen {listen}: Address already in use; stop what listens")
    assert not (tmp_path / "inbox.db").exists()


@pytest.mark.parametrize("listen", ["19080", "127.0.0.1:http", "127.0.0.1:70000", ":1", ""])
def test_an_address_that_is_none_says_how_to_write_it(tmp_path: Path, listen: str) -> None:
    """Host and port are both needed, so that nothing listens everywhere by accident."""
    said = run_badly(
        *("--listen", listen, "--runbooks", str(tmp_path)),
        *("--database", str(tmp_path / "inbox.db")),
    )
    assert "write it as 127.0.0.1:19080" in said


def test_a_database_that_cannot_be_written_says_what_to_do(tmp_path: Path) -> None:
    """The file is named, and the option that gives another."""
    database = tmp_path / "missing" / "inbox.db"
    said = run_badly(
        *("--listen", "127.0.0.1:0", "--runbooks", str(tmp_path), "--database", str(database))
    )

    assert said.startswith(f"Error: {database}: cannot keep notifications here")
    assert "--database FILE" in said


def test_it_listens_on_loopback_by_default() -> None:
    """Nobody else on the network sees the pages unless somebody decides so."""
    (listen,) = [one for one in inbox.commands["run"].params if one.name == "listen"]

    assert listen.default == "127.0.0.1:19080"


def test_a_reader_does_not_wait_for_a_writer(start: Start, recorded: Recorded) -> None:
    """Pages come while notifications pour in."""
    running = start()
    deadline = time.monotonic() + 1
    document = recorded("firing")

    def post(sender: int) -> None:
        with httpx.Client(base_url=running.url) as client:
            while time.monotonic() < deadline:
                assert client.post(
                    "/webhook", json=document | {"receiver": f"r{sender}"}
                ).is_success

    with ThreadPoolExecutor(4) as senders, httpx.Client(base_url=running.url) as reader:
        posting = [senders.submit(post, sender) for sender in range(4)]
        for _ in range(int(BURST) // 2):
            if time.monotonic() < deadline:
                assert reader.get("/").status_code == 200
        for one in posting:
            one.result()
