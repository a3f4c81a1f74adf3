"""The PHP-FPM collector, on a real PHP-FPM and on what others answer."""

from __future__ import annotations

import asyncio
import json
import re
import signal
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from exporters import fastcgi_client, page
from exporters.collectors import source
from exporters.collectors.phpfpm import (
    NUMBERS,
    PoolCollector,
    ProcessesCollector,
    numbers,
    parse,
    processes,
)
from exporters.failure import CollectionError
from exporters.fastcgi_address import FastCgiAddress
from exporters.fastcgi_client import FastCgiClient, answer, content
from exporters.probe import Probe
from exporters.settings import SettingsError, Target, load
from tests.exporters.conftest import wait_until
from tests.exporters.web.conftest import PATIENCE, Pool, Server
from tests.exporters.web.test_nginx import TIME, Recorded, value

HERE = Path(__file__).parent
STATUS = b'{"pool":"p","process manager":"static","listen queue":1,"listen queue len":2}'


@pytest.mark.parametrize("name", sorted(p.stem for p in HERE.glob("recorded/phpfpm-*.json")))
def test_recorded(name: str, golden: Callable[[Path, str], None]) -> None:
    """What a version's page becomes is known to the letter."""
    client = Recorded((HERE / f"recorded/{name}.json").read_bytes())
    collectors = [kind(client) for kind in (PoolCollector, ProcessesCollector)]  # type: ignore[arg-type] # has what is used
    for one in collectors:
        asyncio.run(one.collect())
    golden(HERE / f"golden/{name}.prom", "".join(one.page.text() for one in collectors))


@contextmanager
def waiting(pool: Pool, requests: int) -> Iterator[None]:
    """Let so many requests come at once; they are done when the body is."""
    host, _, port = pool.listen.rpartition(":")
    folder = pool.server.folder
    client = FastCgiClient(FastCgiAddress(f"{folder}/wait.php", host, int(port)))

    async def go() -> None:
        assert set(await asyncio.gather(*(client.get() for _ in range(requests)))) == {b"done"}

    with ThreadPoolExecutor() as threads:
        asked = threads.submit(asyncio.run, go())
        try:
            yield
        finally:
            (folder / "go").touch()
            asked.result(PATIENCE)


def test_saturated(start_phpfpm: Callable[..., Pool], scraper: Callable[..., Any]) -> None:
    """Who waits for a process is seen, and afterwards that there were too few of them."""
    pool = start_phpfpm()
    one = scraper("phpfpm", pool.status)
    assert value(one.text(), "phpfpm_accepted_connections_total") == 0
    texts: list[str] = []

    def seen() -> bool:
        texts.append(one.text())
        names = ("listen_queue", "slow_requests_total", "max_children_reached_total")
        return all(value(texts[-1], f"phpfpm_{name}") > 0 for name in names)

    with waiting(pool, 6):
        wait_until(seen, "a full pool")
    during, after = texts[-1], one.text()
    assert value(during, "phpfpm_idle_processes") == 0
    assert value(during, "phpfpm_longest_request_seconds") > 0
    assert 'phpfpm_processes{pool="panel",state="running"} 2' in during
    assert value(after, "phpfpm_max_listen_queue") >= 4
    assert value(after, "phpfpm_accepted_connections_total") == 6
    assert value(after, "phpfpm_last_request_memory_max_bytes") > 0


def test_socket(start_phpfpm: Callable[..., Pool], scraper: Callable[..., Any]) -> None:
    """Over a Unix socket all is told but the queue, which PHP-FPM cannot see there."""
    pool = start_phpfpm(socket=True)
    text = scraper("phpfpm", f"unix://{pool.listen}").text()
    assert value(text, "phpfpm_total_processes") == 1
    assert value(text, "phpfpm_active_processes") == 1  # the one that answers
    assert 'phpfpm_pool_info{pool="panel",process_manager="dynamic"} 1' in text
    assert "listen_queue" not in text


@pytest.mark.parametrize(
    ("path", "reason", "says"),
    [
        ("/nowhere", "protocol", "no such page"),
        ("/ping", "protocol", "name pm.status_path"),
        ("{folder}/php-fpm.conf", "permission", "refuses us"),
    ],
)
def test_no_status(
    start_phpfpm: Callable[..., Pool],
    scraper: Callable[..., Any],
    path: str,
    reason: str,
    says: str,
) -> None:
    """Another page is told with its reason, and what to do."""
    pool = start_phpfpm()
    at = path.format(folder=pool.server.folder)
    with pytest.raises(CollectionError, match=says) as error:
        scraper("phpfpm", f"fastcgi://{pool.listen}{at}").text()
    assert error.value.reason == reason


