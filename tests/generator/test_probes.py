"""What is asked from outside: the real blackbox_exporter, by the configuration that is rendered."""

from __future__ import annotations

import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest
import requests
import yaml

from compose.local import ports, tools, upstream
from exporters.catalog import blackbox_exporter
from exporters.settings import load
from generator import prometheus
from generator.model import Model, build
from generator.output import files, write

ROOT = Path(__file__).parents[2]
PATIENCE_SECONDS = 30

# What is probed, and whether it is as it should be.
PROBES = {
    "page": ("{kind: probe, url: 'http://%s/', service: s}", True),
    "text": ("{kind: probe, url: 'http://%s/', service: s, expected: {text: a (b) *c*}}", True),
    "text-missing": ("{kind: probe, url: 'http://%s/', service: s, expected: {text: ab}}", False),
    "wrong-status": ("{kind: probe, url: 'http://%s/404', service: s}", False),
    "status": ("{kind: probe, url: 'http://%s/404', service: s, expected: {status: [404]}}", True),
    "late": (
        "{kind: probe, url: 'http://%s/late', service: s, expected: {within: 200ms}}",
        False,
    ),
    "port": ("{kind: probe, url: 'tcp://%s', service: s, interval: 1m}", True),
    "not-tls": ("{kind: probe, url: 'tls://%s', service: s}", False),
    "nobody": ("{kind: probe, url: 'http://127.0.0.1:1/', service: s}", False),
}


class Page(BaseHTTPRequestHandler):
    """A page with a text, another that there is not, and one that comes late."""

    def do_GET(self) -> None:
        """Answer as the path says."""
        if self.path == "/late":
            time.sleep(1)
        body = b"a page with a (b) *c*\n"
        self.send_response(404 if self.path == "/404" else 200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


class Pages(ThreadingHTTPServer):
    """Serves pages, and says nothing of those who go before they are served."""

    daemon_threads = True

    def handle_error(self, *_: object) -> None:
        """Who hangs up is none."""


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Model]:
    """Return the stock definitions with settings that probe a server which runs here."""
    with Pages(("127.0.0.1", 0), Page) as server:
        Thread(target=partial(server.serve_forever, poll_interval=0.05), daemon=True).start()
        at = f"127.0.0.1:{server.server_port}"
        lines = [f"  {name}: {text.replace('%s', at)}\n" for name, (text, _) in PROBES.items()]
        file = tmp_path_factory.mktemp("probes") / "lightship.yaml"
        file.write_text("".join(["targets:\n", *lines, "services: {s: {team: t}}\n"]))
        yield build(ROOT, load(file))
        server.shutdown()


@pytest.fixture(scope="module")
def asker(model: Model, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Return where blackbox_exporter answers, started with what is rendered."""
    folder = tmp_path_factory.mktemp("blackbox")
    write(files(model), folder)
    program = upstream.obtain(ROOT / tools.FOLDER)["blackbox"]
    address = f"127.0.0.1:{ports.reserve()}"
    process = subprocess.Popen(
        [
            program.path,
            f"--config.file={folder}/blackbox/blackbox.yml",
            f"--web.listen-address={address}",
        ],
        stderr=subprocess.DEVNULL,
    )
    try:
        _wait_until(lambda: _listens(address))
        yield f"http://{address}"
    finally:
        process.kill()
        process.wait()


def _listens(address: str) -> bool:
    host, _, port = address.partition(":")
    with socket.socket() as probe:
        return probe.connect_ex((host, int(port))) == 0


def _wait_until(holds: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not holds():
        assert time.monotonic() < deadline, f"not seen within {PATIENCE_SECONDS} s"
        time.sleep(0.05)


@pytest.mark.parametrize("name", PROBES)
def test_what_is_expected(model: Model, asker: str, name: str) -> None:
    """A probe succeeds where the answer is as the settings file expects, and only there."""
    (job,) = (
        job
        for job in prometheus.configuration(model)["scrape_configs"]
        if job["job_name"] == "probe"
    )
    (group,) = (g for g in job["static_configs"] if g["labels"]["instance"] == name)
    asked = {"target": group["targets"][0], "module": group["labels"]["__param_module"]}

    said = requests.get(f"{asker}{job['metrics_path']}", asked, timeout=PATIENCE_SECONDS).text

    assert f"\nprobe_success {int(PROBES[name][1])}\n" in said


def test_it_says_whether_it_took_its_configuration(asker: str) -> None:
    """What the catalog says of blackbox_exporter itself, it exposes."""
    said = requests.get(f"{asker}/metrics", timeout=PATIENCE_SECONDS).text

    assert f"\n{blackbox_exporter.config_last_reload_successful} 1\n" in said


def test_an_interval_of_its_own(model: Model) -> None:
    """A probe with an interval is made that often; the others as often as all is measured."""
    rendered = yaml.safe_load(files(model)["prometheus/prometheus.yml"])
    (job,) = (job for job in rendered["scrape_configs"] if job["job_name"] == "probe")
    labels = {one["labels"]["instance"]: one["labels"] for one in job["static_configs"]}

    assert labels["port"]["__scrape_interval__"] == labels["port"]["__scrape_timeout__"] == "1m"
    assert "__scrape_interval__" not in labels["page"]
    assert labels["page"] == {
        "instance": "page",
        "service": "s",
        "team": "t",
        "__param_module": "page",
    }
