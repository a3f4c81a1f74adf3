"""Does the stack in containers page, and does the engine enforce what the compose file promises?"""

import json
import os
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import requests

from compose.demo import mariadb
from compose.demo.sentinels import SENTINELS, SERVERS
from compose.demo.web import NGINX, PHPFPM
from compose.local.ports import reserve

pytestmark = [pytest.mark.compose, pytest.mark.timeout(300)]

ROOT = Path(__file__).parents[2]
PUBLISHED = ("inbox", "prometheus", "alertmanager", "grafana")
DEMO = [
    "demo-cache",
    *SERVERS,
    *SENTINELS,
    "demo-database",
    *mariadb.SERVERS,
    PHPFPM,
    NGINX,
    "demo-host",
    "workload",
]
RUNNING = ["exporters", "blackbox", "inbox", "prometheus", "alertmanager", *DEMO]
# Grafana runs where real images do: no package stands in for it.
if "LIGHTSHIP_OWN_ENGINE" not in os.environ:
    RUNNING.append("grafana")

# Version 1 of cgroups, else version 2.
MEMORY = "cat /sys/fs/cgroup/memory/memory.limit_in_bytes || cat /sys/fs/cgroup/memory.max"
PROCESSES = "cat /sys/fs/cgroup/pids/pids.max || cat /sys/fs/cgroup/pids.max"
STATUS = "cat /proc/1/status"
WRITE = "touch /written && echo written || echo refused"


