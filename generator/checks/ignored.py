"""Is there anything in the definitions folder that is not read?"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from generator.definitions import FOLDERS
from generator.model import Model
from generator.panels import Dashboard
from generator.problems import Problem
from generator.routes import Receiver

# People explain folders where they are.
_SPOKEN = frozenset({".md", ".txt", ".rst"})


def check(model: Model) -> Iterator[Problem]:
    """Yield a problem for each definition and each file that would be passed over in silence."""
    for one in model.passed_over:
        if isinstance(one, Dashboard):
            what = (
                f"dashboard {one.title!r} is passed over: a file's dashboard is the one called "
                "'dashboard'; move this to a file of its own"
            )
        else:
            kind = "receiver" if isinstance(one, Receiver) else "time interval"
            what = f"no route names the {kind} {one.name!r}; let one do so, or remove it"
        yield Problem.at(one.source, what, check="ignored", severity="warning")
    for folder in FOLDERS:
        for path in sorted((model.root / folder).glob("*")):
            if what := _wrong(path, folder):
                yield Problem(str(path), 0, what, "ignored", "warning")


def _wrong(path: Path, folder: str) -> str:
    if path.name.startswith((".", "_")) or path.suffix in _SPOKEN:
        return ""
    if path.is_dir() and any(path.glob("**/*.py")):
        return f"files are read from {folder}/ itself only; move its files up"
    if path.is_file() and path.suffix != ".py":
        return f"only Python is read from {folder}/; define it there, or move this away"
    return ""
