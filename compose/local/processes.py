"""Which processes are ours: each writes its pid and its start before it becomes the service."""

from __future__ import annotations

import os
import shutil
import signal
import time
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

# A shell writes its own pid and start time (fields 1 and 22 of stat) and then becomes the command.
WRITE_PID = 'cut -d" " -f1,22 "/proc/$$/stat" >"$0" && exec "$@"'


@dataclass(frozen=True)
class Process:
    """A process, told from a later one of the same pid by its start (clock ticks since boot)."""

    pid: int
    started: int

    @property
    def state(self) -> str:
        """The kernel's letter: ``R`` and ``S`` run, ``T`` is stopped; empty when it is gone."""
        try:
            stat = Path(f"/proc/{self.pid}/stat").read_text()
        except OSError:
            return ""
        # The name, in parentheses, may hold spaces.
        fields = stat.rpartition(")")[2].split()
        # A dead one that nobody has waited for yet is gone, too.
        return fields[0] if int(fields[19]) == self.started and fields[0] not in "ZX" else ""


def command(pid_file: Path, arguments: Iterable[str], *, with_parent: str = "") -> list[str]:
    """Return the command that writes its pid file and then runs as ``arguments``.

    ``with_parent`` names the signal it gets when its parent dies, where the system
    can (``setpriv`` of util-linux): nothing must run on unsupervised.
    """
    setpriv = shutil.which("setpriv") if with_parent else None
    guard = [setpriv, "--pdeathsig", with_parent, "--"] if setpriv else []
    return ["/bin/sh", "-c", WRITE_PID, str(pid_file), *guard, *arguments]


def read(pid_file: Path) -> Process | None:
    """Return the process that wrote this file if it still runs."""
    try:
        pid, started = map(int, pid_file.read_text().split())
    except (OSError, ValueError):
        return None
    process = Process(pid, started)
    return process if process.state else None


def end(processes: Iterable[Process], seconds: float) -> None:
    """Ask processes to end, wait, and kill what is left: only those that are still the same."""
    running = [p for p in processes if _signal(p, signal.SIGTERM)]
    for process in running:
        _signal(process, signal.SIGCONT)
    _wait(running, seconds)
    _wait([p for p in running if _signal(p, signal.SIGKILL)], seconds)


def _signal(process: Process, number: int) -> bool:
    if not process.state:
        return False
    try:
        os.kill(process.pid, number)
    except ProcessLookupError:
        return False
    return True


def _wait(processes: list[Process], seconds: float) -> None:
    deadline = time.monotonic() + seconds
    while any(p.state for p in processes) and time.monotonic() < deadline:
        time.sleep(0.02)
