"""Find and run promtool, the authority on Prometheus' files."""

from __future__ import annotations

import os
import re
import subprocess
from functools import cache
from pathlib import Path
from shutil import which

from exporters.errors import UserError
from generator.queries import without_macros

# Where `lightship tools` puts the programs that it fetched, unless LIGHTSHIP_TOOLS says.
TOOLS = Path(".lightship/tools")

# The first long-term release of Prometheus 3: older ones read some queries differently.
_LEAST = (3, 5)


def missing(name: str) -> str:
    """Return the sentence that says that a program is missing."""
    return f"{name} is not installed; run: lightship tools"


def find(name: str = "promtool") -> str | None:
    """Return the path of a program: of a tools folder first, then of PATH.

    The tools folder is that of LIGHTSHIP_TOOLS, else the one here, else the repository's.
    """
    said = os.environ.get("LIGHTSHIP_TOOLS")
    folders = [Path(said)] if said else [TOOLS, Path(__file__).parents[2] / TOOLS]
    places = [*(str(f.absolute() / "bin") for f in folders), os.environ.get("PATH", "")]
    return which(name, path=os.pathsep.join(places))


def older_than_needed() -> str:
    """Say that promtool is too old to judge for Prometheus 3, if it is there and is."""
    program = find()
    release = _release(program) if program else _LEAST
    if release and release >= _LEAST:
        return ""
    there = ".".join(map(str, release)) if release else "of no known version"
    return f"it is {there}, and {'.'.join(map(str, _LEAST))} or newer decides; run: lightship tools"


@cache
def _release(program: str) -> tuple[int, int] | None:
    said = subprocess.run([program, "--version"], capture_output=True, text=True, check=False)
    found = re.search(r"version (\d+)\.(\d+)", said.stdout + said.stderr)
    return (int(found[1]), int(found[2])) if found else None


def run(*arguments: str, cwd: Path, name: str = "promtool") -> subprocess.CompletedProcess[str]:
    """Run promtool, or amtool, and return what it said: all of it in ``stdout``, in its order.

    Raises UserError when there is none.
    """
    program = find(name)
    if program is None:
        raise UserError(missing(name))
    return subprocess.run(
        [program, *arguments],
        cwd=cwd,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )


def where_wrong(query: str) -> int | None:
    """Return the place in a query at which promtool stops reading; -1 without promtool.

    None where promtool reads it to the end. Our own parser says why, but not where.
    """
    text = without_macros(query)
    if find() is None:
        return -1
    done = run("--experimental", "promql", "format", text, cwd=Path.cwd())
    if not done.returncode:
        return None
    found = re.search(r"(\d+):(\d+): parse error", done.stdout)
    if not found:
        return -1
    line, column = int(found[1]), int(found[2])
    before = sum(len(one) + 1 for one in text.split("\n")[: line - 1])
    return min(before + column - 1, len(text) - 1)
