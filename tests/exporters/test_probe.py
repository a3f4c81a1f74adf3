"""The engine: one collection at a time, always answered in time, whatever the target does."""

from __future__ import annotations

import asyncio
import socket
import threading
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from exporters.catalog import cache
from exporters.collectors import redis
from exporters.collectors.redis import RedisCollector
from exporters.exposition import Exposition
from exporters.probe import Probe, Source
from exporters.settings import Target


def probed(url: str, ask: Callable[[Probe], Awaitable[Any]], file: Path | None = None) -> Any:
    """Return what ``ask`` does with a probe of a server."""

    async def go() -> Any:
        probe = Probe("t", redis.source(Target("t", "redis", url, "s", password_file=file)))
        try:
            return await ask(probe)
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


def errors(text: str, reason: str) -> int:
    start = f'exporter_collector_errors_total{{collector="redis",reason="{reason}"}} '
    return int(next(line for line in text.splitlines() if line.startswith(start)).split()[-1])


def test_up(start_cache: Callable[..., Any]) -> None:
    """A cache that answers is up, and ten scrapes take one connection."""

    async def often(probe: Probe) -> str:
        for _ in range(9):
            await once(probe)
        return await once(probe)

    lines = probed(start_cache().url, often).splitlines()
    assert "cache_up 1" in lines
    assert 'exporter_collector_success{collector="redis"} 1' in lines
    assert 'exporter_connections_opened_total{collector="redis"} 1' in lines


def test_shared(start_cache: Callable[..., Any]) -> None:
    """Eight scrapes at once are one collection."""
    server = start_cache()

    async def together(probe: Probe) -> list[str]:
        await once(probe)
        return await asyncio.gather(*(once(probe) for _ in range(8)))

    answers = probed(server.url, together)
    assert server.client.info("commandstats")["cmdstat_info"]["calls"] == 2
    assert len(set(answers)) == 1
    assert "exporter_scrapes_shared_total 7" in answers[0].splitlines()


def test_hung(start_cache: Callable[..., Any]) -> None:
    """A cache that hangs is down in time, for eight scrapers too, and comes back."""
    server = start_cache()

    async def hang(probe: Probe) -> tuple[float, list[str], str]:
        await once(probe)
        server.suspend()
        began = time.monotonic()
        answers = await asyncio.gather(*(once(probe) for _ in range(8)))
        took = time.monotonic() - began
        server.resume()
        return took, answers, await until(probe, "cache_up 1")

    took, answers, back = probed(server.url, hang)
    assert 0.9 < took < 4.5
    assert all("cache_up 0" in text and "cache_hits_total" not in text for text in answers)
    assert errors(back, "timeout") >= 1


def test_hung_from_the_start(start_cache: Callable[..., Any]) -> None:
    """A cache that never answered is down with reason timeout."""
    server = start_cache()
    server.suspend()
    text = probed(server.url, once)
    server.resume()
    assert errors(text, "timeout") == 1


def test_deadline(start_cache: Callable[..., Any]) -> None:
    """A deadline shorter than a collection is kept, and the reason counted in that answer."""
    server = start_cache()
    server.suspend()

    async def soon(probe: Probe) -> tuple[str, float]:
        began = time.monotonic()
        return await probe.answer(0.1), time.monotonic() - began

    text, took = probed(server.url, soon)
    server.resume()
    assert took < 0.9
    assert "cache_up 0" in text.splitlines()
    assert errors(text, "timeout") == 1


def test_refused(start_cache: Callable[..., Any]) -> None:
    """A cache that is gone is down with reason refused, and up when it is back."""
    server = start_cache()

    async def restart(probe: Probe) -> tuple[str, str]:
        await once(probe)
        server.kill()
        gone = await once(probe)
        server.start()
        return gone, await until(probe, "cache_up 1")

    gone, back = probed(server.url, restart)
    assert "cache_up 0" in gone.splitlines()
    assert errors(gone, "refused") == 1
    assert 'exporter_connections_opened_total{collector="redis"} 2' in back.splitlines()


