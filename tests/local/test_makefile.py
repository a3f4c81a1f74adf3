"""What make does to the environment of a stack that runs."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


def make(folder: Path, target: str) -> str:
    """Run make where building an environment fails, and return what it printed."""
    done = subprocess.run(
        ["make", "PYTHON=/bin/false", target],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
        # These tests may themselves be started by make, which would show.
        env={key: value for key, value in os.environ.items() if not key.startswith("MAKE")},
    )
    return done.stdout + done.stderr


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """Return a folder with the Makefile, an environment and a project edited since."""
    shutil.copy(ROOT / "Makefile", tmp_path)
    program = tmp_path / ".venv/bin/lightship"
    program.parent.mkdir(parents=True)
    program.write_text('#!/bin/sh\necho "asked: $*"\n')
    program.chmod(0o755)
    for name in ("pyproject.toml", "requirements-dev.lock"):
        (tmp_path / name).touch()
    return tmp_path


@pytest.mark.parametrize("target", ["down", "status"])
def test_running_stack(target: str, checkout: Path) -> None:
    """Stopping a stack and asking how it is leave the environment that it runs from alone."""
    assert make(checkout, target) == f"asked: {target}\n"


@pytest.mark.parametrize("target", ["up", "test", "check"])
def test_stale_environment(target: str, checkout: Path) -> None:
    """What needs a newer environment does not make it under a stack that runs from the old one."""
    pid_file = checkout / ".lightship/pids/supervisord"
    pid_file.parent.mkdir(parents=True)
    with subprocess.Popen(["sleep", "600"]) as running:
        pid_file.write_text(f"{running.pid} 1\n")
        told = make(checkout, target)
        running.kill()
    assert "first run: make down" in told
    assert "Installing" not in told
    assert "Python 3.11 or newer is needed" in make(checkout, target)


@pytest.mark.parametrize("target", ["down", "status"])
def test_first_time(target: str, checkout: Path) -> None:
    """Without an environment, they make one first."""
    shutil.rmtree(checkout / ".venv")
    assert "Python 3.11 or newer is needed" in make(checkout, target)
