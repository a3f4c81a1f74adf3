"""The commands: what they say when nothing runs, when nothing can, and when they are misused."""

from __future__ import annotations

import io
import json
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner, Result
from rich.console import Console

from compose import asking, cli, client, engine, health, notifications, status, targets, testalert
from compose.demo import expectation, place, switches
from compose.local import ports, services, state
from exporters.errors import UserError
from generator.definitions import stock_root
from generator.endpoints import COMPOSE, Endpoint

COMMANDS = {
    "up": cli.up,
    "down": cli.down,
    "status": cli.status,
    "tools": cli.tools,
    "query": cli.query,
    "demo": cli.demo,
    "fault": cli.fault,
    "prepare": cli.prepare,
}


@pytest.fixture
def no_engine(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """Put a Docker client on PATH whose engine does not answer, and return its folder."""
    docker = tmp_path / "path/docker"
    docker.parent.mkdir()
    docker.write_text("#!/bin/sh\necho 'Cannot connect to the Docker daemon' >&2\nexit 1\n")
    docker.chmod(0o755)
    monkeypatch.setenv("PATH", f"{docker.parent}:/usr/bin:/bin")
    return docker.parent


@contextmanager
def serving(handler: type[BaseHTTPRequestHandler]) -> Iterator[str]:
    """Answer HTTP meanwhile, and say at which ``host:port``."""
    with HTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()


def run(name: str, *arguments: str) -> Result:
    """Run a command."""
    return CliRunner().invoke(COMMANDS[name], arguments)


@pytest.mark.parametrize("name", COMMANDS)
def test_help(name: str) -> None:
    """Every command shows by example how it is used."""
    assert f"lightship {'demo ' if name == 'fault' else ''}{name}" in run(name, "--help").output


@pytest.mark.usefixtures("no_engine")
def test_status_of_nothing(tmp_path: Path) -> None:
    """With nothing running, status says what to do, for people and machines, and exits with 1."""
    folder = tmp_path / "state"
    told = run("status", "--state", str(folder))
    assert told.exit_code == 1
    assert told.output == f"Nothing runs in {folder}: run: lightship up, or name its --state DIR\n"
    machine = run("status", "--state", str(folder), "--json")
    assert machine.exit_code == 1
    found = json.loads(machine.output)
    assert found["works"] is False
    assert {"name", "state", "address", "version", "says", "todo", "works"} == set(
        found["services"][0]
    )
    assert not folder.exists()


@pytest.mark.usefixtures("no_engine")
def test_down_of_nothing(tmp_path: Path) -> None:
    """Stopping what does not run is no mistake."""
    done = run("down", "--state", str(tmp_path / "state"))
    assert (done.exit_code, "Nothing runs" in done.output) == (0, True)


@pytest.mark.usefixtures("no_engine")
def test_engine_that_does_not_answer() -> None:
    """A Docker client without an engine counts as none; who insists is told."""
    assert not engine.answers()
    asked = run("up", "--compose")
    assert isinstance(asked.exception, UserError)
    assert "no engine answers" in str(asked.exception)


def test_containers_as_rows(no_engine: Path) -> None:
    """What compose says of its containers becomes the same table as for processes."""
    said = [
        {"Service": "init", "State": "exited", "ExitCode": 0, "Image": "lightship:0.1.0"},
        {
            "Service": "prometheus",
            "State": "running",
            "Health": "healthy",
            "Image": "prom/prometheus:v3.5.3",
            "Publishers": [{"URL": "127.0.0.1", "PublishedPort": 19090}],
        },
        {"Service": "inbox", "State": "running", "Health": "unhealthy", "Image": "lightship:0.1.0"},
    ]
    lines = "\n".join(json.dumps(one) for one in said)
    (no_engine / "docker").write_text(f"#!/bin/sh\ncat <<'END'\n{lines}\nEND\n")
    init, prometheus, inbox = engine.rows()
    assert init.fine
    assert (prometheus.state, prometheus.address) == ("works", "127.0.0.1:19090")
    assert prometheus.version == "3.5.3"
    assert not inbox.fine
    assert "docker compose logs" in inbox.todo


@pytest.mark.usefixtures("no_engine")
@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("cache-stoped",), "unknown; did you mean 'cache-stopped'?"),
        (("fire",), "unknown; choose from 'alertmanager-stopped', "),
        (("cache-hung",), "the demo does not run; run: lightship up"),
        ((), "the demo does not run; run: lightship up"),
    ],
)
def test_fault_mistakes(arguments: tuple[str, ...], says: str, tmp_path: Path) -> None:
    """An unknown fault, and a demo that does not run, are told with what to do."""
    asked = run("fault", *arguments, "--state", str(tmp_path / "state"))
    assert isinstance(asked.exception, UserError)
    assert says in str(asked.exception)


@pytest.mark.usefixtures("no_engine")
@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("up", ("--ports", "80")),
        ("up", ("--settings", "not-there.yaml")),
        ("fault", ("--off",)),
        ("prepare", ()),
    ],
)
def test_usage(name: str, arguments: tuple[str, ...]) -> None:
    """A misused command exits with 2 and shows how it is used."""
    asked = run(name, *arguments)
    assert asked.exit_code == 2
    assert "Usage:" in asked.output


