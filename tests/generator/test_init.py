"""A folder to start from: green at once, and with nothing in it that does not work."""

from __future__ import annotations

import json
import re
import shlex
from importlib.metadata import PathDistribution
from pathlib import Path
from typing import Any

import click
import pytest
import yaml

from exporters.errors import UserError
from exporters.settings import load
from generator import checks, installation, starter
from generator.alertmanager import configuration
from generator.cli import cli, main
from generator.definitions import rendered, stock_root
from generator.model import Model, build
from generator.output import files
from generator.proofs.examples import prove
from generator.proofs.mutation import mutate
from generator.routes import BY_SEVERITY

ALERT = """
from generator.rules import Alert
from exporters.catalog import cache
Down = Alert(expr=f"{cache.up} == 0", for_="1m", severity="critical", summary="s", description="d")
"""


@pytest.fixture(scope="module")
def started(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder that was started."""
    root = tmp_path_factory.mktemp("watch")
    starter.write(root)
    return root


@pytest.fixture(scope="module")
def model(started: Path) -> Model:
    """Return what a started folder says."""
    return build(started, load(started / "lightship.yaml"))


def test_it_is_green_at_once(model: Model) -> None:
    """No check has anything to say but what it costs, and every example holds."""
    assert [str(p) for p in checks.run(model).problems if p.check != "cost"] == []
    assert "FAILED" not in prove(model).text()
    assert "not stated" not in prove(model).text()


def test_its_examples_notice_every_mistake(model: Model) -> None:
    """No mutant of the rules to start from survives, and none is excused."""
    score = mutate(model)

    assert score.survivors == []
    assert score.excused == []


def test_nothing_is_overwritten(started: Path, tmp_path: Path) -> None:
    """A folder with one of the files in it is refused as it is."""
    with pytest.raises(UserError, match=r"lightship.yaml would be overwritten"):
        starter.write(started)

    (tmp_path / "alerts").mkdir()
    (tmp_path / "alerts/routes.py").write_text("mine\n")
    with pytest.raises(UserError, match=r"alerts/routes.py would be overwritten"):
        starter.write(tmp_path)
    assert [p.name for p in tmp_path.rglob("*") if p.is_file()] == ["routes.py"]

    (tmp_path / "file").write_text("")
    with pytest.raises(UserError, match="choose another folder"):
        starter.write(tmp_path / "file")


def _commands(started: Path) -> list[str]:
    workflow = (started / ".github/workflows/lightship.yaml").read_text(encoding="utf-8")
    hooks = (started / ".pre-commit-config.yaml").read_text(encoding="utf-8")
    return re.findall(r"(?:run: |entry: |^ +)(lightship .+)$", workflow + hooks, re.MULTILINE)


def test_its_recipes_call_what_there_is(started: Path) -> None:
    """Every command of the workflow and of the hooks is one of ours, with options that it has."""
    found = _commands(started)
    assert {line.split()[1] for line in found} == {"tools", "check", "test", "diff", "render"}

    for line in found:
        words = shlex.split(line.partition(">")[0])[1:]
        command = cli.get_command(click.Context(cli), words[0])
        assert command is not None
        command.make_parser(click.Context(command)).parse_args(words[1:])


def test_its_recipes_are_yaml(started: Path) -> None:
    """Workflow and hooks are read by others: their shape is theirs."""
    workflow: Any = yaml.safe_load((started / ".github/workflows/lightship.yaml").read_text())
    hooks: Any = yaml.safe_load((started / ".pre-commit-config.yaml").read_text())

    assert all({"run", "uses"} & set(step) for step in workflow["jobs"]["lightship"]["steps"])
    assert [hook["language"] for hook in hooks["repos"][0]["hooks"]] == ["system", "system"]


@pytest.mark.parametrize(
    ("noted", "command", "before"),
    [
        (None, "pip install lightship==1.2.3", ""),
        (
            {"url": "https://a.example/l.git", "vcs_info": {"vcs": "git", "commit_id": "f00"}},
            "pip install 'lightship @ git+https://a.example/l.git@f00'",
            "",
        ),
        (
            {"url": "https://a.example/lightship-1.2.3-py3-none-any.whl", "archive_info": {}},
            "pip install https://a.example/lightship-1.2.3-py3-none-any.whl",
            "",
        ),
        (
            {"url": "file:///home/me/my%20light", "dir_info": {"editable": True}},
            installation.BY_WHEEL,
            "pip wheel --no-deps --wheel-dir wheels '/home/me/my light'",
        ),
    ],
    ids=["index", "git", "archive", "folder"],
)
def test_ci_installs_what_is_installed_here(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    noted: dict[str, Any] | None,
    command: str,
    before: str,
) -> None:
    """The recipe installs Lightship from where it came from, or from a wheel beside it."""
    info = tmp_path / "lightship-1.2.3.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: lightship\nVersion: 1.2.3\n")
    if noted:
        (info / "direct_url.json").write_text(json.dumps(noted))
    here = PathDistribution(info)
    monkeypatch.setattr(installation, "distribution", lambda _name: here)

    found = installation.of_this()

    assert found == installation.Installation(command, before)
    starter.write(tmp_path / "watch", found.command)
    text = (tmp_path / "watch/.github/workflows/lightship.yaml").read_text()
    steps = yaml.safe_load(text)["jobs"]["lightship"]["steps"]
    assert [step["run"] for step in steps if "pip" in step.get("run", "")] == [command]


def test_the_command_says_what_comes_next(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Each file is named, and then what to type."""
    with pytest.raises(SystemExit) as ended:
        main(["init", str(tmp_path / "watch")])

    said = capsys.readouterr().out
    assert ended.value.code == 0
    assert "  alerts/routes.py\n" in said
    assert f"Name your servers in {tmp_path}/watch/lightship.yaml" in said
    assert not [line for line in said.splitlines() if "pyc" in line]


def test_what_is_rendered_lies_beside_the_definitions(
    started: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Own definitions never touch what this repository has committed."""
    assert rendered(started) == started / "rendered"
    assert rendered(stock_root()) == stock_root() / "compose/generated"

    words = [f"--definitions={started}", f"--settings={started}/lightship.yaml", "render"]
    with pytest.raises(SystemExit) as ended:
        main([*words, "--check"])
    said = capsys.readouterr()
    assert ended.value.code == 1
    assert said.out == ""
    assert said.err == (
        f"Error: {started}/rendered: nothing was rendered here; run: lightship render\n"
    )


def test_without_routes_it_goes_by_severity(tmp_path: Path) -> None:
    """Critical alerts page, warnings are tickets, the inbox is told everything; a note says so."""
    (tmp_path / "alerts").mkdir()
    (tmp_path / "alerts/a.py").write_text(ALERT)
    model = build(tmp_path)

    assert model.routing is BY_SEVERITY
    routes = configuration(model)["route"]["routes"]
    assert [(r["receiver"], r["matchers"]) for r in routes] == [
        ("inbox", ['drill="true"']),
        ("page", ['severity="critical"']),
        ("ticket", ['severity="warning"']),
    ]
    header = files(model)["alertmanager/alertmanager.yml"].splitlines()[0]
    assert header == (
        "# Rendered by `lightship render` from severities and lightship.yaml: edit that, not this."
    )
    (note,) = [p for p in checks.run(model).problems if p.check == "routes"]
    assert note.severity == "info"
    assert note.message.startswith("no alerts/routes.py, so that 'page' is told what is critical")


def test_a_file_of_routes_without_any_is_told(tmp_path: Path) -> None:
    """Routes that are called otherwise would be lost in silence."""
    (tmp_path / "alerts").mkdir()
    (tmp_path / "alerts/routes.py").write_text("routes = []\n")

    (told,) = build(tmp_path).problems

    assert told.message.startswith("no `routing` here; assign it a Routing(...)")


PROMISE = """
from exporters.catalog import cache
from generator.objectives import Objective, latency

SessionSpeed = Objective(
    promise="Sessions are read within 17 ms",
    target="99.9",
    indicator=latency(cache.command_duration_seconds, 0.016909, command="get"),
    impact="Every page takes longer.",
)
"""
TOLD = """\
        Tells("SessionSpeedBurnsFast", page),
        Tells("SessionSpeedBurnsSlowly", ticket),
        Tells("SessionSpeedUnmeasured", ticket),
        Tells("TargetDown", page),
"""


def test_an_objective_fits_in(tmp_path: Path) -> None:
    """One statement, its runbook and who is told: then all is as green as it was."""
    starter.write(tmp_path)
    (tmp_path / "alerts/promises.py").write_text(PROMISE)
    runbook = (tmp_path / "docs/runbooks/TargetDown.md").read_text()
    (tmp_path / "docs/runbooks/SessionSpeed.md").write_text(runbook)
    routes = tmp_path / "alerts/routes.py"
    routes.write_text(routes.read_text().replace('        Tells("TargetDown", page),\n', TOLD))

    model = build(tmp_path, load(tmp_path / "lightship.yaml"))
    assert [str(p) for p in checks.run(model).problems if p.check != "cost"] == []
    assert "FAILED" not in prove(model).text()
    assert "not stated" not in prove(model).text()
    assert "grafana/dashboards/objectives.json" in files(model)
