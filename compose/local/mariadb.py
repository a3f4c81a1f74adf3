"""A MariaDB server of our own: where its programs are, how it is made, how it is started."""

from __future__ import annotations

import getpass
import os
import shutil
import subprocess
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from compose.local import unpacked
from exporters.errors import UserError

FOLDER = Path(".lightship/tools/mariadb")
PACKAGE = "mariadb-server-core"

# Where Debian puts what belongs to it, below /usr: since 11, and before.
SHARES = ("share/mariadb", "share/mysql")

OPTIONS: Mapping[str, str] = {
    "bind-address": "127.0.0.1",
    "innodb-buffer-pool-size": "32M",
    # Nothing in it is worth waiting for a disk.
    "innodb-flush-log-at-trx-commit": "0",
    "innodb-doublewrite": "0",
    "loose-innodb-flush-method": "nosync",
    "sync-frm": "0",
    "max-connections": "60",
    "performance-schema": "ON",
    # Its room is taken when it starts: enough for statements, tables and clients of a demo, and
    # none for what nobody asks.
    "performance-schema-digests-size": "1000",
    "performance-schema-max-thread-instances": "100",
    **{
        f"performance-schema-{what}": "0"
        for what in (
            "events-waits-history-long-size",
            "events-stages-history-long-size",
            "events-statements-history-long-size",
            "events-transactions-history-long-size",
            "max-memory-classes",
            "max-prepared-statements-instances",
            "max-program-instances",
        )
    },
    "aria-pagecache-buffer-size": "1M",
    "key-buffer-size": "1M",
    "long-query-time": "0.1",
}

# A small data folder: it is copied, and thrown away.
SIZES = (
    "--innodb-log-file-size=8M",
    "--innodb-data-file-path=ibdata1:4M:autoextend",
    "--innodb-autoextend-increment=1",
    "--innodb-undo-tablespaces=0",
)

# The scripts that make the system's tables, in their order; their names begin with its own.
SCRIPTS = ("*_system_tables.sql", "*_performance_tables.sql", "*_system_tables_data.sql")


@dataclass(frozen=True)
class Programs:
    """A MariaDB: the command that runs its server, and the folder of what belongs to it."""

    command: tuple[str, ...]
    usr: Path

    @property
    def share(self) -> Path:
        """Messages, character sets and scripts."""
        places = [self.usr / name for name in SHARES]
        return next((p for p in places if (p / "charsets").is_dir()), places[0])

    @property
    def server(self) -> tuple[str, ...]:
        """The server's command with what it needs to find its own files."""
        return (
            *self.command,
            "--no-defaults",
            f"--basedir={self.usr}",
            f"--lc-messages-dir={self.share}",
            f"--character-sets-dir={self.share}/charsets",
            # It refuses to be root unless it is told so.
            f"--user={getpass.getuser() if os.getuid() else 'root'}",
        )


def obtain(folder: Path = FOLDER) -> Programs:
    """Return MariaDB: the system's, or Debian's packages, fetched into the folder if need be.

    Raises UserError when there is none.
    """
    if found := shutil.which("mariadbd", path="/usr/sbin:/usr/bin"):
        return Programs((found,), Path("/usr"))
    tree = unpacked.obtain(folder, PACKAGE, _version)
    return Programs(unpacked.command(tree, "usr/sbin/mariadbd"), tree / "usr")


def _version(tree: Path) -> list[str]:
    return [*unpacked.command(tree, "usr/sbin/mariadbd"), "--no-defaults", "--version"]


def create(programs: Programs, folder: Path, statements: Iterable[str]) -> None:
    """Make a server's data folder, unless it is there. Raises UserError.

    The statements, one a line, are run in it before anybody can connect.
    """
    if folder.exists():
        return
    fresh = folder.with_name(f"{folder.name}.new")
    shutil.rmtree(fresh, ignore_errors=True)
    fresh.mkdir(mode=0o700, parents=True)
    scripts = [p.read_text(encoding="utf-8") for name in SCRIPTS for p in programs.share.glob(name)]
    # Root enters by password like everybody else, and has none yet.
    begin = ["CREATE DATABASE mysql;", "USE mysql;", "SET @auth_root_socket = NULL;"]
    text = "\n".join([*begin, *scripts, "FLUSH PRIVILEGES;", *statements, ""])
    done = subprocess.run(
        [*programs.server, f"--datadir={fresh}", f"--tmpdir={fresh}", *SIZES, "--bootstrap"],
        input=text,
        capture_output=True,
        text=True,
        check=False,
    )
    errors = [line for line in done.stderr.splitlines() if "ERROR" in line]
    if done.returncode or errors:
        raise UserError(f"mariadb: {(errors or ['no reason was given'])[0]}")
    fresh.rename(folder)


def command(programs: Programs, folder: Path, port: int) -> tuple[str, ...]:
    """Return the command that starts the server of a data folder, which must be there."""
    options = [f"--{name}={value}" for name, value in OPTIONS.items()]
    places = (f"--datadir={folder}", f"--tmpdir={folder}", f"--socket={folder}/socket")
    return (*programs.server, f"--port={port}", *places, *SIZES, *options)
