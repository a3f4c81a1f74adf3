"""With a real Prometheus and Alertmanager: who is told, who is not and why, what is lost?"""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import requests
import yaml

from compose.local.ports import reserve
from compose.local.tools import FOLDER, obtain

ROOT = Path(__file__).parents[2]
DEADLINE_SECONDS = 120

pytestmark = pytest.mark.stack

# Each fires, or not, by itself; what becomes of it is Alertmanager's business.
RULES = {
    "Told": {"expr": "vector(1)"},
    "Pending": {"expr": "vector(1)", "for": "1h"},
    "Silenced": {"expr": "vector(1)"},
    "Cause": {"expr": "vector(1)"},
    "Symptom": {"expr": "vector(1)"},
    "Muted": {"expr": "vector(1)"},
    "Waiting": {"expr": "vector(1)"},
    "Measured": {"expr": "measured == 1"},
    # It fails as soon as there are two targets, and never fires before.
    "Failing": {"expr": "up * on () up < 0"},
}
ROUTES = {
    "receiver": "page",
    "group_by": ["alertname"],
    "group_wait": "1s",
    "group_interval": "1s",
    "repeat_interval": "1h",
    "routes": [
        {"receiver": "page", "matchers": ["alertname=Muted"], "mute_time_intervals": ["always"]},
        {"receiver": "page", "matchers": ["alertname=Waiting"], "group_wait": "1h"},
    ],
}
TARGET = """
import sys, time
from prometheus_client import Gauge, start_http_server
Gauge("measured", "One.").set(1)
start_http_server(int(sys.argv[1]), "127.0.0.1")
time.sleep(3600)
"""


@dataclass
class Monitoring:
    """Processes that speak with each other, on free ports."""

    folder: Path
    ports: dict[str, int]
    processes: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    def url(self, name: str) -> str:
        return f"http://127.0.0.1:{self.ports[name]}"

    def start(self, name: str, *command: str, directory: Path = ROOT) -> None:
        with (self.folder / f"{name}.log").open("ab") as log:
            self.processes[name] = subprocess.Popen(command, cwd=directory, stdout=log, stderr=log)

    def kill(self, *names: str) -> None:
        for name in names:
            self.processes[name].kill()
            self.processes[name].wait()

    def start_inbox(self) -> None:
        command = (sys.executable, "-m", "compose.inbox", "run")
        options = (
            f"--listen=127.0.0.1:{self.ports['inbox']}",
            f"--database={self.folder}/inbox.db",
            f"--runbooks={self.folder}",
            f"--surroundings={self.folder}/inbox.yaml",
        )
        self.start("inbox", *command, *options)
        self.wait_for(lambda: self.answers("inbox", "/readyz"))

    def start_alertmanager(self) -> None:
        tool = obtain(ROOT / FOLDER).alertmanager
        self.start(
            "alertmanager",
            str(tool.path),
            f"--config.file={self.folder}/alertmanager.yml",
            f"--storage.path={self.folder}/alertmanager",
            f"--web.listen-address=127.0.0.1:{self.ports['alertmanager']}",
            "--cluster.listen-address=",
            "--data.maintenance-interval=1s",
            directory=tool.directory,
        )
        self.wait_for(lambda: self.answers("alertmanager", "/-/ready"))

    def start_prometheus(self, *alerts: str) -> None:
        rules = [{"alert": name, **RULES[name]} for name in alerts]
        group = {"name": "a", "interval": "1s", "rules": rules}
        (self.folder / "rules.yml").write_text(yaml.safe_dump({"groups": [group]}))
        self.start(
            "prometheus",
            str(obtain(ROOT / FOLDER).prometheus.path),
            f"--config.file={self.folder}/prometheus.yml",
            f"--storage.tsdb.path={self.folder}/prometheus",
            f"--web.listen-address=127.0.0.1:{self.ports['prometheus']}",
            "--rules.alert.resend-delay=3s",
        )
        self.wait_for(lambda: self.answers("prometheus", "/-/ready"))

    def answers(self, name: str, path: str) -> bool:
        try:
            return requests.get(f"{self.url(name)}{path}", timeout=2).ok
        except requests.RequestException:
            return False

    def incidents(self, name: str) -> list[dict[str, Any]]:
        url = f"{self.url('inbox')}/api/v1/alerts"
        answer = requests.get(url, {"alertname": name, "state": "all"}, timeout=5)
        found: list[dict[str, Any]] = answer.json()
        return found

    def wait_for(self, what: Callable[[], Any]) -> Any:
        deadline = time.monotonic() + DEADLINE_SECONDS
        while not (found := what()):
            assert time.monotonic() < deadline, self.state()
            time.sleep(0.1)
        return found

    def state(self) -> str:
        """Return what the inbox knows of every alert, for tests that waited in vain."""
        return requests.get(f"{self.url('inbox')}/api/v1/why", timeout=10).text

    def wait_for_one(self, name: str, **fields: Any) -> dict[str, Any]:
        """Wait until an alert is one incident with these fields."""

        def found() -> list[dict[str, Any]]:
            return [i for i in self.incidents(name) if {**i, **fields} == i]

        self.wait_for(found)
        return found()[0]


