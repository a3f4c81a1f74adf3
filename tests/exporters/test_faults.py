"""Whatever targets do: scrapes are answered, in time, in whole words, and keep secrets."""

from __future__ import annotations

import asyncio
import re
import socket
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from prometheus_client.openmetrics.parser import (
    text_string_to_metric_families as openmetrics_families,
)
from prometheus_client.parser import text_string_to_metric_families

from exporters.collectors import source
from exporters.format import OPENMETRICS
from exporters.probe import Probe
from exporters.settings import Target

Start = Callable[..., Any]

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs/faults.md"
SECRET = "pl4nted-s3cret"

# What is kept free of a scrape's time, and what a busy machine may take besides.
PATIENCE = 3.0


def probed(target: Target, scrapes: int = 1, seconds: float = 1) -> str:
    """Return what the last of some scrapes answers, each given so many seconds."""

    async def go() -> str:
        probe = Probe("t", source(target), seconds)
        try:
            return [await probe.answer(5 * seconds) for _ in range(scrapes)][-1]
        finally:
            probe.close()
            await asyncio.sleep(0)

    return asyncio.run(go())


def test_slow(start_cache: Start, delayed: Start) -> None:
    """A target that answers late is measured as long as that is in time."""
    with delayed(start_cache().port, 0.1) as late:
        text = probed(Target("t", "redis", f"redis://127.0.0.1:{late}", "s"), scrapes=2)
    assert "cache_up 1" in text.splitlines()
    assert "\ncache_hits_total 0" in text


@pytest.mark.parametrize(("seconds", "size"), [(30.0, 65536), (0.01, 1)])
def test_too_slow(start_cache: Start, delayed: Start, seconds: float, size: int) -> None:
    """One that answers too late, or byte by byte, is down in time, with reason timeout."""
    with delayed(start_cache().port, seconds, size) as late:
        began = time.monotonic()
        text = probed(Target("t", "redis", f"redis://127.0.0.1:{late}", "s"))
        took = time.monotonic() - began
    assert "cache_up 0" in text.splitlines()
    assert 'exporter_collector_errors_total{collector="redis",reason="timeout"} 1' in text
    assert took < 1 + PATIENCE


def test_many_queues(start_cache: Callable[..., Any]) -> None:
    """Of ten thousand queues a hundred are measured, and the others are counted."""
    server = start_cache()
    server.client.sadd("rq:queues", *(f"rq:queue:q{number:05}" for number in range(10_000)))
    lines = probed(Target("t", "rq", server.url, "s"), seconds=30).splitlines()
    assert "queue_up 1" in lines
    assert 'queue_unwatched_queues{system="rq"} 9900' in lines
    assert 'queue_jobs{system="rq",queue="q00099",state="ready"} 0' in lines


def test_strange_names(start_cache: Callable[..., Any]) -> None:
    """Quotes, backslashes, lines and bytes that are no UTF-8 in a name break nothing."""
    server = start_cache()
    names = [b'a"b', b"back\\slash", b"two\nlines", b"\xff\xfe", "käse \N{SNOWMAN}".encode(), b""]
    server.client.sadd("rq:queues", *(b"rq:queue:" + name for name in names))
    text = probed(Target("t", "rq", server.url, "s"))
    found = {
        sample.labels["queue"]
        for family in text_string_to_metric_families(text)
        for sample in family.samples
        if sample.name == "queue_jobs"
    }
    assert found == {name.decode("utf-8", "replace") for name in names}


def garbage(connection: socket.socket) -> None:
    """Answer with what was said, a secret in it, and go on without end."""
    with connection, suppress(OSError):
        said = connection.recv(65536)
        while True:
            connection.sendall(b"!" + SECRET.encode() + said + b"\r\n")


def cut_off(connection: socket.socket) -> None:
    """Begin an answer, and break off."""
    with connection, suppress(OSError):
        connection.recv(65536)
        connection.sendall(b"$1000\r\n" + SECRET.encode())


def silent(connection: socket.socket) -> None:
    """Read and say nothing."""
    with connection, suppress(OSError):
        while connection.recv(65536):
            pass


KINDS = {
    "redis": "redis://127.0.0.1:{}",
    "rq": "redis://127.0.0.1:{}/1",
    "celery": "redis://127.0.0.1:{}",
    "postgres": "postgresql://me@127.0.0.1:{}/d",
    "mysql": "mysql://me@127.0.0.1:{}/d",
    "nginx": "http://127.0.0.1:{}/status",
    "phpfpm": "http://127.0.0.1:{}/status",
}


def test_everything_at_once(
    run_exporters: Start, start_cache: Start, listening: Start, tmp_path: Path
) -> None:
    """Every kind of target in every kind of trouble: two scrapers are answered 200, in time.

    What they read parses in both formats, no secret is in it nor in the log, and what is
    well is measured meanwhile.
    """
    (tmp_path / "password").write_text(SECRET)
    well = start_cache("--requirepass", SECRET)
    wrong = start_cache("--requirepass", "another")
    with listening(garbage) as one, listening(cut_off) as two, listening(silent) as three:
        ports = {"garbage": one, "cut": two, "silent": three, "gone": 1, "wrong": wrong.port}
        targets = {
            f"{kind}-{fault}": (kind, url.format(port))
            for kind, url in KINDS.items()
            for fault, port in ports.items()
        } | {"well": ("redis", well.url)}
        lines = (
            f"  {name}: {{kind: {kind}, url: '{url}', service: s, password_file: password}}\n"
            for name, (kind, url) in targets.items()
        )
        exporters = run_exporters(f"targets:\n{''.join(lines)}services: {{s: {{}}}}\n")

        def scrape(name: str) -> tuple[str, int, str, float]:
            began = time.monotonic()
            accept = {"Accept": OPENMETRICS.content_type} if hash(name) % 2 else {}
            wish = {"X_Prometheus_Scrape_Timeout_Seconds": "4"}
            answer = exporters.get(f"/probe?target={name}", **wish, **accept)
            return name, *answer, time.monotonic() - began

        with ThreadPoolExecutor(8) as pool:
            answers = list(pool.map(scrape, [*targets, *targets]))
        bodies = [text for _, _, text, _ in answers]
        bodies += [exporters.get(path)[1] for path in ("/metrics", "/targets", "/probe?target=x")]

    for name, status, text, took in answers:
        assert (name, status) == (name, 200)
        assert took < 4 + PATIENCE
        parse = openmetrics_families if text.endswith("# EOF\n") else text_string_to_metric_families
        up = [f for f in parse(text) if f.name.endswith("_up")]
        assert (name, up[0].samples[0].value) == (name, int(name == "well"))
    assert SECRET not in "".join(bodies) + exporters.log.read_text()
    assert "Traceback" not in exporters.log.read_text()


def test_documented() -> None:
    """Every test that the page of faults names is there."""
    named = re.findall(r"`(\w[\w/]*\.py)::(\w+)`", PAGE.read_text("utf-8"))
    assert len(named) > 20
    for file, name in named:
        text = (ROOT / "tests/exporters" / file).read_text("utf-8")
        assert f"\ndef {name}(" in text, f"{file}::{name}"
