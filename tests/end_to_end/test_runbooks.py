"""Do the commands that pages print for people on call work, from the folder of a clone?"""

from __future__ import annotations

import re
import shlex
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from compose.asking import ask
from compose.local.ports import FIXED

if TYPE_CHECKING:
    from tests.end_to_end.conftest import Running

ROOT = Path(__file__).parents[2]
PAGES = sorted(
    file for kind in ("runbooks", "operations") for file in (ROOT / "docs" / kind).glob("*.md")
)

# What the stack at hand answers: everything else is for servers of somebody's own.
HERE = re.compile(r"\.venv/|\.lightship/|//127\.0\.0\.1|^df -h \.$")

QUERY = ".venv/bin/lightship query "

pytestmark = pytest.mark.stack


def commands() -> dict[str, str]:
    """Return every command printed for the stack at hand, each with a page that does."""
    return {
        command: page.stem
        for page in PAGES
        if page.stem != "backup"  # it stops the stack; tests/end_to_end/test_recovery.py does it
        for command in re.findall(r"^\$ (.+)$", page.read_text(encoding="utf-8"), re.MULTILINE)
        if HERE.search(command)
    }


def here(stack: Running, command: str) -> str:
    """Return a command with this stack's ports instead of the usual ones."""
    for name, port in FIXED.items():
        command = command.replace(f"127.0.0.1:{port}", stack.address(name))
    return command


def test_commands_of_runbooks_work(stack: Running, clone: Path) -> None:
    """Each command runs, finds its files and services, and complains about nothing."""
    queries = [command for command in commands() if command.startswith(QUERY)]
    wrong = []
    # Of the queries one: all of them begin with the same words.
    for command in [*(c for c in commands() if c not in queries), queries[0]]:
        done = subprocess.run(
            ["bash", "-c", here(stack, command)],
            cwd=clone,
            capture_output=True,
            text=True,
            check=False,
        )
        # 1 is an answer, too: grep found nothing, or status has something to tell.
        if done.stderr or done.returncode not in {0, 1} or "Nothing runs" in done.stdout:
            wrong.append(f"{commands()[command]}: {command}: {done.returncode}: {done.stderr}")

    assert wrong == []


def test_queries_of_runbooks_are_answered(stack: Running) -> None:
    """Prometheus takes each query for one."""
    for command in commands():
        if command.startswith(QUERY):
            ask(stack.address("prometheus"), shlex.split(command)[-1])