@pytest.fixture(scope="module")
def monitoring(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Monitoring]:
    """Start everything, with one silence, and leave nothing behind."""
    names = ("inbox", "alertmanager", "prometheus", "target")
    found = Monitoring(tmp_path_factory.mktemp("monitoring"), {name: reserve() for name in names})
    configure(found)
    try:
        found.start("target", sys.executable, "-c", TARGET, str(found.ports["target"]))
        found.start_inbox()
        found.start_alertmanager()
        silence(found)
        found.start_prometheus(*RULES)
        yield found
    finally:
        for process in found.processes.values():
            process.send_signal(signal.SIGCONT)
            process.kill()
            process.wait()


def configure(found: Monitoring) -> None:
    peers = {
        name: {"address": f"127.0.0.1:{found.ports[name]}", "url": found.url(name)}
        for name in ("prometheus", "alertmanager")
    }
    files: dict[str, Any] = {
        "inbox.yaml": {
            "url": found.url("inbox"),
            **peers,
            "held_seconds": {"Told": 0, "Pending": 3600},
            "resolve_seconds": 3,
        },
        "alertmanager.yml": {
            "route": ROUTES,
            "receivers": [
                {"name": "page", "webhook_configs": [{"url": f"{found.url('inbox')}/webhook"}]}
            ],
            "time_intervals": [{"name": "always", "time_intervals": [{"months": ["1:12"]}]}],
            "inhibit_rules": [
                {"source_matchers": ["alertname=Cause"], "target_matchers": ["alertname=Symptom"]}
            ],
        },
        "prometheus.yml": {
            "global": {"scrape_interval": "1s", "evaluation_interval": "1s"},
            "rule_files": ["rules.yml"],
            "alerting": {
                "alertmanagers": [
                    {"static_configs": [{"targets": [f"127.0.0.1:{found.ports['alertmanager']}"]}]}
                ]
            },
            "scrape_configs": [
                {"job_name": name, "static_configs": [{"targets": [f"127.0.0.1:{port}"]}]}
                for name, port in found.ports.items()
            ],
        },
    }
    for name, data in files.items():
        (found.folder / name).write_text(yaml.safe_dump(data))


def silence(found: Monitoring) -> None:
    now = datetime.now(UTC)
    body = {
        "matchers": [{"name": "alertname", "value": "Silenced", "isRegex": False, "isEqual": True}],
        "startsAt": now.isoformat(),
        "endsAt": (now + timedelta(hours=1)).isoformat(),
        "createdBy": "Ana",
        "comment": "we move the racks",
    }
    url = f"{found.url('alertmanager')}/api/v2/silences"
    requests.post(url, json=body, timeout=5).raise_for_status()


