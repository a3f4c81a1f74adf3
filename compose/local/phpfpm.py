"""A PHP-FPM of our own: where its program is, and how it is started."""

from __future__ import annotations

import os
from pathlib import Path

from compose.local import unpacked
from exporters.errors import UserError

FOLDER = Path(".lightship/tools/phpfpm")
PACKAGE = "php-fpm"

_PLACES = ("/usr/sbin", "/usr/local/sbin")


def obtain(folder: Path = FOLDER) -> tuple[str, ...]:
    """Return what runs PHP-FPM: the system's, or Debian's package, fetched if need be.

    Raises UserError when there is none.
    """
    for place in _PLACES:
        # Debian's has its version in its name.
        if found := _newest(Path(place)):
            return (str(found),)
    return _unpacked(unpacked.obtain(folder, PACKAGE, lambda tree: [*_unpacked(tree), "-n", "-v"]))


def command(program: tuple[str, ...], configuration: Path) -> tuple[str, ...]:
    """Return what starts PHP-FPM with a configuration of its own, and without an ini file."""
    # It refuses to be root unless it is told so.
    root = () if os.getuid() else ("--allow-to-run-as-root",)
    return (*program, "-n", "--nodaemonize", *root, "--fpm-config", str(configuration))


def _newest(place: Path) -> Path | None:
    return max(place.glob("php-fpm*"), default=None)


def _unpacked(tree: Path) -> tuple[str, ...]:
    found = _newest(tree / "usr/sbin")
    if found is None:
        raise UserError(f"{tree}: holds no PHP-FPM; remove the folder")
    return unpacked.command(tree, str(found.relative_to(tree)))
