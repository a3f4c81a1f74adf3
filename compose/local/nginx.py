"""An nginx of our own: where its program is, and how it is started."""

from __future__ import annotations

import shutil
from pathlib import Path

from compose.local import unpacked

FOLDER = Path(".lightship/tools/nginx")
PACKAGE = "nginx"


def obtain(folder: Path = FOLDER) -> tuple[str, ...]:
    """Return what runs nginx: the system's, or Debian's package, fetched if need be.

    Raises UserError when there is none.
    """
    if found := shutil.which("nginx", path="/usr/sbin:/usr/bin:/usr/local/sbin:/usr/local/bin"):
        return (found,)
    return _unpacked(unpacked.obtain(folder, PACKAGE, lambda tree: [*_unpacked(tree), "-v"]))


def command(program: tuple[str, ...], configuration: Path, folder: Path) -> tuple[str, ...]:
    """Return what starts nginx; paths that are not absolute are below the folder."""
    # Its own log is said on standard error from the first line on.
    given = ("-e", "stderr", "-p", str(folder), "-c", str(configuration), "-g", "daemon off;")
    return (*program, *given)


def _unpacked(tree: Path) -> tuple[str, ...]:
    return unpacked.command(tree, "usr/sbin/nginx")
