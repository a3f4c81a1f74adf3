"""Rendering: the exact files, written only when they changed."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
import yaml

from exporters.errors import UserError
from generator.model import Model, build
from generator.output import differences, files, with_manifest, write
from generator.proofs import promtool
from generator.unchanged import MANIFEST, Trace
from generator.versions import Versions

GOLDEN = Path(__file__).parent / "golden"
STACK = Path(__file__).parent / "stack"


@pytest.mark.parametrize(
    "path",
    [
        "prometheus/prometheus.yml",
        "prometheus/rules/shop.yaml",
        "alertmanager/alertmanager.yml",
        "blackbox/blackbox.yml",
        "alertmanager/templates/lightship.tmpl",
        "alertmanager/templates/mail.tmpl",
        "alertmanager/templates/slack.tmpl",
        "grafana/dashboards/shop.json",
        "grafana/provisioning/datasources/lightship.yaml",
        "grafana/provisioning/dashboards/lightship.yaml",
        "inbox/inbox.yaml",
        "inbox/runbooks/ShopDown.md",
        "inbox/runbooks/ShopMisses.md",
    ],
)
def test_every_file_reads_as_committed(
    stack: Model, golden: Callable[[Path, str], None], path: str
) -> None:
    """The invented stack renders to exactly the files beside this test."""
    golden(GOLDEN / path, files(stack)[path])


def test_nothing_else_is_rendered(stack: Model) -> None:
    """Every rendered file is one that the golden test looks at."""
    there = {str(p.relative_to(GOLDEN)) for p in GOLDEN.rglob("*") if p.is_file()}

    assert there == set(files(stack))


@pytest.mark.parametrize(("interval", "own"), [("5s", None), ("15s", None), ("1m", "15s")])
def test_the_stack_measures_itself_often(stack: Model, interval: str, own: str | None) -> None:
    """However seldom targets are measured, the stack's own services are every 15 s."""
    settings = replace(stack.settings, scrape_interval=interval)
    rendered = yaml.safe_load(files(replace(stack, settings=settings))["prometheus/prometheus.yml"])

    jobs = {job["job_name"]: job for job in rendered["scrape_configs"]}
    for name in ("prometheus", "alertmanager", "exporters", "inbox", "blackbox"):
        assert jobs[name].get("scrape_interval") == jobs[name].get("scrape_timeout") == own
    assert "scrape_interval" not in jobs["cache"]


@pytest.mark.parametrize("seed", ["0", "1", "4242"])
def test_the_order_of_hashing_does_not_show(stack: Model, seed: str) -> None:
    """The same definitions give the same bytes under any PYTHONHASHSEED."""
    program = (
        "import sys; from pathlib import Path; from exporters.settings import load;"
        "from generator.model import build; from generator.output import files;"
        "s = Path(sys.argv[1]); made = files(build(s, load(s / 'lightship.yaml')));"
        "sys.stdout.write(''.join(f'{p}{t}' for p, t in made.items()))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, str(STACK)],
        env={**os.environ, "PYTHONHASHSEED": seed},
        capture_output=True,
        text=True,
        check=True,
    )

    assert "".join(f"{p}{t}" for p, t in files(stack).items()) == done.stdout


@pytest.mark.parametrize(
    "command",
    [
        ("promtool", "check", "config", "prometheus/prometheus.yml"),
        ("amtool", "check-config", "alertmanager/alertmanager.yml"),
    ],
)
def test_the_servers_own_tools_accept_what_is_rendered(
    stack: Model, tmp_path: Path, command: tuple[str, ...]
) -> None:
    """Promtool and amtool find nothing to say about the rendered configuration."""
    write(files(stack), tmp_path)
    program = promtool.find(command[0])
    assert program, f"{command[0]} is missing; run: lightship tools"

    done = subprocess.run(
        [program, *command[1:]], cwd=tmp_path, capture_output=True, text=True, check=False
    )

    assert done.returncode == 0, done.stdout + done.stderr
    assert "FAILED" not in done.stdout + done.stderr


def test_only_what_changed_is_written(tmp_path: Path) -> None:
    """A second rendering of the same writes nothing, and one file's change writes one."""
    write({"a/x.yml": "1\n", "b.yml": "2\n"}, tmp_path)
    before = (tmp_path / "a/x.yml").stat().st_mtime_ns

    assert write({"a/x.yml": "1\n", "b.yml": "2\n"}, tmp_path) == []
    assert write({"a/x.yml": "1\n", "b.yml": "3\n"}, tmp_path) == ["b.yml"]
    assert (tmp_path / "a/x.yml").stat().st_mtime_ns == before


def test_stale_files_of_ours_go_and_others_stay(tmp_path: Path) -> None:
    """What rendering no longer makes is removed; what it never made is left alone."""
    write({"old.yml": "1\n", "kept.yml": "1\n"}, tmp_path)
    (tmp_path / "foreign.yml").write_text("mine\n")

    assert write({"kept.yml": "1\n"}, tmp_path) == ["old.yml"]
    assert sorted(p.name for p in tmp_path.glob("*.yml")) == ["foreign.yml", "kept.yml"]


