"""Runs the collectors' tests against each version of their servers: `versions.py [SERVER]...`.

A server (`redis`, `mariadb`, `postgres`) comes from the suite of Debian that has the version,
with the C library that it was built for, so that all of them run on one machine.
"""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import click

from compose.local import unpacked

FOLDER = Path(".lightship/versions").absolute()

# What is run of each server.
TESTS = {
    "redis": ("redis/test_collector.py", "redis/test_classes.py", "test_rq.py", "test_celery.py"),
    "mariadb": ("mysql/test_collectors.py", "mysql/test_defined.py"),
    "postgres": ("postgres/test_collectors.py", "postgres/test_defined.py"),
}
PROGRAMS = {
    "redis": "usr/bin/redis-server",
    "mariadb": "usr/sbin/mariadbd",
    "postgres": "usr/lib/postgresql/{}/bin/postgres",
}


@dataclass(frozen=True)
class Version:
    """A server's version, and where it is; ``without`` are tests that it is too old for.

    Those use, to bring something about or to see it, what a later version brought.
    """

    server: str
    number: str
    suite: str
    package: str
    without: tuple[str, ...] = ()

    @property
    def tree(self) -> Path:
        """Where it is unpacked."""
        return FOLDER / f"{self.server}-{self.number}"

    def command(self, tree: Path) -> tuple[str, ...]:
        """Return what runs the server's program."""
        return unpacked.command(tree, PROGRAMS[self.server].format(self.number))

    def obtain(self) -> dict[str, str]:
        """Fetch it if need be, and return what tells the tests' fixtures to take it."""
        unpacked.obtain(
            self.tree, self.package, lambda tree: [*self.command(tree), "--version"], self.suite
        )
        if self.server == "redis":
            return {"TRIED_REDIS": shlex.join(self.command(self.tree))}
        if self.server == "mariadb":
            return {"TRIED_MARIADB": str(self.tree)}
        return {"TRIED_POSTGRES": str(_startable(self))}


VERSIONS = (
    # CLUSTER ADDSLOTSRANGE, INFO errorstats and histograms of latency came later; Celery's own
    # worker takes no task from it.
    Version(
        "redis",
        "6.0",
        "bullseye",
        "redis-server",
        (
            *("test_cluster", "test_refused_options", "test_loading", "test_values"),
            "(test_celery and test_a_worker)",
        ),
    ),
    Version("redis", "7.0", "bookworm", "redis-server"),
    Version("redis", "8.0", "trixie", "redis-server"),
    # It does not count deadlocks.
    Version("mariadb", "10.5", "bullseye", "mariadb-server-core-10.5", ("test_deadlock",)),
    Version("mariadb", "10.11", "bookworm", "mariadb-server-core"),
    Version("mariadb", "11.8", "trixie", "mariadb-server-core"),
    # pg_stat_force_next_flush() came with 15.
    Version("postgres", "13", "bullseye", "postgresql-13", ("test_values", "test_whole")),
    Version("postgres", "15", "bookworm", "postgresql-15"),
    Version("postgres", "17", "trixie", "postgresql-17"),
)


def _startable(version: Version) -> Path:
    """Return the folder of programs that start each other, each by its own loader."""
    folder = version.tree / f"usr/lib/postgresql/{version.number}/bin"
    for name in ("initdb", "pg_basebackup", "postgres"):
        program = folder / f"{name}.elf"
        if not program.exists():
            (folder / name).rename(program)
            begin = shlex.join(unpacked.command(version.tree, str(program)))
            # Locales are of the C library's own version.
            locales = f"LOCPATH={version.tree}/usr/lib/locale"
            (folder / name).write_text(f'#!/bin/sh\n{locales} exec {begin} "$@"\n')
            (folder / name).chmod(0o755)
    return folder


def tried(version: Version) -> bool:
    """Run the tests against a version, and say how that went."""
    files = [f"tests/exporters/{name}" for name in TESTS[version.server]]
    left_out = ["-k", f"not ({' or '.join(version.without)})"] if version.without else []
    command = [sys.executable, "-m", "pytest", "-q", "-n", "2", *files, *left_out]
    environment = os.environ | version.obtain()
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    *details, summary = done.stdout.strip().splitlines() or [done.stderr]
    click.echo(f"{version.server} {version.number}: {summary.strip('= ')}")
    if done.returncode:
        click.echo("\n".join(details))
    return done.returncode == 0


def main(servers: list[str]) -> int:
    """Try the versions of some servers, or of all; 1 if a test fails."""
    results = [tried(one) for one in VERSIONS if one.server in (servers or TESTS)]
    return 0 if all(results) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
