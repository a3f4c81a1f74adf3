"""Changed definitions on real servers: taken up and seen to run, or taken back."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from shutil import copytree

import pytest

from compose import client, configuration
from compose.client import NoAnswerError
from compose.local import tools
from compose.local.reloading import READERS, drifted
from compose.local.service import LOOPBACK
from compose.local.stack import Request, Stack
from compose.local.state import State
from exporters.errors import UserError
from generator.cli import main

ROOT = Path(__file__).parents[2]
INVENTED = ROOT / "tests/generator/stack"

# What the invented stack's settings lack, so that every kind of receiver is held against.
RECEIVERS = """\
  everyone:
    - email:
        to: oncall@example.org
        from: lightship@example.org
        smarthost: mail.example.org:587
        require_tls: false
    - webhook: {url_file: /run/secrets/url, max_alerts: 20, send_resolved: false}
"""

pytestmark = pytest.mark.stack


@dataclass(frozen=True)
class Place:
    """A stack that runs, and the folder of its definitions and settings."""

    stack: Stack
    folder: Path

    @property
    def settings(self) -> Path:
        return self.folder / "lightship.yaml"

    @property
    def alerts(self) -> Path:
        return self.folder / "alerts/shop.py"

    def change(self, old: str, new: str) -> None:
        """Replace text in the file of alerts."""
        text = self.alerts.read_text()
        assert old in text
        self.alerts.write_text(text.replace(old, new))

    def apply(self, capsys: pytest.CaptureFixture[str], *more: str) -> tuple[int, str]:
        """Run `lightship apply`; return its exit code, and what it prints."""
        where = ["--definitions", str(self.folder), "--settings", str(self.settings)]
        state = ["--local", "--state", str(self.stack.state.folder)]
        with pytest.raises(SystemExit) as ended:
            main([*where, "apply", *state, *more])
        said = capsys.readouterr()
        return int(ended.value.code or 0), said.out + said.err

    def drifted(self) -> list[str]:
        """Return in what the servers do not run what lies there."""
        record, rendered = self.stack.record, self.stack.state.rendered
        return [wrong for name in READERS for wrong in drifted(record, name, rendered)]

    def rules(self) -> dict[str, str]:
        """Return the alerts that Prometheus evaluates, with their queries."""
        address = f"{LOOPBACK}:{self.stack.record.ports['prometheus']}"
        groups = client.query(address, "/rules?type=alert")["groups"]
        return {rule["name"]: rule["query"] for group in groups for rule in group["rules"]}


def eventually(holds: Callable[[], object], seconds: float = 60) -> bool:
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


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory, programs: tools.Tools) -> Iterator[Place]:
    """Return a stack that runs the invented definitions, which use every feature once."""
    folder = tmp_path_factory.mktemp("apply")
    definitions = copytree(INVENTED, folder / "definitions")
    settings = definitions / "lightship.yaml"
    settings.write_text(settings.read_text() + RECEIVERS)
    stack = Stack(State.at(folder / "state"))
    stack.start(
        Request(settings, definitions, programs.prometheus.path.parents[1], choose_ports=True)
    )
    try:
        assert eventually(lambda: all(loaded(stack, name) for name in READERS))
        yield Place(stack, definitions)
    finally:
        stack.stop()


@pytest.fixture(autouse=True)
def _as_it_was(place: Place) -> Iterator[None]:
    """Give the next test the definitions that this one found."""
    text = place.alerts.read_text()
    yield
    place.alerts.write_text(text)


def test_what_runs_is_what_was_rendered(place: Place) -> None:
    """Servers say what they run in their own words, and mean what was rendered."""
    assert place.drifted() == []


def test_a_change_is_taken_up(place: Place, capsys: pytest.CaptureFixture[str]) -> None:
    """A changed alert runs without a restart; once it does, there is nothing to do."""
    process = place.stack.supervisor.children()["prometheus"].pid
    place.change("cache.up(job='cache')} == 0\"", "cache.up(job='cache')} < 1\"")

    code, said = place.apply(capsys, "--json")
    assert (code, json.loads(said)) == (0, {"applied": True, "taken_up": ["prometheus"]})
    assert place.rules()["ShopDown"].endswith(" < 1")
    assert place.drifted() == []
    assert place.stack.supervisor.children()["prometheus"].pid == process

    assert place.apply(capsys) == (0, "Nothing has changed: what was rendered runs.\n")


def test_what_is_not_taken_up_is_taken_back(
    place: Place,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """What a server refuses, though no check could know, leaves files and servers as they were."""
    assert place.apply(capsys)[0] == 0
    before = {f: f.read_bytes() for f in place.stack.state.rendered.rglob("*") if f.is_file()}
    runs = place.rules()
    # Without promtool nobody says beforehand that this function has to be switched on.
    monkeypatch.setenv("LIGHTSHIP_TOOLS", str(tmp_path))
    monkeypatch.setenv("PATH", str(tmp_path))
    place.change(
        "cache.up(job='cache')} == 0\"", "cache.up(job='cache')} == 0 and mad_over_time(up[5m])\""
    )

    code, said = place.apply(capsys)
    assert code == 1
    assert said.startswith("Error: prometheus: configuration refused; read ")
    assert said.endswith("\nrolled back: what ran before runs again\n")
    assert {f: f.read_bytes() for f in before} == before
    assert place.rules() == runs
    assert place.drifted() == []

    told = json.loads(place.apply(capsys, "--json")[1])
    assert (told["applied"], told["rolled_back"]) == (False, True)


def test_what_a_check_finds_is_not_rendered(
    place: Place, capsys: pytest.CaptureFixture[str]
) -> None:
    """What `lightship check` calls an error is told, and nothing is touched."""
    rendered = place.stack.state.rendered / "prometheus/rules/shop.yaml"
    before = rendered.read_text()
    place.change("{cache.misses_total}[5m]", "{cache.misses_total}[10s]")

    code, said = place.apply(capsys)
    assert code == 1
    assert "[windows]" in said
    assert rendered.read_text() == before


def test_what_somebody_else_gave_a_server(place: Place, capsys: pytest.CaptureFixture[str]) -> None:
    """What runs and was not rendered is told, and not made good with what lies there."""
    odd = place.stack.state.rendered / "prometheus/rules/odd.yaml"
    odd.write_text("groups: [{name: odd, rules: [{record: 'a:b', expr: vector(1)}]}]")
    try:
        assert place.drifted() == ["rules.odd.odd: something was rendered, and nothing runs"]
        place.stack.supervisor.signal("prometheus", "HUP")
        assert eventually(lambda: place.drifted() == [])
    finally:
        odd.unlink()
    assert place.drifted() == ["rules.odd.odd: runs, and was not rendered"]
    assert place.apply(capsys) == (0, "Taken up by prometheus: what was rendered runs.\n")
    assert place.drifted() == []


def test_nothing_runs(tmp_path: Path) -> None:
    """Where nothing runs there is nothing to apply to, and the way to start it is told."""
    state = State.at(tmp_path)
    with pytest.raises(UserError, match="no stack was started here; run: lightship up"):
        main_apply(state)


def main_apply(state: State) -> None:
    """Apply to a stack by its own settings."""
    stack = Stack(state)
    stack.apply(Request(Path(stack.record.settings), None))
