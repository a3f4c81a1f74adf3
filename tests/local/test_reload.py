"""A changed configuration on real servers: taken, or refused and told so."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from compose import client, configuration
from compose.client import NoAnswerError
from compose.local import report, tools
from compose.local.service import LOOPBACK
from compose.local.stack import Request, Stack
from compose.local.state import State
from exporters.errors import UserError

ROOT = Path(__file__).parents[2]
SETTINGS = """\
targets: {nobody: {kind: redis, url: "redis://127.0.0.1:1", service: web}}
services: {web: {}}
"""
# Files that rendering does not own, beside those that it does: what breaks each server.
ODD = {
    "prometheus": "prometheus/rules/odd.yaml",
    "alertmanager": "alertmanager/templates/odd.tmpl",
}


def eventually(holds: Callable[[], object], seconds: float = 30) -> bool:
    """Wait until something holds, for a while."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if holds():
            return True
        time.sleep(0.1)
    return False


def loaded(stack: Stack, name: str) -> float:
    """Return when a server last took its configuration; 0 while it does not answer."""
    try:
        return configuration.last(name, f"{LOOPBACK}:{stack.record.ports[name]}").succeeded_at
    except NoAnswerError:
        return 0


@pytest.fixture
def stack(tmp_path: Path) -> Iterator[Stack]:
    """Return the place of a stack; stop what is started there."""
    stack = Stack(State.at(tmp_path / "state"))
    yield stack
    stack.stop()


@pytest.mark.stack
@pytest.mark.usefixtures("programs")
def test_reload(stack: Stack, tmp_path: Path) -> None:
    """A refused configuration fails the start, is told by status, and is offered again."""
    (tmp_path / "lightship.yaml").write_text(SETTINGS)
    request = Request(tmp_path / "lightship.yaml", None, ROOT / tools.FOLDER, choose_ports=True)
    stack.start(request)
    assert eventually(lambda: all(loaded(stack, name) for name in ODD))
    assert stack.start(request) == []
    before = {name: loaded(stack, name) for name in ODD}

    for path in ODD.values():
        (stack.state.rendered / path).write_text("{{ what")
    with pytest.raises(UserError) as caught:
        stack.start(request)
    for name in ODD:
        said = f"{name}: configuration refused; read {stack.state.logs}/{name}.log"
        assert said in str(caught.value)
        (row,) = report.rows(stack, only=name)
        assert not row.fine
        assert row.says.startswith("configuration refused")
    assert "odd.yaml" in str(caught.value)

    for path in ODD.values():
        (stack.state.rendered / path).unlink()
    # Their files are those of the last start that succeeded, but the servers refused others since.
    assert stack.start(request) == sorted(ODD)
    assert all(loaded(stack, name) > before[name] for name in ODD)
    assert stack.start(request) == []

    measuring = stack.supervisor.children()["exporters"]
    (tmp_path / "lightship.yaml").write_text(SETTINGS.replace("nobody", "somebody"))
    assert stack.start(request) == ["exporters", "prometheus"]
    assert stack.supervisor.children()["exporters"].pid == measuring.pid
    text = client.text(f"http://{LOOPBACK}:{stack.record.ports['exporters']}/targets")
    assert '"instance":"somebody"' in text