def test_restarted(start_cache: Callable[..., Any]) -> None:
    """A cache that was restarted between two scrapes loses neither."""
    server = start_cache()

    async def restart(probe: Probe) -> str:
        await once(probe)
        server.kill()
        server.start()
        return await once(probe)

    assert "cache_up 1" in probed(server.url, restart).splitlines()


def test_rest() -> None:
    """After a failure no connection is tried for a moment: scrapes fail as the last one did."""
    with listener(b"") as (url, connections):

        async def twice(probe: Probe) -> str:
            await once(probe)
            return await once(probe)

        text = probed(url, twice)
    assert errors(text, "refused") == 2
    assert len(connections) == 1


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (b"", "refused"),
        (b"$100\r\nhalf", "refused"),
        (b"HTTP/1.1 400 Bad Request\r\n\r\n", "protocol"),
        (b"+OK\r\n+OK\r\n+OK\r\n+OK\r\n", "protocol"),
    ],
)
def test_broken(answer: bytes, reason: str) -> None:
    """A server that breaks off or speaks something else is down, with the reason."""
    with listener(answer) as (url, _):
        text = probed(url, once)
    assert "cache_up 0" in text.splitlines()
    assert errors(text, reason) == 1


def test_endless(monkeypatch: pytest.MonkeyPatch) -> None:
    """A server that sends without end is not listened to without end."""
    monkeypatch.setattr("exporters.resp._MAX_ANSWER_BYTES", 10)
    with listener(b"$1000000\r\n" + b"x" * 100) as (url, _):
        text = probed(url, once)
    assert errors(text, "protocol") == 1


def test_no_password(start_cache: Callable[..., Any]) -> None:
    """A server that wants a password which the settings do not have is down with reason auth."""
    text = probed(start_cache("--requirepass", "s3cret").url, once)
    assert errors(text, "auth") == 1


def test_rotated_password(start_cache: Callable[..., Any], tmp_path: Path) -> None:
    """A password is read anew from its file: wrong, missing and right ones take effect at once."""
    server = start_cache("--requirepass", "s3cret")
    file = tmp_path / "password"

    async def rotate(probe: Probe) -> list[str]:
        missing = await once(probe)
        file.write_text("wrong")
        wrong = await until(probe, 'exporter_connections_opened_total{collector="redis"} 1')
        file.write_text("s3cret\n")
        return [missing, wrong, await until(probe, "cache_up 1")]

    missing, wrong, right = probed(server.url, rotate, file)
    assert errors(missing, "auth") == 1
    assert errors(wrong, "auth") >= 2
    assert "s3cret" not in right


def test_logged_once(caplog: pytest.LogCaptureFixture) -> None:
    """A failure is logged when it begins, not in every scrape."""

    async def thrice(probe: Probe) -> None:
        for _ in range(3):
            await once(probe)

    with listener(b"") as (url, _):
        probed(url, thrice)
    (record,) = caplog.records
    assert record.message == "collection failed"
    assert record.facts["reason"] == "refused"  # type: ignore[attr-defined] # ours, added


def test_fault_of_ours(caplog: pytest.LogCaptureFixture) -> None:
    """A collector that raises what nobody foresaw is a failure like others, told where it was."""

    class Broken(RedisCollector):
        async def collect(self) -> None:
            raise KeyError("what")

    broken = Broken(Target("t", "redis", "redis://x", "s"), Exposition())
    probe = Probe("t", Source("redis", cache.up, [broken], broken))
    assert errors(asyncio.run(once(probe)), "other") == 1
    assert caplog.records[0].exc_info


@contextmanager
def listener(answer: bytes) -> Iterator[tuple[str, list[socket.socket]]]:
    """Listen as a server that says one thing to whoever connects, and hangs up."""
    connections: list[socket.socket] = []
    with socket.create_server(("127.0.0.1", 0)) as server:

        def accept() -> None:
            while True:
                try:
                    connection, _ = server.accept()
                except OSError:
                    return
                connections.append(connection)
                with connection:
                    connection.recv(65536)
                    connection.sendall(answer)

        thread = threading.Thread(target=accept)
        thread.start()
        yield f"redis://127.0.0.1:{server.getsockname()[1]}", connections
        server.shutdown(socket.SHUT_RDWR)
        thread.join()
