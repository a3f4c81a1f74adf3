"""The command line: exit codes, sentences instead of tracebacks, and no slow start."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
STACK = Path(__file__).parent / "stack"


def _run(*arguments: str, cwd: Path = STACK) -> subprocess.CompletedProcess[str]:
    """Run ``lightship`` as a user does, in a process of its own."""
    program = "from generator.cli import main; main()"
    return subprocess.run(
        [sys.executable, "-c", program, *arguments],
        cwd=cwd,
        capture_output=True,
        text=True,
        check=False,
        # The tools folder is looked for where the user is: here, the repository's.
        env={
            "PATH": f"{ROOT / '.lightship/tools/bin'}:/usr/bin:/bin",
            "PYTHONPATH": str(ROOT),
            "XDG_CACHE_HOME": os.devnull,
        },
    )


def test_render_writes_and_check_agrees(tmp_path: Path) -> None:
    """What was rendered passes ``--check``; a change by hand fails it with a diff."""
    out = tmp_path / "out"

    assert _run("render", "--out", str(out)).stdout == f"{out}: 13 files, 13 changed.\n"
    assert _run("render", "--out", str(out)).stdout == f"{out}: 13 files, 0 changed.\n"
    assert _run("render", "--check", "--out", str(out)).returncode == 0

    (out / "prometheus/rules/shop.yaml").write_text("groups: []\n")
    done = _run("render", "--check", "--out", str(out))

    assert done.returncode == 1
    assert "-groups: []\n" in done.stdout
    assert done.stderr == (
        f"Error: {out}: 1 of 13 files are not what is rendered; run: lightship render\n"
    )


def test_problems_are_listed_with_their_count(tmp_path: Path) -> None:
    """Definitions with mistakes: every one on a line, the count, exit code 1, no traceback."""
    (tmp_path / "alerts").mkdir()
    (tmp_path / "alerts" / "a.py").write_text("1 / 0\n")
    (tmp_path / "alerts" / "b.py").write_text("x = (\n")

    done = _run("render", cwd=tmp_path)

    assert done.returncode == 1
    assert done.stderr == (
        "alerts/a.py:1: ZeroDivisionError: division by zero; mend the definition [definitions]\n"
        "alerts/b.py:1: syntax error: '(' was never closed [definitions]\n"
        "\n2 problems in 2 files.\n"
    )


def test_check_speaks_json(tmp_path: Path) -> None:
    """With --format json the problems are data, and the exit code is the same."""
    (tmp_path / "alerts").mkdir()
    (tmp_path / "alerts" / "a.py").write_text("1 / 0\n")

    done = _run("check", "--format", "json", cwd=tmp_path)

    assert done.returncode == 1
    assert json.loads(done.stdout)["problems"] == [
        {
            "check": "definitions",
            "severity": "error",
            "file": "alerts/a.py",
            "line": 1,
            "message": "ZeroDivisionError: division by zero; mend the definition",
        }
    ]


@pytest.mark.parametrize(
    ("arguments", "code"),
    [([], 0), (["--fail-on", "warning"], 1), (["--fail-on", "info"], 1), (["--strict"], 0)],
)
def test_what_check_fails_on(tmp_path: Path, arguments: list[str], code: int) -> None:
    """A warning is told and fails nothing, unless it is asked to."""
    (tmp_path / "alerts").mkdir()
    (tmp_path / "alerts" / "a.py").write_text(
        "from generator.rules import record\n"
        'x = record("a:b", "A window of three scrapes.", "rate(cache_hits_total[45s])")\n'
    )

    done = _run("check", *arguments, cwd=tmp_path)

    assert "alerts/a.py:2: warning: a:b: rate() over 45s sees 3 scrapes of 15s" in done.stderr
    assert ("reads it" in done.stderr) == ("info" in arguments)
    assert done.returncode == code


def test_check_says_when_all_is_well() -> None:
    """A clean stack is counted, with exit code 0."""
    done = _run("check")

    assert done.stderr == ""
    assert done.stdout.startswith("2 alerts, 1 recording rule, 1 dashboard: no problems.")
    assert done.returncode == 0


def test_settings_with_mistakes_are_told_without_a_traceback(tmp_path: Path) -> None:
    """A settings file's mistakes are sentences with key, line and what to do."""
    file = tmp_path / "lightship.yaml"
    file.write_text("scrape_intervall: 5s\n")

    done = _run("--settings", str(file), "render", "--out", str(tmp_path / "out"))

    assert done.returncode == 1
    assert "scrape_interval" in done.stderr
    assert f"{file}:1" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_version_that_is_none_is_told() -> None:
    """The target version is checked before anything is rendered."""
    done = _run("render", "--prometheus", "latest")

    assert done.returncode == 1
    assert done.stderr == "Error: version 'latest': not a version; write it like 3.5\n"


@pytest.mark.parametrize("arguments", [["rendr"], ["render", "--chekc"]])
def test_usage_errors_exit_with_2(arguments: list[str]) -> None:
    """An unknown command or flag is a usage error, with what was meant."""
    done = _run(*arguments)

    assert done.returncode == 2
    assert "Error: No such" in done.stderr


def test_a_missing_promtool_is_told(tmp_path: Path) -> None:
    """Without promtool, ``test`` says how to get it, and ``check`` what it left out."""
    program = (
        "import os; os.environ['PATH'] = os.environ['LIGHTSHIP_TOOLS'] = '/nowhere';"
        "from generator.cli import main; main()"
    )

    def run(*command: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-c", program, "--definitions", str(STACK), *command],
            cwd=tmp_path,
            capture_output=True,
            text=True,
            check=False,
        )

    assert run("test").stderr == "Error: promtool is not installed; run: lightship tools\n"
    assert run("test").returncode == 1
    assert "not checked: rules and queries against promtool" in run("check").stdout
    assert run("check").returncode == 0
    assert run("check", "--strict").returncode == 1


def test_rendering_for_older_versions_leaves_out_what_they_lack(tmp_path: Path) -> None:
    """Names of inhibitions are for newer Alertmanagers; older ones get the same rules without."""
    out = tmp_path / "out"

    done = _run("render", "--alertmanager", "0.25", "--out", str(out))

    assert "left out: inhibit rule names (alertmanager 0.30)" in done.stdout
    assert "down explains misses" not in (out / "alertmanager/alertmanager.yml").read_text()


def test_help_loads_nothing_slow() -> None:
    """``lightship --help`` imports no server, no grafanalib and no YAML."""
    program = (
        "import sys\n"
        "from generator.cli import main\n"
        "try: main(['--help'])\n"
        "except SystemExit: pass\n"
        "print(sorted({'yaml', 'grafanalib', 'starlette', 'redis', 'rich', 'jinja2'} & "
        "set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True
    )

    assert done.stdout.endswith("\n[]\n")
