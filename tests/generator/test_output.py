"""Rendering: the exact files, written only when they changed."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from exporters.errors import UserError
from generator.model import Model
from generator.output import MANIFEST, differences, files, write
from generator.proofs import promtool

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
