"""One state folder, several settings files: whose data is whose, and who could not be told."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import quote

import bcrypt
import pytest
import trustme

from compose import client, health, notifications, targets
from compose.access import Access
from compose.client import NoAnswerError
from compose.local import report, tools
from compose.local.service import LOOPBACK
from compose.local.stack import Request, Stack
from compose.local.state import Record, State

ROOT = Path(__file__).parents[2]
SETTINGS = """\
scrape_interval: 1s
targets: {%s: {kind: redis, url: "redis://127.0.0.1:1", service: web}}
services: {web: {}}
receivers:
  page:
    - webhook: {url: "http://127.0.0.1:1/"}
"""
GUARDED = """\
exporters:
  web_config_file: web.yml
  tls_config: {ca_file: ca.pem, server_name: exporters.example.org}
  basic_auth: {username: prometheus, password_file: password}
"""

pytestmark = [pytest.mark.stack, pytest.mark.usefixtures("programs")]


def eventually(holds: Callable[[], object], seconds: float = 90) -> bool:
    """Wait until something holds, for a while."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if holds():
            return True
        time.sleep(0.1)
    return False


@pytest.fixture
def stack(tmp_path: Path) -> Iterator[Stack]:
    """Return the place of a stack; stop what is started there."""
    stack = Stack(State.at(tmp_path / "state"))
    yield stack
    stack.stop()


def start(stack: Stack, target: str, more: str = "") -> str:
    """Start a stack with settings that name one target, and return where its Prometheus is."""
    settings = stack.state.folder.parent / target / "lightship.yaml"
    settings.parent.mkdir(exist_ok=True)
    settings.write_text(SETTINGS % target + more)
    stack.start(Request(settings, None, ROOT / tools.FOLDER, choose_ports=True))
    prometheus = f"{LOOPBACK}:{stack.record.ports['prometheus']}"
    told = [f"target {target} (redis)"]
    assert eventually(lambda: [row.name for row in targets.rows(prometheus)] == told)
    return prometheus


def seen(prometheus: str) -> set[str]:
    """Return every target that Prometheus has samples of."""
    query = quote("count_over_time(exporter_collector_success[1h])")
    found = client.query(prometheus, f"/query?query={query}")["result"]
    return {one["metric"]["instance"] for one in found}


def guard(folder: Path) -> None:
    """Put there what exporters are guarded with, and what they are asked with."""
    folder.mkdir()
    authority, password = trustme.CA(), b"pl4nted-s3cret"
    server = authority.issue_cert("exporters.example.org")
    server.private_key_and_cert_chain_pem.write_to_path(folder / "server.pem")
    authority.cert_pem.write_to_path(folder / "ca.pem")
    (folder / "password").write_bytes(password)
    hashed = bcrypt.hashpw(password, bcrypt.gensalt(4)).decode()
    (folder / "web.yml").write_text(
        "tls_server_config: {cert_file: server.pem, key_file: server.pem}\n"
        f"basic_auth_users: {{prometheus: {hashed}}}\n"
    )


def test_data_of_other_settings(stack: Stack, tmp_path: Path) -> None:
    """What one settings file measured is unseen under another, and there again under its own.

    The exporters of the other are guarded: Prometheus, `up` and `status` are let in.
    """
    first = start(stack, "first")
    assert eventually(lambda: seen(first) == {"first"})
    stack.stop()
    guard(tmp_path / "second")
    second = start(stack, "second", GUARDED)
    assert [row.name for row in targets.rows(second)] == ["target second (redis)"]
    assert eventually(lambda: seen(second) == {"second"})
    (row,) = report.rows(stack, only="exporters")
    assert row.fine, row
    exporters = f"{LOOPBACK}:{stack.record.ports['exporters']}"
    assert not health.check("exporters", exporters).works
    assert not health.check("exporters", exporters, Access("https")).works
    stack.stop()
    began = time.time()
    first = start(stack, "first")
    query = quote("min_over_time(timestamp(exporter_collector_success)[1h:1s])")
    (oldest,) = client.query(first, f"/query?query={query}")["result"]
    assert float(oldest["value"][1]) < began


def test_data_is_named_after_its_settings(tmp_path: Path) -> None:
    """The folder of a service's data says which settings it belongs to."""
    state = State.at(tmp_path)

    def data(settings: str, *, demo: bool) -> str:
        record = Record(settings, demo=demo, ports={}, versions={}, digests={})
        return state.of(record).data("prometheus").parent.name

    assert data("/any/lightship.yaml", demo=True) == "demo"
    one, other = (data(f"/{at}/watch.yaml", demo=False) for at in ("a", "b"))
    assert one.startswith("watch-")
    assert one != other


def test_a_receiver_that_cannot_be_told(stack: Stack) -> None:
    """A receiver that refuses a page is told by status, by name, with what to do."""
    prometheus = start(stack, "first")
    alertmanager = f"http://{LOOPBACK}:{stack.record.ports['alertmanager']}"
    now = datetime.now(UTC)
    alert = {
        "labels": {"alertname": "Planted", "severity": "critical"},
        "startsAt": now.isoformat(),
        "endsAt": (now + timedelta(minutes=10)).isoformat(),
    }

    def posted() -> bool:
        try:
            client.request("POST", f"{alertmanager}/api/v2/alerts", body=[alert])
        except NoAnswerError:
            return False
        return True

    assert eventually(posted)
    assert eventually(lambda: notifications.rows(prometheus))
    (row,) = notifications.rows(prometheus)
    assert row.name == "receiver page webhook"
    assert not row.fine
    assert "receivers" in row.todo
