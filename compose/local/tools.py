"""Which Prometheus, promtool, Alertmanager and amtool are used here, and where they come from."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from compose.local import packages
from compose.local.lock import locked
from exporters.errors import UserError
from generator.versions import Version, Versions, parse

FOLDER = Path(".lightship/tools")

# The names to look for, ours first: Debian calls its Alertmanager otherwise.
NAMES: Mapping[str, tuple[str, ...]] = {
    "prometheus": ("prometheus",),
    "promtool": ("promtool",),
    "alertmanager": ("alertmanager", "prometheus-alertmanager"),
    "amtool": ("amtool",),
}


@dataclass(frozen=True)
class Tool:
    """A program that was found, and what it says its version is (``3.5.3``)."""

    name: str
    path: Path
    version: str

    @property
    def release(self) -> Version:
        """The first two numbers of the version."""
        return parse(self.version)

    @property
    def directory(self) -> Path:
        """Where it must be started: a relocated Alertmanager finds its templates from there."""
        return self.path.parent


@dataclass(frozen=True)
class Tools:
    """The four programs of one stack; the checkers are of their servers' versions."""

    prometheus: Tool
    promtool: Tool
    alertmanager: Tool
    amtool: Tool

    @property
    def versions(self) -> Versions:
        """What files are rendered for."""
        return Versions(prometheus=self.prometheus.release, alertmanager=self.alertmanager.release)


def obtain(folder: Path = FOLDER) -> Tools:
    """Return all four programs: from the folder, else from PATH, else fetched into the folder.

    Raises UserError that names every missing program and the command that installs it, or
    that the folder cannot be written.
    """
    with locked(folder):
        found = find(folder)
        if found is None:
            _fetch(folder)
            found = find(folder)
    if found is None:
        raise UserError(_missing(folder, "the packages do not hold them"))
    return found


def find(folder: Path = FOLDER) -> Tools | None:
    """Return all four programs if one place has them all, without fetching anything."""
    bin_folder = folder.absolute() / "bin"
    for path in (str(bin_folder), None):
        found = {name: _which(name, path) for name in NAMES}
        if all(found.values()):
            return Tools(**{n: Tool(n, p, version(p)) for n, p in found.items() if p})
    return None


def version(program: Path) -> str:
    """Return what a program calls its version, such as ``3.5.3``.

    Raises UserError when it does not run or does not say.
    """
    try:
        done = subprocess.run(
            [program, "--version"], capture_output=True, text=True, timeout=30, check=False
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise UserError(
            f"{program}: does not run ({error}); remove it or install it anew"
        ) from error
    return parse_version(done.stdout + done.stderr, program)


def parse_version(text: str, program: Path) -> str:
    """Return the version in what ``--version`` printed (``prometheus, version 2.42.0+ds (…)``)."""
    match = re.search(r"version (\d+\.\d+(?:\.\d+)?)", text)
    if not match:
        raise UserError(f"{program}: does not say its version; remove it or install it anew")
    return match[1]


def _which(name: str, path: str | None) -> Path | None:
    hits = (shutil.which(candidate, path=path) for candidate in NAMES[name])
    return next((Path(hit).absolute() for hit in hits if hit), None)


def _fetch(folder: Path) -> None:
    try:
        packages.fetch(folder)
    except (packages.PackagesError, OSError) as error:
        raise UserError(_missing(folder, str(error))) from error


def _missing(folder: Path, why: str) -> str:
    places = (str(folder.absolute() / "bin"), None)
    missing = [name for name in NAMES if not any(_which(name, place) for place in places)]
    # All are there, but not in one place: a checker of another version is no checker.
    listed = missing or list(NAMES)
    lines = [f"  {name}: {packages.advice(name)}" for name in listed]
    head = f"programs: {len(listed)} not found in {folder}/bin nor on PATH, nor fetched: {why}"
    return "\n".join([f"{head}; install:", *lines])