def test_by_web_server(web: Server, scraper: Callable[..., Any]) -> None:
    """Through a web server the page is asked for as any other, with what it is to tell."""
    text = scraper("phpfpm", web.url("phpfpm")).text()
    assert 'phpfpm_pool_info{pool="json",process_manager=""} 1' in text
    assert 'phpfpm_processes{pool="json&full",state="idle"} 0' in text


URLS = [
    ("fastcgi://u:hunter2@x/status", "", "the URL holds credentials"),
    ("fcgi://x/status", "", "does not begin with a known scheme; did you mean 'fastcgi'?"),
    ("fastcgi:///hunter2", "", "names no host"),
    ("fastcgi://x/status?full", "", "is no URL"),
    ("fastcgi://x:y/", "", "is no URL"),
    ("unix://run/hunter2.sock", "", "names no page of a socket"),
    ("unix:///run/fpm.sock?status=hunter2", "", "names no page of a socket"),
    ("http://x/status?json", "", "has something after the path"),
    ("fastcgi://x/status", "password_file: p, ", "is of no use: FastCGI asks for none"),
]


@pytest.mark.parametrize(("url", "more", "problem"), URLS, ids=[p for _, _, p in URLS])
def test_urls(tmp_path: Path, url: str, more: str, problem: str) -> None:
    """A URL that names no page is told as such, and never repeated."""
    file = tmp_path / "lightship.yaml"
    target = f"{{kind: phpfpm, url: '{url}', {more}service: s}}"
    file.write_text(f"targets: {{a: {target}}}\nservices: {{s: {{}}}}\n")
    with pytest.raises(SettingsError, match=re.escape(problem)) as error:
        load(file)
    assert len(error.value.problems) == 1
    assert "hunter2" not in str(error.value)


def test_no_fastcgi(web: Server, scraper: Callable[..., Any]) -> None:
    """A server that speaks something else is told apart."""
    with pytest.raises(CollectionError, match="not FastCGI"):
        scraper("phpfpm", f"fastcgi://{web.address}/status").text()


def test_away_and_back(start_phpfpm: Callable[..., Pool]) -> None:
    """Killed, hung and started again, it is down in time, and up at the next attempt."""
    pool = start_phpfpm()

    async def go() -> list[str]:
        probe = Probe("t", source(Target("t", "phpfpm", pool.status, "s")), TIME)
        said = [await probe.answer(5 * TIME)]
        pool.server.send(signal.SIGSTOP)
        said.append(await probe.answer(5 * TIME))
        pool.server.send(signal.SIGCONT)
        said.append(await probe.answer(5 * TIME))
        pool.server.kill()
        said.append(await probe.answer(5 * TIME))
        pool.server.start()
        await asyncio.sleep(2)  # as long as a target rests that refused
        said.append(await probe.answer(5 * TIME))
        probe.close()
        await asyncio.sleep(0)
        return said

    said = asyncio.run(go())
    assert [value(text, "phpfpm_up") for text in said] == [1, 0, 1, 0, 1]
    errors = 'exporter_collector_errors_total{collector="phpfpm",reason="'
    assert f'{errors}timeout"}} 1' in said[1]
    assert f'{errors}refused"}} 1' in said[3]


def test_commands(
    start_phpfpm: Callable[..., Pool],
    scraper: Callable[..., Any],
    command: Callable[..., Any],
    tmp_path: Path,
) -> None:
    """What it gives, what it needs and how it does is told, and held against its limits."""
    pool = start_phpfpm()
    file = tmp_path / "lightship.yaml"
    file.write_text(
        f"targets: {{panel: {{kind: phpfpm, url: '{pool.status}', service: s}}}}\n"
        "services: {s: {limits: {phpfpm_listen_queue_max: 2}}}\n"
    )
    given = ("--settings", str(file))
    assert command("explain", *given).stdout.startswith("panel (phpfpm): ")
    assert command("grants", *given).stdout == "panel (phpfpm): is asked without an account\n"
    one = scraper("phpfpm", pool.status)
    with waiting(pool, 8):
        wait_until(lambda: value(one.text(), "phpfpm_listen_queue") > 2, "a queue")
        ended = command("doctor", *given, "--json", "--seconds", "0.1")
    (found,) = json.loads(ended.stdout)
    (row,) = found["tables"]["phpfpm"]
    assert (row["pool"], row["process_manager"]) == ("panel", "dynamic")
    assert f"{row['waiting']:.0f} requests wait for a process; 2 may" in {
        problem["what"] for problem in found["problems"]
    }
    assert ended.returncode == 0
    pool.server.kill()
    assert command("doctor", *given, "--seconds", "0.1").returncode == 1


