"""Let another core compile definitions while this one runs those that are compiled."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from importlib.util import cache_from_source
from pathlib import Path

# What so many files save is more than what another interpreter costs to start.
_MANY = 50


@contextmanager
def compiled_ahead(folders: Sequence[Path]) -> Iterator[None]:
    """Compile the files of some folders in another process, if many never were.

    Importing is half compiling where nothing was compiled before, as in CI: a fifth of a cold
    rendering (`make bench-generator`). What goes wrong there goes wrong here again, and is told.
    """
    new = [file for folder in folders for file in folder.glob("*.py") if not _compiled(file)]
    if len(new) < _MANY or sys.dont_write_bytecode:
        yield
        return
    with ExitStack() as stack:
        if (process := _compiling(folders)) is not None:
            stack.enter_context(process)
            stack.callback(process.kill)
        yield


def _compiling(folders: Sequence[Path]) -> subprocess.Popen[bytes] | None:
    # -P: a module of the current folder must not stand in for Python's own.
    command = [sys.executable, "-P", "-m", "compileall", "-qq", "-r", "0", *map(str, folders)]
    nothing = subprocess.DEVNULL
    with suppress(OSError):
        return subprocess.Popen(command, stdin=nothing, stdout=nothing, stderr=nothing)
    return None


def _compiled(file: Path) -> bool:
    return Path(cache_from_source(str(file))).exists()