def metrics(found: Monitoring) -> str:
    return requests.get(f"{found.url('inbox')}/metrics", timeout=5).text


def test_whoever_was_not_paged_is_told_why(monitoring: Monitoring) -> None:
    """Of every alert the inbox says how far it came, and what keeps it from going further."""
    stages = {
        "Told": "told",
        "Cause": "told",
        "Measured": "told",
        "Pending": "pending",
        "Silenced": "silenced",
        "Symptom": "inhibited",
        "Muted": "muted",
        "Waiting": "waiting",
        "Failing": "failing",
    }

    def told() -> dict[str, Any] | None:
        answer = requests.get(f"{monitoring.url('inbox')}/api/v1/why", timeout=10).json()
        assert answer["problems"] == []
        found = {one["labels"]["alertname"]: one for one in answer["alerts"]}
        return found if {name: one["stage"] for name, one in found.items()} == stages else None

    found = monitoring.wait_for(told)
    assert found["Told"]["says"] == "sent to page"
    assert "and must for 1 h: 59 min " in found["Pending"]["says"]
    assert found["Silenced"]["says"].startswith("Ana silenced it until ")
    assert found["Silenced"]["says"].endswith(" UTC: we move the racks")
    assert found["Symptom"]["says"] == "Cause fires, which explains it"
    assert found["Muted"]["says"].endswith("these are not its: always")
    assert "waits for the rest of its group before it tells page" in found["Waiting"]["says"]
    assert found["Failing"]["says"].startswith("its rule fails: ")
    page = requests.get(f"{monitoring.url('inbox')}/why", {"q": "silenced"}, timeout=10).text
    assert "we move the racks" in page
    assert "inhibited" not in page


def test_what_ends_while_prometheus_hangs_is_lost_sight_of(monitoring: Monitoring) -> None:
    """Alertmanager calls it resolved; the inbox says that nobody knows, until it fires again."""
    monitoring.wait_for_one("Told", status="firing")
    prometheus = monitoring.processes["prometheus"]
    prometheus.send_signal(signal.SIGSTOP)
    try:
        monitoring.wait_for_one("Told", status="resolved", lost="blind")
        shown = requests.get(monitoring.url("inbox"), timeout=5).text
        assert "Monitoring lost sight of it: Prometheus did not work when it ended" in shown
    finally:
        prometheus.send_signal(signal.SIGCONT)
    monitoring.wait_for_one("Told", status="firing", lost=None)


def test_what_ends_with_its_measuring_is_lost_sight_of(monitoring: Monitoring) -> None:
    """The target is gone and with it the series: that does not mean that all is well."""
    monitoring.wait_for_one("Measured", status="firing")
    monitoring.wait_for(lambda: 'inbox_peer_up{peer="prometheus"} 1.0' in metrics(monitoring))
    monitoring.kill("target")

    monitoring.wait_for_one("Measured", status="resolved", lost="unmeasured")
    monitoring.start("target", sys.executable, "-c", TARGET, str(monitoring.ports["target"]))
    monitoring.wait_for(lambda: monitoring.incidents("Measured")[0]["status"] == "firing")


def test_what_alertmanager_forgot_is_closed(monitoring: Monitoring) -> None:
    """An alert that ends while the stack is down would stay open for ever."""
    monitoring.wait_for_one("Told", status="firing")
    monitoring.wait_for_one("Cause", status="firing")
    monitoring.kill("prometheus", "alertmanager")
    monitoring.start_alertmanager()
    monitoring.start_prometheus(*(name for name in RULES if name != "Told"))
    try:
        monitoring.wait_for_one("Told", status="resolved", lost="forgotten")
        assert monitoring.wait_for_one("Cause", status="firing")["lost"] is None
    finally:
        monitoring.kill("prometheus")
        monitoring.start_prometheus(*RULES)
    # Alertmanager remembers that it has told of it, and would not again for an hour.
    monitoring.wait_for_one("Told", status="firing", lost=None)
