"""The exporters as a process: what they answer, what they never say, how they stop."""

from __future__ import annotations

import json
import signal
import socket
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
import requests
from prometheus_client.parser import text_string_to_metric_families

SECRET = "pl4nted-s3cret"

Start = Callable[..., Any]


def settings(url: str, extra: str = "") -> str:
    return (
        f"targets:\n  sessions: {{kind: redis, url: '{url}', service: shop{extra}}}\n"
        "services: {shop: {team: sales}}\n"
    )


def test_probe(start_cache: Start, run_exporters: Start) -> None:
    """A target is measured by its name, and the answer parses."""
    exporters = run_exporters(settings(start_cache().url))
    status, text = exporters.get("/probe?target=sessions")

    assert status == 200
    assert "cache_up 1" in text.splitlines()
    assert list(text_string_to_metric_families(text))


def test_unknown_target(run_exporters: Start) -> None:
    """A target that the settings do not name is not there, and nothing is dialled."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        address = f"redis://127.0.0.1:{listener.getsockname()[1]}"
        exporters = run_exporters(settings("redis://127.0.0.1:1"))
        for target, hint in [
            ("session", "did you mean 'sessions'?"),
            (address, "the known ones are 'sessions'"),
            ("", "the known ones are 'sessions'"),
        ]:
            status, text = exporters.get(f"/probe?target={target}")
            assert (status, text) == (
                404,
                f"target '{target}' is not in the settings file; {hint}\n",
            )
        listener.settimeout(0.1)
        with pytest.raises(TimeoutError):
            listener.accept()


def test_gzip(start_cache: Start, run_exporters: Start) -> None:
    """An answer is compressed for whoever asks so."""
    exporters = run_exporters(settings(start_cache().url))
    url = f"http://127.0.0.1:{exporters.port}/probe?target=sessions"
    answer = requests.get(url, headers={"Accept-Encoding": "gzip"}, timeout=20)

    assert answer.headers["Content-Encoding"] == "gzip"
    assert answer.headers["Content-Type"] == "text/plain; version=0.0.4; charset=utf-8"
    assert "cache_up 1" in answer.text.splitlines()


def test_targets(run_exporters: Start) -> None:
    """Prometheus finds the targets here, by kind if it likes."""
    exporters = run_exporters(settings("redis://127.0.0.1:1"))
    found = [
        {
            "targets": [f"127.0.0.1:{exporters.port}"],
            "labels": {
                "__scheme__": "http",
                "__metrics_path__": "/probe",
                "__param_target": "sessions",
                "job": "cache",
                "instance": "sessions",
                "service": "shop",
                "team": "sales",
            },
        }
    ]
    assert json.loads(exporters.get("/targets")[1]) == found
    assert json.loads(exporters.get("/targets?kind=redis")[1]) == found
    assert json.loads(exporters.get("/targets?kind=other")[1]) == []


def test_own_metrics(run_exporters: Start) -> None:
    """The exporters tell of their own process, whatever the targets do."""
    exporters = run_exporters(settings("redis://127.0.0.1:1"))
    status, text = exporters.get("/metrics")
    families = {family.name for family in text_string_to_metric_families(text)}

    assert status == 200
    assert {"exporter_build_info", "process_resident_memory_bytes"} <= families


def test_hung(start_cache: Start, run_exporters: Start) -> None:
    """Eight scrapers of a cache that hangs all learn in time that it is down."""
    server = start_cache()
    exporters = run_exporters(settings(server.url))
    server.suspend()
    began = time.monotonic()
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(exporters.get, ["/probe?target=sessions"] * 8))
    took = time.monotonic() - began
    server.resume()

    assert {status for status, _ in answers} == {200}
    assert all("cache_up 0" in text.splitlines() for _, text in answers)
    assert took < 5


def test_deadline(start_cache: Start, run_exporters: Start) -> None:
    """A scrape is answered before the one who asks gives up."""
    server = start_cache()
    exporters = run_exporters(settings(server.url))
    server.suspend()
    began = time.monotonic()
    status, text = exporters.get(
        "/probe?target=sessions", X_Prometheus_Scrape_Timeout_Seconds="0.5"
    )
    took = time.monotonic() - began
    server.resume()

    assert (status, "cache_up 0" in text.splitlines()) == (200, True)
    assert took < 2


@pytest.mark.parametrize("right", [True, False])
def test_secrets(start_cache: Start, run_exporters: Start, tmp_path: Path, right: bool) -> None:
    """A password appears in no answer and no log, be it right or wrong."""
    server = start_cache("--requirepass", SECRET if right else "another")
    (tmp_path / "password").write_text(SECRET)
    exporters = run_exporters(settings(server.url, ", password_file: password"))
    bodies = [
        exporters.get(path)[1]
        for path in ("/probe?target=sessions", "/probe?target=no", "/targets", "/metrics", "/no")
    ]
    server.kill()
    bodies.append(exporters.get("/probe?target=sessions")[1])

    assert f"cache_up {int(right)}" in bodies[0].splitlines()
    assert SECRET not in "".join(bodies) + exporters.log.read_text()


def test_echo(run_exporters: Start, tmp_path: Path) -> None:
    """A server that answers with what it was told cannot make the exporters repeat it."""
    (tmp_path / "password").write_text(SECRET)
    with socket.create_server(("127.0.0.1", 0)) as listener, ThreadPoolExecutor(1) as pool:
        listener.settimeout(20)

        def echo() -> None:
            connection, _ = listener.accept()
            with connection:
                said = connection.recv(65536).replace(b"\r\n", b" ")
                connection.sendall(b"-ERR unknown command, with args: " + said + b"\r\n")
                connection.sendall(b"-" + SECRET.encode() + b"\r\n")

        pool.submit(echo)
        url = f"redis://127.0.0.1:{listener.getsockname()[1]}"
        exporters = run_exporters(settings(url, ", password_file: password"))
        status, text = exporters.get("/probe?target=sessions")

    assert status == 200
    assert 'reason="auth"} ' in text
    assert 'reason="auth"} 0' not in text
    assert SECRET not in text + exporters.log.read_text()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_stop(start_cache: Start, run_exporters: Start, number: signal.Signals) -> None:
    """Told to stop, the exporters stop with 0 and say so in a log of one event per line."""
    exporters = run_exporters(settings(start_cache().url))
    exporters.get("/probe?target=sessions")
    exporters.process.send_signal(number)

    assert exporters.process.wait(timeout=20) == 0
    assert [event["event"] for event in exporters.events()] == ["listening", "stopped"]


def test_busy_port(command: Start, tmp_path: Path) -> None:
    """A port in use, or none at all, is told with what to do."""
    file = tmp_path / "lightship.yaml"
    file.write_text(settings("redis://127.0.0.1:1"))
    with socket.create_server(("127.0.0.1", 0)) as listener:
        busy = f"127.0.0.1:{listener.getsockname()[1]}"
        for address, problem in [
            (busy, "the port is in use; stop what listens there or choose another port"),
            ("19101", "is no address; write host:port, such as 127.0.0.1:19101"),
            ("127.0.0.1:99999", "is no address; write host:port, such as 127.0.0.1:19101"),
            ("203.0.113.1:9", "the host is none of this machine's; choose an address of its own"),
        ]:
            ended = command("run", "--settings", str(file), "--listen", address)
            assert ended.returncode == 1
            assert ended.stderr.startswith(f"Error: --listen {address}: {problem}")


def test_bad_settings(command: Start, tmp_path: Path) -> None:
    """Settings that cannot be used end the command with 1 and the problems, not a traceback."""
    ended = command("run", "--settings", str(tmp_path / "none.yaml"))

    assert ended.returncode == 1
    assert ended.stderr.startswith(f"Error: {tmp_path}/none.yaml:1: cannot be read")
    assert command("run", "--no-such").returncode == 2


def test_healthcheck(command: Start, run_exporters: Start) -> None:
    """The health check ends with 0 when the exporters answer, and with 1 when they do not."""
    exporters = run_exporters(settings("redis://127.0.0.1:1"))
    url = f"http://127.0.0.1:{exporters.port}/readyz"
    assert command("healthcheck", "--url", url).returncode == 0
    exporters.process.kill()
    exporters.process.wait()
    ended = command("healthcheck", "--url", url)

    assert ended.returncode == 1
    assert "is 'lightship exporters run' up?" in ended.stderr
