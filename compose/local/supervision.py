"""Start, watch and stop the services: supervisord does it, this module speaks with it."""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
import time
import xmlrpc.client  # the peer is our own supervisord, on a socket of our own
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from http.client import HTTPException
from pathlib import Path
from typing import Any

import jinja2
from supervisor.xmlrpc import SupervisorTransport

from compose.local import processes
from compose.local.service import Service
from compose.local.state import State
from exporters.errors import UserError

# For what dies within its first second: each try waits a second longer than the one before,
# about an hour and a half in all. What lived longer is started again at once, however often.
RETRIES = 100
START_SECONDS = 10

TEMPLATES = jinja2.Environment(
    loader=jinja2.FileSystemLoader(Path(__file__).parent),
    undefined=jinja2.StrictUndefined,
    autoescape=False,  # noqa: S701  # no web page
    keep_trailing_newline=True,
)


@dataclass(frozen=True)
class Child:
    """What supervisord says of a service: its state's name, and why it ended, if it did."""

    name: str
    state: str
    pid: int
    why: str

    @property
    def alive(self) -> bool:
        """Whether there is a process, be it young."""
        return self.state in {"RUNNING", "STARTING"}


@dataclass(frozen=True)
class Supervisor:
    """The supervisord of one state folder."""

    state: State

    @property
    def process(self) -> processes.Process | None:
        """Supervisord's own process while it runs."""
        return processes.read(self.state.pids / "supervisord")

    def configure(self, services: Iterable[Service]) -> None:
        """Write what supervisord reads."""
        for service in services:
            self.state.data(service.name).mkdir(parents=True, exist_ok=True)
        text = TEMPLATES.get_template("supervisord.conf.j2").render(
            command=self._command,
            retries=RETRIES,
            root=os.getuid() == 0,
            services=list(services),
            socket=self.state.socket,
            state=self.state,
        )
        self.state.configuration.write_text(text)

    def start(self, environment: Mapping[str, str]) -> None:
        """Start supervisord, which starts the services. Raises UserError when it does not."""
        self.state.create_socket_folder()
        self.state.socket.unlink(missing_ok=True)
        module = [sys.executable, "-m", "supervisor.supervisord"]
        command = processes.command(
            self.state.pids / "supervisord",
            [*module, f"--configuration={self.state.configuration}"],
        )
        log = self.state.logs / "supervisord.err"
        with log.open("wb") as errors:
            # In the background of a shell that ends: it outlives us, and is nobody's to wait for.
            subprocess.run(
                ["/bin/sh", "-c", '"$@" &', "sh", *command],
                env={**os.environ, **environment},
                cwd=self.state.folder,
                stdin=subprocess.DEVNULL,
                stdout=errors,
                stderr=errors,
                start_new_session=True,
                check=True,
            )
        deadline = time.monotonic() + START_SECONDS
        while not self.answers():
            if time.monotonic() > deadline:
                raise UserError(f"supervisord: does not start; read {log}")
            time.sleep(0.05)

    def answers(self) -> bool:
        """Whether supervisord runs and can be asked."""
        try:
            self._call("getState")
        except OSError:
            return False
        return True

    def children(self) -> dict[str, Child]:
        """Return what supervisord says of each service; nothing when it does not run."""
        try:
            infos = self._call("getAllProcessInfo")
        except OSError:
            return {}
        return {
            info["name"]: Child(info["name"], info["statename"], info["pid"], _why(info))
            for info in infos
        }

    def update(self) -> list[str]:
        """Let supervisord read its configuration again; return what it started for that."""
        added, changed, removed = self._call("reloadConfig")[0]
        for name in [*changed, *removed]:
            self._call("stopProcessGroup", name)
            self._call("removeProcessGroup", name)
        for name in [*added, *changed]:
            self._call("addProcessGroup", name)
        return [*added, *changed]

    def start_service(self, name: str) -> None:
        """Start a service that is stopped."""
        self._call("startProcess", name, False)

    def stop_service(self, name: str) -> None:
        """Stop a service and wait until it has ended; a hung one is killed."""
        self._call("stopProcess", name)

    def signal(self, name: str, signal: str) -> None:
        """Send a signal (``HUP``) to a service."""
        self._call("signalProcess", name, signal)

    def stop(self, seconds: float = 90) -> None:
        """Stop all services in order, and whatever an ended supervisord left behind."""
        supervisor = self.process
        if supervisor and self.answers():
            self._call("shutdown")
            deadline = time.monotonic() + seconds
            while supervisor.state and time.monotonic() < deadline:
                time.sleep(0.05)
        files = sorted(self.state.pids.glob("*")) if self.state.pids.exists() else []
        left = [process for file in files if (process := processes.read(file))]
        processes.end(left, seconds=5)
        for file in files:
            file.unlink()
        self.state.socket.unlink(missing_ok=True)
        if self.state.socket.parent != self.state.folder and self.state.socket.parent.exists():
            self.state.socket.parent.rmdir()

    def tail(self, name: str, lines: int = 5) -> list[str]:
        """Return the last lines of a service's log."""
        try:
            text = (self.state.logs / f"{name}.log").read_text(errors="replace")
        except OSError:
            return []
        return text.splitlines()[-lines:]

    def _command(self, service: Service) -> str:
        pid_file = self.state.pids / service.name
        wrapped = processes.command(pid_file, service.command, with_parent=service.death_signal)
        return shlex.join(wrapped)

    def _call(self, method: str, *arguments: Any) -> Any:
        """Call supervisord. Raises OSError when it does not answer, UserError when it refuses."""
        transport = SupervisorTransport(None, None, f"unix://{self.state.socket}")
        server = xmlrpc.client.ServerProxy("http://localhost", transport=transport)
        try:
            return getattr(server.supervisor, method)(*arguments)
        except HTTPException as error:
            raise ConnectionError(str(error)) from error
        except xmlrpc.client.Fault as fault:
            raise UserError(f"supervisord: {method}: {fault.faultString}") from fault
        finally:
            transport.close()


def _why(info: Mapping[str, Any]) -> str:
    """Return why a service does not run: what supervisord says, or how the process ended."""
    if info["statename"] == "EXITED":
        code = info["exitstatus"]
        return "was killed" if code < 0 else f"ended by itself with exit code {code}"
    return str(info["spawnerr"])
