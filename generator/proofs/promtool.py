"""Find and run promtool, the authority on Prometheus' files."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path
from shutil import which

from exporters.errors import UserError

# Where `lightship tools` puts the programs that it fetched.
TOOLS = Path(".lightship/tools/bin")

MISSING = "promtool is not installed; run: lightship tools"


def find(name: str = "promtool") -> str | None:
    """Return the path of a program: of the tools folder first, then of PATH."""
    return which(name, path=f"{TOOLS.absolute()}{os.pathsep}{os.environ.get('PATH', '')}")


def run(*arguments: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    """Run promtool and return what it said, all of it in ``stdout``, in its order.

    Raises UserError when there is no promtool.
    """
    program = find()
    if program is None:
        raise UserError(MISSING)
    return subprocess.run(
        [program, *arguments],
        cwd=cwd,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