@pytest.mark.parametrize("answer", [b"<html>hello", b"[]", b'{"data": null}', b"null"])
def test_something_else_has_the_port(answer: bytes) -> None:
    """Another server on a port of ours, whatever it answers, is told as one, not as a crash."""

    class Other(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, format: str, *args: object) -> None:
            pass

    with serving(Other) as address:
        for name in ("prometheus", "alertmanager"):
            assert not health.check(name, address).works
        with pytest.raises(client.NoAnswerError, match="something else has its port"):
            client.query(address, "/query?query=up")
        assert targets.rows(address) == notifications.rows(address) == []
        asked = replace(COMPOSE, inbox=Endpoint(address, f"http://{address}"))
        assert not testalert.arrives(asked, {"run": "x"}, time.monotonic() + 0.1)


def test_what_a_healthy_container_says() -> None:
    """A container that is healthy, and refused its configuration, does not work."""

    class Refused(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.end_headers()
            self.wfile.write(
                b"alertmanager_config_last_reload_successful 0\n"
                b"alertmanager_config_last_reload_success_timestamp_seconds 1.7e+09\n"
            )

        def log_message(self, format: str, *args: object) -> None:
            pass

    with serving(Refused) as address:
        before = status.Row("alertmanager", "works", "running healthy", address)
        inside = status.Row("demo-cache", "works", "running healthy")
        after = engine.looked_into([before, inside])
    assert [row.fine for row in after] == [False, True]
    assert after[0].says.startswith("configuration refused")
    assert "docker compose logs" in after[0].todo


def test_what_helps_several_is_said_once() -> None:
    """Advice that several services share is printed once, with all their names."""
    rows = [
        status.Row(name, "stopped", todo="run: lightship up") for name in ("inbox", "exporters")
    ]
    text = io.StringIO()
    status.show(rows, Console(file=text))
    assert text.getvalue().splitlines()[-1] == "inbox, exporters: run: lightship up"


def test_answers_to_queries() -> None:
    """A query is answered with a line for each series, its value first, or with a word."""
    found = [
        {"metric": {"__name__": "up", "job": "cache"}, "value": [0, "1"]},
        {"metric": {}, "value": [0, "0.25"]},
    ]
    assert asking.lines(found) == ['   1  up{job="cache"}', "0.25"]
    assert asking.lines([]) == ["nothing"]


# A client that keeps the state of one container in a file, as an engine would.
CONTAINER = """\
#!/bin/sh
cd "${0%/*}"
shift
case $1 in
ps) echo "{\\"Service\\": \\"demo-cache\\", \\"State\\": \\"$(cat state)\\"}" ;;
start | unpause) echo running >state ;;
stop) echo exited >state ;;
pause) test "$(cat state)" = running || exit 1; echo paused >state ;;
esac
"""


@pytest.mark.parametrize("before", ["running", "exited", "paused"])
@pytest.mark.parametrize("wanted", [place.RUNNING, place.STOPPED, place.HUNG])
def test_cache_in_a_container(before: str, wanted: str, no_engine: Path) -> None:
    """From every state, the demo's cache in its container comes to every other."""
    (no_engine / "docker").write_text(CONTAINER)
    (no_engine / "state").write_text(before)
    demo = place.Containers()
    demo.set_server(place.CACHE, wanted)
    assert demo.server(place.CACHE) == wanted


def test_grafana_is_set_as_in_compose(tmp_path: Path) -> None:
    """Grafana as a process is given what Grafana in a container is given; paths and port differ."""
    stack = state.State.at(tmp_path)
    record = state.Record("", demo=True, ports=ports.FIXED, versions={}, digests={})
    here = services.environment(stack, record)
    text = (Path(__file__).parents[2] / "compose/compose.yaml").read_text(encoding="utf-8")
    there = yaml.safe_load(text)["services"]["grafana"]["environment"]
    port = f"${{LIGHTSHIP_GRAFANA_PORT:-{ports.FIXED['grafana']}}}"
    for name, value in there.items():
        wanted = value.replace("/run/lightship", str(tmp_path))
        assert here[name] == wanted.replace(port, str(ports.FIXED["grafana"])), name


def test_grafana_on_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Grafana is started where its program is on PATH and its defaults lie beside it."""
    monkeypatch.setenv("PATH", str(tmp_path / "grafana/bin"))
    assert services.grafana_home() is None
    (tmp_path / "grafana/bin").mkdir(parents=True)
    (tmp_path / "grafana/conf").mkdir()
    (tmp_path / "grafana/conf/defaults.ini").touch()
    program = tmp_path / "grafana/bin/grafana"
    program.write_text("#!/bin/sh\n")
    program.chmod(0o755)
    assert services.grafana_home() == tmp_path / "grafana"


@pytest.mark.usefixtures("no_engine")
def test_up_with_a_port_in_use(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """`up` fetches and starts nothing when a port is taken; it says which, for whom, by whom."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        taken = listener.getsockname()[1]
        monkeypatch.setattr(ports, "FIXED", {**ports.free(), "inbox": taken})
        folder = tmp_path / "state"
        asked = run("up", "--local", "--state", str(folder), "--tools", str(tmp_path / "tools"))
    assert isinstance(asked.exception, UserError)
    assert f"port {taken}: taken by" in str(asked.exception)
    assert not list(state.State.at(folder).pids.iterdir())
    assert not (tmp_path / "tools").exists()


@pytest.mark.parametrize("fault", switches.FAULTS)
def test_every_fault_has_its_alert(fault: str) -> None:
    """Each fault of the demo is followed by an alert, whose drill names it or one like it."""
    assert expectation.expected(fault, stock_root()).startswith("Expect ")


def test_expected_pages() -> None:
    """A fault is told with all alerts that follow it, those that come together in one sentence."""
    assert expectation.expected("cache-hung", stock_root()) == (
        "Expect CacheDown and QueueSourceDown in the inbox within about 25 seconds.\n"
        "Expect CacheAvailabilityBurnsSlowly in the inbox within about 24 hours."
    )
