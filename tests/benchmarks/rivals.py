"""Fetches what we are compared with, from Debian's packages."""

from __future__ import annotations

from pathlib import Path

from compose.local import packages

FOLDER = Path(".lightship/rivals").absolute()
PACKAGES = {
    "redis_exporter": "prometheus-redis-exporter",
    "postgres_exporter": "prometheus-postgres-exporter",
}


def obtain(name: str) -> Path:
    """Return the program, fetched unless it is there already.

    Raises SystemExit, which says why, when it cannot be had.
    """
    program = FOLDER / PACKAGES[name]
    if not program.exists():
        try:
            packages.fetch_programs(FOLDER, PACKAGES[name])
        except packages.PackagesError as error:
            raise SystemExit(f"{name}: {error}") from error
    return program
