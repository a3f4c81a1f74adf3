"""Rendering: the exact files, written only when they changed."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
import yaml

from exporters.errors import UserError
from generator.model import Model
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
        "alertmanager/templates/lightship.tmpl",
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
    for name in ("prometheus", "alertmanager", "exporters", "inbox"):
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


def test_what_was_rendered_of_the_same_is_known(stack: Model, tmp_path: Path, cache: Path) -> None:
    """The same model into the same folder, all files as they were: there is nothing to do."""
    made = files(stack)
    write(made, tmp_path / "out")
    assert Trace.of(stack, tmp_path / "out").files() == []

    Trace.of(stack, tmp_path / "out").remember(with_manifest(made))

    assert set(Trace.of(stack, tmp_path / "out").files()) == {*made, MANIFEST}
    assert Trace.of(stack, tmp_path / "elsewhere").files() == []
    assert list(cache.rglob("*.json"))


@pytest.mark.parametrize("name", ["prometheus/rules/shop.yaml", MANIFEST])
def test_a_file_that_changed_is_rendered_anew(
    stack: Model, tmp_path: Path, cache: Path, name: str
) -> None:
    """A rendered file that somebody edited or removed is not taken for what was rendered."""
    made = files(stack)
    write(made, tmp_path / "out")
    Trace.of(stack, tmp_path / "out").remember(with_manifest(made))
    (tmp_path / "out" / name).write_text("mine\n")
    assert Trace.of(stack, tmp_path / "out").files() == []

    (tmp_path / "out" / name).unlink()
    assert Trace.of(stack, tmp_path / "out").files() == []
    assert cache.is_dir()


def test_another_model_leaves_another_trace(stack: Model, tmp_path: Path) -> None:
    """A change in settings, versions or definitions is not taken for what was rendered."""
    faster = replace(stack, settings=replace(stack.settings, scrape_interval="5s"))
    older = replace(stack, versions=Versions(prometheus=(2, 42)))
    fewer = replace(stack, groups={})

    traces = {Trace.of(model, tmp_path).digest for model in (stack, faster, older, fewer)}

    assert len(traces) == 4
    assert Trace.of(stack, tmp_path).digest in traces


def test_doubtful_memories_are_no_memories(stack: Model, tmp_path: Path, cache: Path) -> None:
    """A cache that holds nonsense, or cannot be written, only means that all is rendered."""
    trace = Trace.of(stack, tmp_path)
    trace.remember({})
    for text in ("", "[]", '{"digest": 1}', '{"files": []}'):
        next(cache.rglob("*.json")).write_text(text)
        assert trace.files() == []

    odd = replace(stack, limits={"x": lambda: 1})  # type: ignore[dict-item]
    assert Trace.of(odd, tmp_path).digest == ""
    assert Trace.of(odd, tmp_path).files() == []
