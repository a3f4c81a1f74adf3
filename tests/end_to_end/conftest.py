"""A stack of local processes, started once for all tests that one worker runs on it."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import requests

ROOT = Path(__file__).parents[2]

# What is waited for comes within half a minute where nothing else runs: what comes later
# than this does not come.
DEADLINE_SECONDS = 120
# A command starts twenty processes at most, and waits until all of them are well.
COMMAND_SECONDS = 400


@dataclass(frozen=True)
class Running:
    """A stack of processes of its own, in a folder of its own, on free ports."""

    state: Path
    told: list[str] = field(default_factory=list)

    def lightship(self, *arguments: str, ok: bool | None = True) -> str:
        """Run a command against this stack and return what it printed; None: ok or not."""
        done = subprocess.run(
            self._command(*arguments),
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=False,
            timeout=COMMAND_SECONDS,
        )
        assert ok is None or (done.returncode == 0) is ok, done.stdout + done.stderr
        return done.stdout + done.stderr

    def begun(self, *arguments: str) -> subprocess.Popen[str]:
        """Begin a command against this stack, and return it while it runs."""
        pipe = subprocess.PIPE
        command = self._command(*arguments)
        return subprocess.Popen(command, cwd=ROOT, stdout=pipe, stderr=subprocess.STDOUT, text=True)

    def _command(self, *arguments: str) -> list[str]:
        command = [sys.executable, "-c", "from generator.cli import main; main()", *arguments]
        return [*command, "--local", "--state", str(self.state)]

    def address(self, service: str) -> str:
        """Return ``host:port`` of a service."""
        ports = json.loads((self.state / "stack.json").read_text())["ports"]
        return f"127.0.0.1:{ports[service]}"

    def alerts(self, name: str) -> list[dict[str, Any]]:
        """Return what the inbox holds of an alert, open or resolved."""
        url = f"http://{self.address('inbox')}/api/v1/alerts"
        answer = requests.get(url, {"state": "all", "alertname": name}, timeout=5)
        found: list[dict[str, Any]] = answer.json()
        return found

    def wait_for(self, what: Callable[[], Any], instead: Callable[[], object] = str) -> Any:
        """Return what a function gives as soon as it is true; fail at the deadline, and say why."""
        deadline = time.monotonic() + DEADLINE_SECONDS
        while not (found := what()):
            assert time.monotonic() < deadline, f"nothing after {DEADLINE_SECONDS} s: {instead()}"
            time.sleep(0.1)
        return found


@pytest.fixture(scope="session")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """Start the demo as local processes, and leave nothing behind."""
    running = Running(tmp_path_factory.mktemp("stack") / ".lightship")
    try:
        running.told.append(running.lightship("up", "--ports", "free"))
        yield running
    finally:
        running.lightship("down")


@pytest.fixture(scope="session")
def clone(stack: Running) -> Path:
    """Return the folder in which the stack lies where it lies in a clone, and its programs too."""
    folder = stack.state.parent
    (folder / ".venv").symlink_to(sys.prefix)
    return folder
