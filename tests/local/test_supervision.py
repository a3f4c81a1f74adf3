"""Supervision of real, tiny processes: restarts, stops, and what is left after a kill."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from compose.local import ports, processes
from compose.local.service import Service
from compose.local.state import State
from compose.local.supervision import Supervisor
from exporters.errors import UserError

SLEEP = ("sleep", "600")


def eventually(holds: Callable[[], object], seconds: float = 20) -> bool:
    """Wait until something holds, for a while."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if holds():
            return True
        time.sleep(0.05)
    return False


def running(supervisor: Supervisor, name: str) -> processes.Process | None:
    """Return the process of a service."""
    return processes.read(supervisor.state.pids / name)


def started(supervisor: Supervisor, *services: Service) -> Supervisor:
    """Start services and wait until all run."""
    supervisor.configure(services)
    supervisor.start({})
    assert eventually(lambda: all(running(supervisor, s.name) for s in services))
    assert eventually(lambda: all(c.state == "RUNNING" for c in supervisor.children().values()))
    return supervisor


def test_restart(supervisor: Supervisor) -> None:
    """A service that dies is started again."""
    started(supervisor, Service("inbox", SLEEP))
    first = running(supervisor, "inbox")
    assert first is not None
    os.kill(first.pid, signal.SIGKILL)
    assert eventually(lambda: running(supervisor, "inbox") not in {None, first})


def test_no_restart(supervisor: Supervisor) -> None:
    """The demo's cache stays as dead as someone made it, and starts when it is asked to."""
    started(supervisor, Service("demo-cache", SLEEP, restarts=False), Service("inbox", SLEEP))
    cache = running(supervisor, "demo-cache")
    assert cache is not None
    os.kill(cache.pid, signal.SIGKILL)
    assert eventually(lambda: supervisor.children()["demo-cache"].state == "EXITED")
    assert supervisor.children()["demo-cache"].why == "was killed"
    # Whatever supervisord would restart, it restarts at once.
    inbox = running(supervisor, "inbox")
    assert inbox is not None
    os.kill(inbox.pid, signal.SIGKILL)
    assert eventually(lambda: running(supervisor, "inbox") not in {None, inbox})
    assert not supervisor.children()["demo-cache"].alive
    supervisor.start_service("demo-cache")
    assert eventually(lambda: running(supervisor, "demo-cache"))


def test_stop(supervisor: Supervisor) -> None:
    """A stop ends every process, a hung one too, and leaves no pid file."""
    names = ("demo-cache", "inbox", "prometheus")
    started(supervisor, *(Service(name, SLEEP, stop_seconds=1) for name in names))
    pids = [running(supervisor, name) for name in (*names, "supervisord")]
    supervisor.signal("inbox", "STOP")
    supervisor.stop()
    assert all(process and not process.state for process in pids)
    assert not list(supervisor.state.pids.iterdir())
    assert not supervisor.answers()


def test_killed_supervisor_leaves_nothing(supervisor: Supervisor) -> None:
    """Services do not outlive a supervisord that was killed."""
    started(supervisor, Service("inbox", SLEEP), Service("prometheus", SLEEP))
    left = [running(supervisor, name) for name in ("inbox", "prometheus")]
    assert supervisor.process is not None
    os.kill(supervisor.process.pid, signal.SIGKILL)
    assert eventually(lambda: all(p and not p.state for p in left))


def test_stop_after_a_kill(
    supervisor: Supervisor, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A stop ends what a killed supervisord left behind, where nothing else ended it."""
    # Without setpriv nobody tells the services that their parent is gone.
    (tmp_path / "path").mkdir()
    for name in ("sh", "cut", "sleep"):
        (tmp_path / "path" / name).symlink_to(f"/usr/bin/{name}")
    monkeypatch.setenv("PATH", str(tmp_path / "path"))
    started(supervisor, Service("inbox", SLEEP), Service("prometheus", SLEEP))
    left = [running(supervisor, name) for name in ("inbox", "prometheus")]
    assert supervisor.process is not None
    os.kill(supervisor.process.pid, signal.SIGKILL)
    assert eventually(lambda: supervisor.process is None)
    assert all(p and p.state for p in left)
    supervisor.stop()
    assert all(p and not p.state for p in left)


def test_stop_spares_others(supervisor: Supervisor) -> None:
    """A process that got a pid of ours later is not ours, and is left alone."""
    with subprocess.Popen(SLEEP) as other:
        (supervisor.state.pids / "inbox").write_text(f"{other.pid} 1\n")
        supervisor.stop()
        assert other.poll() is None
        other.kill()


def test_deep_folder(tmp_path: Path) -> None:
    """A state folder may be deeper than the path of a socket can be long."""
    state = State.at(tmp_path / ("d" * 60) / ("e" * 60))
    state.create()
    supervisor = Supervisor(state)
    try:
        started(supervisor, Service("inbox", SLEEP))
        assert state.socket.exists()
    finally:
        supervisor.stop()
    assert not state.socket.parent.exists()


def test_odd_folder(tmp_path: Path) -> None:
    """A space, a quote and a percent sign in the folder's name matter to nobody."""
    state = State.at(tmp_path / "it's 100% odd")
    state.create()
    supervisor = Supervisor(state)
    try:
        started(supervisor, Service("inbox", SLEEP))
    finally:
        supervisor.stop()


def test_update(supervisor: Supervisor) -> None:
    """What changes in the configuration is exchanged, what does not runs on."""
    started(supervisor, Service("inbox", SLEEP), Service("exporters", SLEEP))
    kept = running(supervisor, "exporters")
    supervisor.configure([Service("inbox", ("sleep", "601")), Service("exporters", SLEEP)])
    assert supervisor.update() == ["inbox"]
    assert running(supervisor, "exporters") == kept


def test_port_in_use() -> None:
    """A taken port is told with its service and with who holds it."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        port = listener.getsockname()[1]
        with pytest.raises(UserError) as caught:
            ports.check({"inbox": port}, ["inbox"])
    text = str(caught.value)
    assert f"port {port}: taken by " in text
    assert f"(pid {os.getpid()}); inbox needs it" in text
    assert "--ports free" in text


def test_free_ports() -> None:
    """Free ports are free for servers, and nobody who looks for one gets the same."""
    found = ports.free()
    assert len(set(found.values())) == len(set(ports.FIXED.values()))
    ports.check(found, found)
    for port in found.values():
        with socket.socket() as other, pytest.raises(OSError, match="Address already in use"):
            other.bind(("127.0.0.1", port))
        socket.create_server(("127.0.0.1", port)).close()


def test_unwritable_state(tmp_path: Path) -> None:
    """A state folder that cannot be made is told with the flag that chooses another."""
    (tmp_path / "file").touch()
    with pytest.raises(UserError, match=r"cannot be written .*; choose with --state DIR"):
        State.at(tmp_path / "file/state").create()
