"""Runs the inbox: one socket, one database, until it is told to stop."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

from prometheus_client import disable_created_metrics

from compose import serving
from compose.inbox.access import is_loopback
from compose.inbox.app import build
from compose.inbox.retention import Keep
from compose.inbox.store import Store
from compose.inbox.surroundings import SurroundingsFile
from exporters import log, secret
from exporters.errors import UserError
from exporters.failure import CollectionError
from exporters.secret import Secret


def serve(
    listen: str,
    database: Path,
    runbooks: Path,
    *,
    keep: Keep,
    hosts: Sequence[str] = (),
    surroundings: Path | None = None,
    password_file: Path | None = None,
    unprotected: bool = False,
) -> None:
    """Answer on ``listen`` (HOST:PORT) until SIGTERM or SIGINT.

    ``hosts`` are names it answers to beside the one it listens on, ``surroundings`` is what
    was rendered for it, ``password_file`` holds the password that it asks for. Without one it
    listens on loopback alone, unless ``unprotected`` is said.

    Raises UserError for an address or a file that cannot be used.
    """
    log.set_up()
    password = _password(listen, password_file, unprotected=unprotected)
    # The times at which counters began are no metrics of anybody's.
    disable_created_metrics()  # type: ignore[no-untyped-call]
    file = SurroundingsFile(surroundings)
    with closing(serving.bind(listen)) as listener, closing(Store(database, keep=keep)) as store:
        app = build(store, runbooks, (serving.address(listen)[0], *hosts), file, password)
        app.state.watch.start()
        with closing(app.state.watch):
            serving.serve(app, listener, database=str(database))
    log.info("stopped")


def _password(listen: str, file: Path | None, *, unprotected: bool) -> Secret | None:
    """Return the password to ask for, None where there is none and need be none."""
    if file:
        try:
            return secret.read(file)
        except CollectionError as error:
            raise UserError(f"--password-file {error}") from error
    if not unprotected and not is_loopback(serving.address(listen)[0]):
        raise UserError(
            f"--listen {listen}: others than this machine could read the inbox, and forge "
            "incidents; give a password with --password-file FILE, or say --unprotected where "
            "something else keeps them out"
        )
    return None