@dataclass(frozen=True)
class Stack:
    """A running stack: ``project`` names its containers, ``ports`` are the published ones."""

    project: str
    ports: Mapping[str, int]

    def docker(self, *arguments: str) -> str:
        """Run ``docker`` and return what it prints."""
        ports = {f"LIGHTSHIP_{name.upper()}_PORT": str(at) for name, at in self.ports.items()}
        own = {"COMPOSE_PROFILES": "demo", "COMPOSE_PROJECT_NAME": self.project}
        done = subprocess.run(
            ["docker", *arguments],
            cwd=ROOT,
            env=os.environ | ports | own,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            pytest.fail(f"docker {' '.join(arguments)}:\n{done.stdout}{done.stderr}", pytrace=False)
        return done.stdout

    def inside(self, service: str, script: str) -> str:
        """Run a shell's script in a service's container and return what it prints."""
        return self.docker("compose", "exec", "-T", service, "sh", "-c", script).strip()

    def get(self, service: str, path: str) -> Any:
        """Return the JSON that a published service answers."""
        answer = requests.get(f"http://127.0.0.1:{self.ports[service]}{path}", timeout=5)
        answer.raise_for_status()
        return answer.json()

    def model(self) -> Mapping[str, Any]:
        """Return the services as ``docker compose`` reads them."""
        found: Mapping[str, Any] = json.loads(self.docker("compose", "config", "--format", "json"))[
            "services"
        ]
        return found

    def left(self) -> list[str]:
        """Return the ids of this stack's containers, volumes and networks."""
        mine = ("--quiet", "--filter", f"label=com.docker.compose.project={self.project}")
        kinds = (("ps", "--all"), ("volume", "ls"), ("network", "ls"))
        return [line for kind in kinds for line in self.docker(*kind, *mine).split()]


def until(look: Callable[[], Any], *, seconds: float) -> float:
    """Poll until something is true; return how long that took. Fails at the deadline."""
    began = time.monotonic()
    while not look():
        if time.monotonic() > began + seconds:
            pytest.fail(f"not seen within {seconds} s")
        time.sleep(0.1)
    return time.monotonic() - began


@pytest.fixture(scope="session")
def stack() -> Iterator[Stack]:
    """Start the demo, healthy, beside whatever else runs; leave nothing of it."""
    mine = Stack(f"lightship-test-{os.getpid()}", {name: reserve() for name in PUBLISHED})
    try:
        mine.docker("compose", "up", "--detach", "--wait", "--build", "--quiet-pull", *RUNNING)
        yield mine
    finally:
        logs = mine.docker("compose", "logs", "--no-color", "--tail", "30")
        mine.docker("compose", "down", "--volumes", "--timeout", "5")
        # Shown when a test has failed.
        print(logs)  # noqa: T201
    assert mine.left() == []


@pytest.fixture
def cache_back(stack: Stack) -> Iterator[None]:
    """Let the cache run for the next test, whatever this one did to it."""
    yield
    stack.docker("compose", "up", "--detach", "--wait", "demo-cache")


@pytest.mark.parametrize("service", RUNNING)
def test_a_container_is_confined(stack: Stack, service: str) -> None:
    """The engine enforces the user, the read-only root, the missing rights and the limits."""
    status = dict(
        line.split(":\t", 1) for line in stack.inside(service, STATUS).splitlines() if ":\t" in line
    )
    limits = stack.model()[service]

    assert "0" not in status["Uid"].split()
    assert int(status["CapEff"], 16) == int(status["CapBnd"], 16) == 0
    assert status["NoNewPrivs"] == "1"
    assert stack.inside(service, f"({WRITE}) 2>/dev/null") == "refused"
    assert stack.inside(service, f"({MEMORY}) 2>/dev/null") == limits["mem_limit"]
    assert stack.inside(service, f"({PROCESSES}) 2>/dev/null") == str(limits["pids_limit"])


def test_every_target_is_scraped(stack: Stack) -> None:
    """Prometheus reaches the demo's exporters and every part of the stack but Grafana."""

    def states() -> dict[str, str]:
        targets = stack.get("prometheus", "/api/v1/targets?state=active")["data"]["activeTargets"]
        return {one["labels"]["job"]: one["health"] for one in targets}

    until(lambda: set(states().values()) == {"up"}, seconds=30)
    assert {"cache", "queue", "database", "host", "nginx", "phpfpm", "probe"} <= states().keys()


def test_the_demo_uses_its_database(stack: Stack) -> None:
    """The shop takes orders, and the account that measures it sees which statements they are."""
    seen = "/api/v1/query?query=database_statement_calls_total%7Bstatement%3D~%22INSERT.*%22%7D"
    until(lambda: stack.get("prometheus", seen)["data"]["result"], seconds=60)


def test_the_demo_replicates(stack: Stack) -> None:
    """The replica follows its primary, and takes in what the agents write there."""
    runs = "/api/v1/query?query=mysql_replica_running%20%3D%3D%201"
    until(lambda: len(stack.get("prometheus", runs)["data"]["result"]) == 2, seconds=60)
    rows = (
        "/api/v1/query?query=database_table_rows%7B"
        "instance%3D%22demo-mariadb-replica%22%2Ctable%3D%22results%22%7D"
    )
    until(lambda: stack.get("prometheus", rows)["data"]["result"], seconds=90)


@pytest.mark.usefixtures("cache_back")
def test_a_stopped_cache_pages_and_a_started_one_resolves(
    stack: Stack, capsys: pytest.CaptureFixture[str]
) -> None:
    """A cache that is stopped for real is a page in the inbox, and resolved when it is back."""

    def pages(state: str) -> list[Any]:
        found: list[Any] = stack.get("inbox", f"/api/v1/alerts?state={state}&alertname=CacheDown")
        return found

    began = time.monotonic()
    stack.docker("compose", "stop", "demo-cache")
    until(lambda: pages("open"), seconds=60)
    paged = time.monotonic() - began
    (page,) = pages("open")
    assert page["labels"]["severity"] == "critical"

    began = time.monotonic()
    stack.docker("compose", "start", "demo-cache")
    until(lambda: not pages("open"), seconds=60)
    resolved = time.monotonic() - began
    assert pages("resolved")

    with capsys.disabled():
        print(f"\nCacheDown in the inbox after {paged:.1f} s, resolved after {resolved:.1f} s")  # noqa: T201


def test_secrets_outlive_init_and_are_not_shown(stack: Stack) -> None:
    """Init makes a secret once, and neither docker inspect nor a log shows it."""
    read = "cat /run/lightship/secrets/demo-cache/password"
    secret = stack.inside("demo-cache", read)
    stack.docker("compose", "run", "--rm", "--no-deps", "-T", "init")
    assert stack.inside("demo-cache", read) == secret

    containers = stack.docker("compose", "ps", "--all", "--quiet").split()
    assert len(secret) >= 20
    assert secret not in stack.docker("inspect", *containers)
    assert secret not in stack.docker("compose", "logs")


def test_the_demo_has_no_way_out(stack: Stack) -> None:
    """What runs in the demo reaches its servers, and neither Prometheus nor the world."""
    where = "{{range .NetworkSettings.Networks}}{{.IPAddress}}{{end}}"
    prometheus = stack.docker("compose", "ps", "--quiet", "prometheus").strip()
    address = stack.docker("inspect", "--format", where, prometheus).strip()
    internal = ("network", "inspect", "--format", "{{.Internal}}", f"{stack.project}_demo")

    def connects(host: str, port: int) -> str:
        ask = f"import socket; socket.create_connection(('{host}', {port}), 2)"
        script = f'python -c "{ask}" 2>/dev/null && echo reached || echo refused'
        return stack.inside("workload", script)

    assert connects("demo-cache", 6379) == "reached"
    assert connects("demo-database", 5432) == "reached"
    # Networks are apart in any case.
    assert connects(address, 9090) == "refused"
    # Nobody has the second address, but a proxy that takes every connection may answer for it;
    # what the engine says holds where there is no world to reach.
    assert connects("198.51.100.1", 80) == "refused"
    assert stack.docker(*internal).strip() == "true"
