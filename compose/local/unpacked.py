"""Servers of packages that were unpacked and not installed: they bring their own C library."""

from __future__ import annotations

import platform
from collections.abc import Callable
from pathlib import Path

from compose.local import packages
from compose.local.lock import locked
from exporters.errors import UserError


def obtain(folder: Path, package: str, works: Callable[[Path], list[str]], suite: str = "") -> Path:
    """Return where a package is unpacked: the folder, into which it is fetched if need be.

    ``works`` and ``suite`` are as ``packages.fetch_whole`` has them. Raises UserError when it
    cannot be had.
    """
    tree = folder.absolute()
    with locked(folder.parent):
        if not tree.exists():
            try:
                packages.fetch_whole(tree, package, works, suite)
            except (packages.PackagesError, OSError) as error:
                fix = f"apt-get install --no-install-recommends {package}"
                raise UserError(
                    f"{package}: neither here nor fetched: {error}; run: {fix}"
                ) from error
    return tree


def command(tree: Path, program: str) -> tuple[str, ...]:
    """Return what runs a program (``usr/sbin/nginx``): the loader that came with it."""
    # Older suites keep what is needed early apart from /usr.
    libraries = [tree / place / f"{platform.machine()}-linux-gnu" for place in ("usr/lib", "lib")]
    loader = next(one for library in libraries for one in library.glob("ld-linux-*.so.*"))
    path = ":".join(map(str, libraries))
    return (str(loader), "--library-path", path, str(tree / program))
