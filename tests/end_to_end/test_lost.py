"""Is anything lost when a part of the way to the inbox dies while alerts fire and resolve?"""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

import pytest
import requests
import yaml

from compose.local import flags, tools
from compose.local.ports import reserve
from generator.endpoints import Endpoint, Endpoints
from generator.model import Model
from generator.proofs import amtool
from generator.routes import BY_SEVERITY

ROOT = Path(__file__).parents[2]

# All of it comes within half a minute where nothing else runs: what has not come by then is lost.
DEADLINE_SECONDS = 120
DOWN_SECONDS = 3

# Each third does something else while a component is down.
ALERTS = 60
STAYS, ENDS, BEGINS = (range(first, ALERTS, 3) for first in range(3))

COMPONENTS = ("exporter", "prometheus", "alertmanager", "inbox")

pytestmark = pytest.mark.faults

# Serves one file, as an exporter does.
EXPORTER = """
import http.server, sys
class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        text = open(sys.argv[2], 'rb').read()
        self.send_response(200)
        self.send_header('Content-Type', 'text/plain; version=0.0.4')
        self.end_headers()
        self.wfile.write(text)
    def log_message(self, *_): pass
http.server.ThreadingHTTPServer(('127.0.0.1', int(sys.argv[1])), Handler).serve_forever()
"""

RULES = {
    "groups": [
        {
            "name": "wrong",
            "rules": [
                {
                    "alert": "Wrong",
                    "expr": "wrong == 1",
                    "labels": {"severity": "critical"},
                    "annotations": {"summary": "{{ $labels.number }} is wrong"},
                }
            ],
        }
    ]
}


@dataclass
class Way:
    """The way of an alert, from an exporter to the inbox: a process for each component."""

    folder: Path
    endpoints: Endpoints
    commands: Mapping[str, Sequence[str]]
    folders: Mapping[str, Path]
    processes: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    def start(self, name: str) -> None:
        """Start a component, with the data that it had."""
        with (self.folder / f"{name}.log").open("ab") as log:
            self.processes[name] = subprocess.Popen(
                self.commands[name], cwd=self.folders[name], stdout=log, stderr=log
            )

    def stop(self, name: str, how: signal.Signals) -> None:
        """End a component, and wait until it has."""
        self.processes[name].send_signal(how)
        self.processes[name].wait(timeout=DEADLINE_SECONDS)

    def expose(self, wrong: set[int]) -> None:
        """Let the exporter say what is wrong from now on."""
        lines = [f'wrong{{number="{one}"}} {int(one in wrong)}' for one in range(ALERTS)]
        text = "\n".join(["# TYPE wrong gauge", *lines, ""])
        whole = self.folder / "metrics.new"
        whole.write_text(text)
        whole.replace(self.folder / "metrics")

    def told(self) -> set[int]:
        """Return what the inbox holds to be wrong now."""
        url = f"http://{self.endpoints.inbox.address}/api/v1/alerts"
        asked = {"state": "open", "limit": "1000"}
        try:
            found = requests.get(url, asked, timeout=5).json()
        except requests.RequestException:
            return set()
        return {int(one["labels"]["number"]) for one in found}

    def awaits(self, what: Callable[[], Any]) -> bool:
        """Wait until something is so; False when the deadline passes."""
        deadline = time.monotonic() + DEADLINE_SECONDS
        while not what():
            if time.monotonic() > deadline:
                return False
            time.sleep(0.2)
        return True


def commands(folder: Path, at: Endpoints, found: tools.Tools) -> Mapping[str, Sequence[str]]:
    """Return what each component is started with: the flags are those of `lightship up`."""
    return {
        "exporter": [
            *(sys.executable, "-c", EXPORTER),
            *(at.exporters.address.rpartition(":")[2], str(folder / "metrics")),
        ],
        "prometheus": [
            str(found.prometheus.path),
            f"--config.file={folder}/prometheus.yml",
            f"--storage.tsdb.path={folder}/prometheus",
            f"--web.listen-address={at.prometheus.address}",
            *flags.prometheus(found.prometheus.release),
        ],
        "alertmanager": [
            str(found.alertmanager.path),
            f"--config.file={folder}/alertmanager.yml",
            f"--storage.path={folder}/alertmanager",
            f"--web.listen-address={at.alertmanager.address}",
            *flags.alertmanager(found.alertmanager.release),
        ],
        "inbox": [
            *(sys.executable, "-m", "compose.inbox", "run", f"--listen={at.inbox.address}"),
            *(f"--database={folder}/inbox.sqlite", f"--runbooks={folder}"),
        ],
    }


@pytest.fixture
def way(tmp_path: Path) -> Iterator[Way]:
    """Start the whole way, everything in order."""
    found = tools.find(ROOT / tools.FOLDER)
    assert found, "programs are missing; run: lightship tools"
    at = Endpoints.local({one.name: reserve() for one in fields(Endpoints)})
    write(tmp_path, at)
    folders = {
        "exporter": ROOT,
        "inbox": ROOT,
        "prometheus": found.prometheus.directory,
        "alertmanager": found.alertmanager.directory,
    }
    made = Way(tmp_path, at, commands(tmp_path, at, found), folders)
    made.expose(set())
    try:
        for name in COMPONENTS:
            made.start(name)
        yield made
    finally:
        for process in made.processes.values():
            process.kill()
            process.wait()


def write(folder: Path, at: Endpoints) -> None:
    """Write what Prometheus and Alertmanager read; who is told goes by severity."""
    model = Model(folder, {}, {}, BY_SEVERITY, {}, endpoints=at)
    with amtool.rendered(model) as rendered:
        for file in rendered.rglob("*.*"):
            to = folder / file.relative_to(rendered)
            to.parent.mkdir(exist_ok=True)
            to.write_bytes(file.read_bytes())
    (folder / "rules.yml").write_text(yaml.safe_dump(RULES))
    prometheus = {
        "global": {"scrape_interval": "1s", "evaluation_interval": "1s"},
        "rule_files": [f"{folder}/rules.yml"],
        "alerting": {"alertmanagers": [_targets(at.alertmanager)]},
        "scrape_configs": [{"job_name": "wrong", **_targets(at.exporters)}],
    }
    (folder / "prometheus.yml").write_text(yaml.safe_dump(prometheus))


def _targets(one: Endpoint) -> dict[str, Any]:
    return {"static_configs": [{"targets": [one.address]}]}


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM], ids=["kill -9", "stop"])
@pytest.mark.parametrize("component", COMPONENTS)
def test_nothing_is_lost(
    way: Way,
    component: str,
    how: signal.Signals,
    record_property: Callable[[str, object], None],
) -> None:
    """What begins and what ends while a component is away is told once it is back."""
    before, after = {*STAYS, *ENDS}, {*STAYS, *BEGINS}
    way.expose(before)
    assert way.awaits(lambda: way.told() == before), way.told()

    way.stop(component, how)
    way.expose(after)
    time.sleep(DOWN_SECONDS)  # For so long it is away: nothing is awaited.
    way.start(component)
    back = time.monotonic()
    way.awaits(lambda: way.told() == after)
    seconds = time.monotonic() - back
    told = way.told()

    firing_lost, resolved_lost = len(after - told), len(told - after)
    record_property(
        "measured",
        f"{component} {'kill -9' if how == signal.SIGKILL else 'stopped'}: "
        f"{firing_lost} firing lost, {resolved_lost} resolved lost, all told after {seconds:.0f} s",
    )
    assert (firing_lost, resolved_lost) == (0, 0)
