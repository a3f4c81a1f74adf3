"""Where the demo runs: as local processes or in containers, and how each is stopped and hung."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from compose import client, engine, health
from compose.demo import misconfigured
from compose.local.processes import read
from compose.local.stack import Stack
from compose.status import Row
from exporters.errors import UserError

CACHE = "demo-cache"
DATABASE = "demo-database"
EXPORTERS = "exporters"
PROMETHEUS, ALERTMANAGER, INBOX = "prometheus", "alertmanager", "inbox"
NOT_RUNNING = "demo: the demo does not run; run: lightship up"
START_SECONDS = 10
STOPPED, HUNG, RUNNING = "stopped", "hung", "running"

# Asks the workload from inside its container: its port is not published.
ASK = (
    "import sys, urllib.request as r; "
    "print(r.urlopen(r.Request('http://127.0.0.1:8085' + sys.argv[2], method=sys.argv[1]),"
    " timeout=5).read().decode())"
)


class Place(Protocol):
    """What switches need of the place where the demo runs."""

    def server(self, name: str) -> str:
        """Return whether a server is ``running``, ``stopped`` or ``hung``."""

    def set_server(self, name: str, state: str) -> None:
        """Bring a server into a state."""

    def workload(self, method: str, path: str) -> Any:
        """Ask the workload over HTTP, and return the JSON it answers."""

    def mistaken(self, mistake: str) -> bool:
        """Return whether a mistake is made in Prometheus' configuration."""

    def mistake(self, mistake: str, *, made: bool) -> None:
        """Make or mend a mistake in Prometheus' configuration, and let it take that up."""


@dataclass(frozen=True)
class Processes:
    """The demo as local processes."""

    stack: Stack

    def server(self, name: str) -> str:
        child = self._children().get(name)
        if child is None or not child.alive:
            return STOPPED
        process = read(self.stack.state.pids / name)
        return HUNG if process and process.state == "T" else RUNNING

    def set_server(self, name: str, state: str) -> None:
        now, supervisor = self.server(name), self.stack.supervisor
        if state == now:
            return
        if now == STOPPED:
            supervisor.start_service(name)
            self._answers(name)
        elif state == STOPPED:
            supervisor.stop_service(name)
        if HUNG in {state, now} and state != STOPPED:
            supervisor.signal(name, "STOP" if state == HUNG else "CONT")

    def _answers(self, name: str) -> None:
        """Wait until a server that was just started answers: before that it cannot hang."""
        deadline = time.monotonic() + START_SECONDS
        address = f"127.0.0.1:{self.stack.record.ports[name]}"
        while not health.check(name, address).works and time.monotonic() < deadline:
            time.sleep(0.05)

    def workload(self, method: str, path: str) -> Any:
        self._children()
        url = f"http://127.0.0.1:{self.stack.record.ports['workload']}{path}"
        try:
            return client.request(method, url)
        except client.NoAnswerError as error:
            raise UserError(f"workload: {error}; run: lightship status") from error

    def mistaken(self, mistake: str) -> bool:
        return misconfigured.made(self._configuration, mistake)

    def mistake(self, mistake: str, *, made: bool) -> None:
        (misconfigured.make if made else misconfigured.mend)(self._configuration, mistake)
        self.stack.supervisor.signal("prometheus", "HUP")

    @property
    def _configuration(self) -> Path:
        return self.stack.state.rendered / "prometheus"

    def _children(self) -> dict[str, Any]:
        children = self.stack.supervisor.children()
        if CACHE not in children:
            raise UserError(NOT_RUNNING)
        return dict(children)


@dataclass(frozen=True)
class Containers:
    """The demo in containers."""

    def server(self, name: str) -> str:
        row = self._row(name)
        return {"exited": STOPPED, "paused": HUNG}.get(row.says.split()[0], RUNNING)

    def set_server(self, name: str, state: str) -> None:
        now = self.server(name)
        if state == now:
            return
        if now == HUNG:
            engine.run("unpause", name)
        if state == STOPPED:
            engine.run("stop", name)
        elif now == STOPPED:
            engine.run("start", name)
        if state == HUNG:
            engine.run("pause", name)

    def workload(self, method: str, path: str) -> Any:
        self._row("workload")
        return json.loads(engine.run("exec", "-T", "workload", "python", "-c", ASK, method, path))

    def mistaken(self, mistake: str) -> bool:  # noqa: ARG002 -- none can be made here
        return False

    def mistake(self, mistake: str, *, made: bool) -> None:
        if made:
            what = "containers render their configuration when they start"
            raise UserError(f"{mistake}: {what}; make this fault among local processes: --local")

    def _row(self, name: str) -> Row:
        found = [row for row in engine.rows() if row.name == name]
        if not found:
            raise UserError(NOT_RUNNING)
        return found[0]
