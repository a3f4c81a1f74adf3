"""A changed configuration: taken while scrapes go on, or refused and told so."""

from __future__ import annotations

import re
import signal
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

Start = Callable[..., Any]


def settings(**targets: str) -> str:
    lines = [f"  {n}: {{kind: redis, url: '{url}', service: s}}\n" for n, url in targets.items()]
    return f"targets:\n{''.join(lines)}services: {{s: {{}}}}\n"


def taken(exporters: Any) -> bool:
    """Return whether the exporters say that they took the configuration that lies there."""
    return "exporter_config_last_reload_successful 1" in exporters.get("/metrics")[1].splitlines()


def stamp(exporters: Any) -> float:
    """Return when the exporters say that they last took a configuration."""
    name = "exporter_config_last_reload_success_timestamp_seconds"
    found = re.search(rf"^{name} (\S+)$", exporters.get("/metrics")[1], re.MULTILINE)
    assert found
    return float(found[1])


@pytest.mark.parametrize("told", [True, False])
def test_taken(
    told: bool, start_cache: Start, run_exporters: Start, tmp_path: Path, wait: Start
) -> None:
    """New targets are measured, those that are gone are not, the others keep their connection."""
    server = start_cache()
    exporters = run_exporters(settings(kept=server.url, gone=server.url))
    for name in ("kept", "gone"):
        assert "cache_up 1" in exporters.get(f"/probe?target={name}")[1].splitlines()
    before = stamp(exporters)
    (tmp_path / "lightship.yaml").write_text(settings(kept=server.url, new=server.url))
    if told:
        exporters.process.send_signal(signal.SIGHUP)
    wait(lambda: exporters.get("/probe?target=new")[0] == 200, "a new target")

    assert "cache_up 1" in exporters.get("/probe?target=new")[1].splitlines()
    assert exporters.get("/probe?target=gone")[0] == 404
    kept = exporters.get("/probe?target=kept")[1]
    assert 'exporter_connections_opened_total{collector="redis"} 1' in kept.splitlines()
    names = [client["name"] for client in server.client.client_list()]
    wait(lambda: names.count("lightship-exporter") == 2, "the connection that is dropped")
    assert taken(exporters)
    assert stamp(exporters) > before
    assert exporters.events()[-1]["event"] == "configuration reloaded"
    assert exporters.events()[-1]["targets"] == ["kept", "new"]


def test_refused(start_cache: Start, run_exporters: Start, tmp_path: Path, wait: Start) -> None:
    """A configuration that is wrong changes nothing, is told once, and can be mended."""
    server, file = start_cache(), tmp_path / "lightship.yaml"
    exporters = run_exporters(settings(sessions=server.url))
    assert taken(exporters)
    file.write_text("targets: {sessions: {kind: reddis, password: hunter2}}\n")
    wait(lambda: not taken(exporters), "a refusal")
    exporters.process.send_signal(signal.SIGHUP)
    for _ in range(3):
        assert "cache_up 1" in exporters.get("/probe?target=sessions")[1].splitlines()
    (refusal,) = [e for e in exporters.events() if e["event"] == "configuration refused"]
    assert refusal["level"] == "warning"
    assert any("'reddis' is unknown; did you mean 'redis'?" in p for p in refusal["problems"])
    assert "hunter2" not in exporters.log.read_text()
    assert "traceback" not in refusal

    file.unlink()
    wait(lambda: "cannot be read" in exporters.log.read_text(), "a second refusal")
    file.write_text(settings(sessions=server.url))
    wait(lambda: taken(exporters), "a mended configuration")
    kept = exporters.get("/probe?target=sessions")[1]
    assert 'exporter_connections_opened_total{collector="redis"} 1' in kept.splitlines()


def test_web(run_exporters: Start, tmp_path: Path, wait: Start) -> None:
    """The web configuration is taken up with the settings, or neither is; TLS stays as it is."""
    web = tmp_path / "web.yml"
    web.write_text("http_server_config: {headers: {X-Frame-Options: deny}}")
    exporters = run_exporters(settings(a="redis://127.0.0.1:1"), "--web-config", str(web))
    web.write_text("basic_auth_user: {}")
    wait(lambda: not taken(exporters), "a refusal")
    (tmp_path / "lightship.yaml").write_text(settings(b="redis://127.0.0.1:1"))
    exporters.process.send_signal(signal.SIGHUP)
    wait(lambda: "did you mean 'basic_auth_users'?" in exporters.log.read_text(), "the reason")
    assert exporters.get("/probe?target=b")[0] == 404
    web.write_text("http_server_config: {}")
    wait(lambda: taken(exporters), "a mended configuration")
    assert exporters.get("/probe?target=b")[0] == 200


@contextmanager
def asking(exporters: Any, target: str) -> Iterator[Callable[[], bytes]]:
    """Have a scrape under way; what is yielded returns all that is answered."""
    with socket.create_connection(("127.0.0.1", exporters.port)) as connection:
        request = f"GET /probe?target={target} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
        connection.sendall(request.encode())
        # Whoever asks later is answered by a server that has seen the request.
        assert exporters.get("/livez")[0] == 200
        yield lambda: b"".join(iter(lambda: connection.recv(65536), b""))


def test_while_asked(start_cache: Start, run_exporters: Start, tmp_path: Path, wait: Start) -> None:
    """A scrape of a target that goes meanwhile is still answered."""
    server = start_cache()
    exporters = run_exporters(settings(gone=server.url))
    exporters.get("/probe?target=gone")
    server.suspend()
    with asking(exporters, "gone") as answer:
        (tmp_path / "lightship.yaml").write_text(settings(new="redis://127.0.0.1:1"))
        exporters.process.send_signal(signal.SIGHUP)
        wait(lambda: exporters.get("/probe?target=new")[0] == 200, "a new target")
        said = answer()
    server.resume()
    assert said.startswith(b"HTTP/1.1 200 OK")
    assert b"\ncache_up 0\n" in said


def test_stopped_while_asked(start_cache: Start, run_exporters: Start) -> None:
    """Told to stop while a scrape is under way, the exporters answer it first."""
    server = start_cache()
    exporters = run_exporters(settings(hung=server.url))
    exporters.get("/probe?target=hung")
    server.suspend()
    with asking(exporters, "hung") as answer:
        exporters.process.send_signal(signal.SIGTERM)
        said = answer()
    assert exporters.process.wait(timeout=20) == 0
    server.resume()
    assert said.startswith(b"HTTP/1.1 200 OK")
    assert b"\ncache_up 0\n" in said


def test_ready(start_cache: Start, run_exporters: Start, wait: Start) -> None:
    """Alive is who answers; ready is who has asked every target once, whatever it answered."""
    server = start_cache()
    server.suspend()
    exporters = run_exporters(settings(hung=server.url, refused="redis://127.0.0.1:1"))
    first = exporters.get("/readyz")
    assert exporters.get("/livez") == (200, "ok\n")
    wait(lambda: exporters.get("/readyz") == (200, "ok\n"), "readiness")
    server.resume()
    assert first == (503, "asking the targets for the first time\n")
    asked = {e["target"] for e in exporters.events() if e["event"] == "collection failed"}
    assert asked == {"hung", "refused"}