def test_differences_show_changed_missing_and_stale_files(tmp_path: Path) -> None:
    """Committed files that are not what is rendered show as a diff, each."""
    write({"changed.yml": "old\n", "stale.yml": "x\n"}, tmp_path)

    diffs = list(differences({"changed.yml": "new\n", "missing.yml": "y\n"}, tmp_path))

    assert [diff.count("(committed)") for diff in diffs] == [1, 1, 1, 1]
    assert "-stale.yml\n+missing.yml\n" in diffs[0]
    assert "-old\n+new\n" in diffs[1]
    assert "+y\n" in diffs[2]
    assert "-x\n" in diffs[3]


def test_a_missing_manifest_is_stale(tmp_path: Path) -> None:
    """Without the list of what it owns, rendering writes it again and ``--check`` notices."""
    made = {"a.yml": "1\n"}
    write(made, tmp_path)
    (tmp_path / MANIFEST).unlink()

    assert len(list(differences(made, tmp_path))) == 1
    write(made, tmp_path)
    assert list(differences(made, tmp_path)) == []


def test_a_reader_never_sees_half_a_file(tmp_path: Path) -> None:
    """A file is replaced as a whole: whoever has it open keeps reading the old one."""
    write({"a.yml": "old\n"}, tmp_path)
    with (tmp_path / "a.yml").open() as reader:
        write({"a.yml": "new\n"}, tmp_path)

        assert reader.read() == "old\n"
    assert (tmp_path / "a.yml").read_text() == "new\n"


def test_a_folder_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    """A file in the folder's place is an error that says what to do."""
    (tmp_path / "out").write_text("")

    with pytest.raises(UserError, match="choose another --out"):
        write({"a/x.yml": ""}, tmp_path / "out")


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Keep what is remembered of renderings in a folder of the test's own."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return tmp_path / "cache"


@pytest.fixture
def own(stack: Model, tmp_path: Path, cache: Path) -> Trace:
    """Render a copy of the invented stack, and remember it."""
    assert not cache.exists()
    root = tmp_path / "own"
    shutil.copytree(STACK, root, ignore=shutil.ignore_patterns("__pycache__"))
    trace = Trace(root, stack.settings, stack.versions, tmp_path / "out")
    assert trace.files() == []
    made = files(build(root, stack.settings))
    write(made, trace.out)
    trace.remember(with_manifest(made))
    return trace


def test_what_was_rendered_of_the_same_is_known(own: Trace, tmp_path: Path) -> None:
    """The same definitions into the same folder, all as it was: there is nothing to do."""
    assert {"prometheus/rules/shop.yaml", MANIFEST} < set(replace(own).files())
    assert replace(own, out=tmp_path / "elsewhere").files() == []


@pytest.mark.parametrize("name", ["prometheus/rules/shop.yaml", MANIFEST])
def test_a_file_that_changed_is_rendered_anew(own: Trace, name: str) -> None:
    """A rendered file that somebody edited or removed is not taken for what was rendered."""
    (own.out / name).write_text("mine\n")
    assert own.files() == []

    (own.out / name).unlink()
    assert own.files() == []


def test_other_settings_and_versions_are_something_else(own: Trace) -> None:
    """A change in settings or versions is not taken for what was rendered."""
    faster = replace(own, settings=replace(own.settings, scrape_interval="5s"))

    assert faster.files() == []
    assert replace(own, versions=Versions(prometheus=(2, 42))).files() == []


@pytest.mark.parametrize(
    "name",
    ["alerts/shop.py", "dashboards/shop.py", "alerts/_words.py", "docs/runbooks/ShopDown.md"],
)
def test_what_is_rendered_from_something_else_is_rendered(own: Trace, name: str) -> None:
    """A change in a definition, in what it imports, or in a runbook is not overlooked."""
    with (own.root / name).open("a") as file:
        file.write("\n# one line more\n")

    assert replace(own).files() == []


@pytest.mark.parametrize(
    "line", ["import os", "from os import environ", "TEXT = open('x').read()", "pass; import time"]
)
def test_definitions_that_ask_elsewhere_are_read_every_time(
    own: Trace, tmp_path: Path, line: str
) -> None:
    """What may say something else without being changed is never taken for what it was."""
    (own.root / "alerts/asks.py").write_text(f'"""Asks."""\n\nif False:\n    pass\n{line}\n')
    anew = replace(own, out=tmp_path / "anew")
    anew.remember({})

    assert anew.files() == []
    assert not list((tmp_path / "cache").rglob(f"{anew.file.name}"))


def test_doubtful_memories_are_no_memories(own: Trace, cache: Path) -> None:
    """A cache that holds nonsense only means that all is rendered."""
    for text in ("", "[]", '{"digest": 1}', '{"files": []}'):
        next(cache.rglob("*.json")).write_text(text)
        assert own.files() == []
