"""Exporters of the Prometheus project that the stack runs as they are, and where they come from."""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Mapping
from pathlib import Path

from compose.local import packages
from compose.local.lock import locked
from compose.local.tools import FOLDER, Tool, version
from exporters.errors import UserError

# Each service's program: the project's own name, and Debian's, which is that of the package.
PROGRAMS: Mapping[str, tuple[str, str]] = {
    "demo-host": ("node_exporter", "prometheus-node-exporter"),
    "blackbox": ("blackbox_exporter", "prometheus-blackbox-exporter"),
}

# What node_exporter measures here: what is alerted on and drawn, and of that all.
COLLECTORS = (
    "conntrack", "cpu", "diskstats", "filefd", "filesystem", "loadavg", "meminfo", "netdev",
    "pressure", "time", "timex", "vmstat",
)  # fmt: skip
NODE_FLAGS = ("--collector.disable-defaults", *(f"--collector.{name}" for name in COLLECTORS))


def obtain(folder: Path = FOLDER) -> dict[str, Tool]:
    """Return each service's program: from the folder, else from PATH, else fetched into it.

    Raises UserError that names every missing program, and what to do.
    """
    with locked(folder):
        found = {service: _find(folder, service) for service in PROGRAMS}
        missing = [service for service, program in found.items() if program is None]
        if missing:
            _fetch(folder, missing)
            found |= {service: _find(folder, service) for service in missing}
    return {s: Tool(PROGRAMS[s][0], path, version(path)) for s, path in found.items() if path}


def _find(folder: Path, service: str) -> Path | None:
    for place in (str(folder.absolute() / "bin"), None):
        for name in PROGRAMS[service]:
            if hit := shutil.which(name, path=place):
                return Path(hit).absolute()
    return None


def _fetch(folder: Path, services: Iterable[str]) -> None:
    wanted = [PROGRAMS[service][1] for service in services]
    try:
        packages.fetch_programs(folder / "bin", *wanted)
    except (packages.PackagesError, OSError) as error:
        lines = [f"programs: not found in {folder}/bin nor on PATH, nor fetched: {error}; install:"]
        lines += [f"  {PROGRAMS[service][0]}: {_advice(service)}" for service in services]
        raise UserError("\n".join(lines)) from error


def _advice(service: str) -> str:
    name, package = PROGRAMS[service]
    if shutil.which("apt-get"):
        return f"sudo apt-get install --no-install-recommends {package}"
    return f"put {name} from https://prometheus.io/download/ on PATH"