@given(st.binary())
@example(STATUS)
@example(b"[" * 100_000)
@example(b'{"pool": 1, "accepted conn": true, "listen queue": -1, "slow requests": 1e400}')
@example(b'{"pool": "p", "processes": [1, {"state": []}, {"request duration": "x"}]}')
def test_any_page(text: bytes) -> None:
    """Whatever a page says, there are numbers or a reason."""
    try:
        status = parse(text)
    except CollectionError as error:
        assert error.reason == "protocol"  # noqa: PT017 - both ends are right
    else:
        assert all(number >= 0 for _, number in numbers(status))
        assert all(isinstance(one, dict) for one in processes(status))


ANYTHING = st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.lists(st.text())
FACTS = st.sampled_from(["state", "request duration", "last request memory"])
PROCESSES = st.lists(st.dictionaries(FACTS, ANYTHING), max_size=5)


@settings(max_examples=50)
@given(st.dictionaries(st.sampled_from([*NUMBERS, "process manager"]), ANYTHING), PROCESSES)
def test_any_status(status: dict[str, Any], found: list[dict[str, Any]]) -> None:
    """Whatever is said of a pool and its processes, samples can be written."""
    text = json.dumps({**status, "pool": "p", "processes": found}).encode()
    for kind in (PoolCollector, ProcessesCollector):
        collector = kind(Recorded(text))  # type: ignore[arg-type] # has what is used
        asyncio.run(collector.collect())
        assert 'pool="p"' in collector.page.text()


def answered(data: bytes) -> bytes:
    """Return the page in what comes over a connection that then ends."""

    async def go() -> bytes:
        reader = asyncio.StreamReader()
        reader.feed_data(data)
        reader.feed_eof()
        return await answer(reader)

    return asyncio.run(go())


def record(kind: int, body: bytes, padding: int = 0) -> bytes:
    """Return a record as a server sends it."""
    return (
        bytes([1, kind, 0, 1]) + len(body).to_bytes(2) + bytes([padding, 0]) + body + bytes(padding)
    )


DONE = record(3, bytes(8))


@given(st.binary())
@example(record(6, b"\r\n\r\npage", padding=3) + record(7, b"a warning") + DONE)
@example(record(6, b"Status: 404\r\n\r\n") + DONE)
@example(record(6, b"Status: \xb2\r\n\r\n") + DONE)
@example(record(3, bytes([0, 0, 0, 0, 2, 0, 0, 0])))
def test_any_records(data: bytes) -> None:
    """Whatever comes over the connection is a page or an error that says why not."""
    try:
        answered(data)
    except CollectionError as error:
        assert error.reason in {"protocol", "other"}  # noqa: PT017 - both ends are right
    except ConnectionError:
        assert data == b""


@given(st.binary())
def test_any_output(output: bytes) -> None:
    """Whatever a program writes is a page or an error that says why not."""
    try:
        body = content(output)
    except CollectionError:
        pass
    else:
        assert output.endswith(body)


def test_endless() -> None:
    """An answer that does not end is refused when it is too large, warnings included."""
    for kind in (6, 7, 99):
        size = page.MAX_BYTES // 65_535 + 1
        with pytest.raises(CollectionError, match="larger than"):
            answered(record(kind, bytes(65_535)) * size)


@given(st.text(max_size=300))
def test_any_query(query: str) -> None:
    """A request is whole records, whatever is asked for."""
    asked, kinds = fastcgi_client.request("/status", query), []
    while asked:
        kinds.append(asked[1])
        asked = asked[8 + int.from_bytes(asked[4:6]) :]
    assert kinds == [1, 4, 4, 5]
