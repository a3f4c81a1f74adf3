"""Find and run promtool, the authority on Prometheus' files."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path
from shutil import which

from exporters.errors import UserError

# Where `lightship tools` puts the programs that it fetched, unless LIGHTSHIP_TOOLS says.
TOOLS = Path(".lightship/tools")


def missing(name: str) -> str:
    """Return the sentence that says that a program is missing."""
    return f"{name} is not installed; run: lightship tools"


def find(name: str = "promtool") -> str | None:
    """Return the path of a program: of the tools folder first, then of PATH."""
    fetched = Path(os.environ.get("LIGHTSHIP_TOOLS", TOOLS)).absolute() / "bin"
    return which(name, path=f"{fetched}{os.pathsep}{os.environ.get('PATH', '')}")


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
