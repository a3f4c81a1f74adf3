"""The nginx collector, on a real nginx and on what others answer."""

from __future__ import annotations

import asyncio
import json
import signal
import socket
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from prometheus_client.parser import text_string_to_metric_families

from exporters.collectors import source
from exporters.collectors.nginx import NginxCollector, facts
from exporters.failure import CollectionError
from exporters.probe import Probe
from exporters.settings import Target
from tests.exporters.web.conftest import PASSWORD, USER, Server

HERE = Path(__file__).parent

# What a server is given to answer, in seconds: enough on a busy machine.
TIME = 4.0
PAGE = (
    b"Active connections: 1 \nserver accepts handled requests\n 1 1 1 \n"
    b"Reading: 0 Writing: 1 Waiting: 0 \n"
)


class Recorded:
    """Answers what was recorded."""

    def __init__(self, page: bytes) -> None:
        self._page = page

    async def get(self, _: str = "") -> bytes:
        return self._page


@pytest.mark.parametrize("name", sorted(p.stem for p in HERE.glob("recorded/nginx-*.txt")))
def test_recorded(name: str, golden: Callable[[Path, str], None]) -> None:
    """What a version's page becomes is known to the letter."""
    page = (HERE / f"recorded/{name}.txt").read_bytes()
    collector = NginxCollector(Recorded(page))  # type: ignore[arg-type] # has what is used
    asyncio.run(collector.collect())
    golden(HERE / f"golden/{name}.prom", collector.page.text())


def value(text: str, name: str) -> float:
    """Return the only sample of a name."""
    (found,) = (
        sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
        if sample.name == name
    )
    return float(found)


def test_real(web: Server, scraper: Callable[..., Any]) -> None:
    """Each scrape is one more request, over one and the same connection."""
    one = scraper("nginx", web.url())
    before, after = one.text(), one.text()
    requests = "nginx_http_requests_total"
    assert value(after, requests) > value(before, requests)
    assert value(after, "nginx_connections_writing") >= 1
    assert one.source.connections.connections_opened == 1


def test_not_kept(web: Server, scraper: Callable[..., Any]) -> None:
    """A server that keeps no connection is asked over another each time."""
    one = scraper("nginx", web.url("closing"))
    one.text()
    one.text()
    assert one.source.connections.connections_opened == 2


def test_dropped(start_nginx: Callable[..., Server], scraper: Callable[..., Any]) -> None:
    """Clients that found no room are accepted and not handled."""
    server = start_nginx(connections=16)
    lines = [socket.create_connection(("127.0.0.1", server.port)) for _ in range(40)]
    for line in lines:
        line.sendall(b"GET / HTTP/1.1\r\n")
        line.close()
    text = scraper("nginx", server.url()).text()
    assert value(text, "nginx_connections_accepted_total") >= 40
    handled = value(text, "nginx_connections_handled_total")
    assert 0 < handled <= value(text, "nginx_connections_accepted_total")


@pytest.mark.parametrize(
    ("page", "reason", "says"),
    [
        ("nowhere", "protocol", "no such page"),
        ("kä se", "protocol", "no such page"),
        ("other", "protocol", "write 'stub_status;'"),
        ("large", "protocol", "larger than"),
        ("moved", "protocol", "name the page itself"),
        ("denied", "permission", "allow our address"),
        ("guarded", "auth", "a user and a password"),
        ("broken", "other", "answered 503"),
    ],
)
def test_no_status(
    web: Server, scraper: Callable[..., Any], page: str, reason: str, says: str
) -> None:
    """Whatever else is answered is told with its reason, and what to do; no detour is taken."""
    one = scraper("nginx", web.url(page))
    for _ in range(2):
        with pytest.raises(CollectionError, match=says) as error:
            one.text()
        assert error.value.reason == reason


def test_password(web: Server, scraper: Callable[..., Any], tmp_path: Path) -> None:
    """A page that is guarded is given to who knows the password; a changed one is read anew."""
    file = tmp_path / "password"
    file.write_text("wrong\n")
    one = scraper("nginx", web.url("guarded"), username=USER, password_file=file)
    with pytest.raises(CollectionError) as error:
        one.text()
    assert "wrong" not in str(error.value)
    file.write_text(f"{PASSWORD}\n")
    assert value(one.text(), "nginx_connections_active") >= 1


def test_away_and_back(start_nginx: Callable[..., Server]) -> None:
    """Killed, hung and started again, it is down in time and up at once, without a lost scrape."""
    server = start_nginx()

    async def go() -> list[str]:
        probe = Probe("t", source(Target("t", "nginx", server.url(), "s")), TIME)
        said = [await probe.answer(5 * TIME)]
        server.send(signal.SIGSTOP)
        said.append(await probe.answer(5 * TIME))
        server.send(signal.SIGCONT)
        said.append(await probe.answer(5 * TIME))
        server.kill()
        said.append(await probe.answer(5 * TIME))
        server.start()
        await asyncio.sleep(2)  # as long as a target rests that refused
        said.append(await probe.answer(5 * TIME))
        server.kill()
        server.start()
        said.append(await probe.answer(5 * TIME))
        probe.close()
        await asyncio.sleep(0)
        return said

    said = asyncio.run(go())
    assert [value(text, "nginx_up") for text in said] == [1, 0, 1, 0, 1, 1]
    errors = 'exporter_collector_errors_total{collector="nginx",reason="'
    assert f'{errors}timeout"}} 1' in said[1]
    assert f'{errors}refused"}} 1' in said[3]


def test_commands(
    start_nginx: Callable[..., Server], command: Callable[..., Any], tmp_path: Path
) -> None:
    """What it gives, what it needs and how it does is told, and held against its limits."""
    server = start_nginx()
    file = tmp_path / "lightship.yaml"
    file.write_text(
        f"targets: {{front: {{kind: nginx, url: '{server.url()}', service: s}}}}\n"
        "services: {s: {limits: {nginx_connections_active_max: 0}}}\n"
    )
    given = ("--settings", str(file))
    explained = command("explain", *given).stdout.splitlines()
    assert explained[0].startswith("front (nginx): ")
    assert sum("  nginx_" in line for line in explained) == 8
    assert command("grants", *given).stdout == "front (nginx): is asked without an account\n"

    ended = command("doctor", *given, "--json", "--seconds", "0.1")
    (found,) = json.loads(ended.stdout)
    (row,) = found["tables"]["nginx"]
    assert row["requests_per_second"] > 0
    assert row["dropped"] == 0
    (problem,) = found["problems"]
    assert problem["what"] == f"{row['active']:.0f} connections are open; 0 may"
    assert ended.returncode == 0
    server.kill()
    assert command("doctor", *given, "--seconds", "0.1").returncode == 1


@given(st.binary())
@example(PAGE)
@example(PAGE.replace(b"1 1 1", "\N{ARABIC-INDIC DIGIT ONE} 1 1".encode()))
@example(PAGE.replace(b"1 1 1", b"-1 1 1"))
@example(PAGE + PAGE)
def test_any_page(page: bytes) -> None:
    """Whatever a page says, there are all seven numbers or a reason."""
    try:
        found = list(facts(page))
    except CollectionError as error:
        assert error.reason == "protocol"  # noqa: PT017 - both ends are right
    else:
        assert len(found) == 7
        assert all(number >= 0 for _, number in found)
