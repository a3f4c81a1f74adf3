"""Was all of this rendered before, and is it still there? Then there is nothing to do.

What was rendered is remembered outside the folder, in the user's cache, as digests alone: of all
that it was made from, and of the files. Without them, or with doubtful ones, everything is
rendered and compared as if for the first time.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import sys
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from importlib.metadata import version
from pathlib import Path

from exporters.settings import Settings
from generator.definitions import FOLDERS
from generator.pickles import UnpicklableError, dumps
from generator.versions import Versions

# Names the files that rendering owns, so that it may remove those it no longer makes.
MANIFEST = ".rendered"

# What else decides how definitions read once they are rendered: our code, and who writes JSON
# and YAML.
_CODE = ("generator", "exporters")
_CODE_SUFFIXES = {".py", ".j2", ".json"}
_WRITERS = ("grafanalib", "jinja2", "promql-parser", "pyyaml")

# Definitions that import nothing else, and open nothing, say the same as long as they are the
# same; others may ask a clock, the network or another file, and are read every time.
_PURE = (
    r"(?:alerts|dashboards|exporters\.catalog|generator|__future__|collections|dataclasses|functools"
    r"|itertools|math|string|textwrap|typing)(?:\.\w+)*"
)
_OF_OURS = re.compile(
    rf"^(?:from {_PURE} import (?:\([^()]*\)|[\w, ]+)|import {_PURE})$".encode(), re.MULTILINE
)
_IMPORT = re.compile(rb"import(?:\b|_)")
_CALLS = (b"open(", b"exec(", b"eval(")


@dataclass(frozen=True)
class Trace:
    """What is remembered of a rendering: of which definitions and settings, for what, where."""

    root: Path
    settings: Settings
    versions: Versions
    out: Path

    @cached_property
    def digest(self) -> str:
        """What everything that it is made from comes to; nothing where that cannot be said."""
        try:
            found = hashlib.sha256(dumps((self.root, self.settings, self.versions)))
            for part in self._parts():
                found.update(len(part).to_bytes(8))
                found.update(part)
        except (UnpicklableError, OSError):
            return ""
        return found.hexdigest()

    def _parts(self) -> Iterator[bytes]:
        yield sys.version.encode()
        yield from (f"{name} {version(name)}".encode() for name in _WRITERS)
        for file in (*_code(), *self._written()):
            yield os.fsencode(file)
            yield file.read_bytes()

    def _written(self) -> Iterator[Path]:
        """Yield the files of a definitions folder that anything is rendered from."""
        yield from _definitions(self.root)
        yield from sorted((self.root / "docs" / "runbooks").glob("*.md"))

    @property
    def file(self) -> Path:
        """Where it is remembered."""
        folder = os.environ.get("XDG_CACHE_HOME") or Path("~/.cache").expanduser()
        name = hashlib.sha256(os.fsencode(self.out.absolute())).hexdigest()[:16]
        return Path(folder) / "lightship" / "rendered" / f"{name}.json"

    def files(self) -> list[str]:
        """Return the files that were rendered of the same, if all are as they were; else none."""
        now = self.digest
        try:
            found = json.loads(self.file.read_text(encoding="utf-8"))
            same = found["digest"] == now != ""
            digests: dict[str, str] = found["files"]
            if same and all(_digest(self.out / f) == d for f, d in digests.items()):
                return list(digests)
        except (OSError, ValueError, KeyError, TypeError, AttributeError):
            pass  # nothing that could be trusted is remembered
        return []

    def remember(self, made: Mapping[str, str]) -> None:
        """Remember what was rendered, where that is possible."""
        digests = {name: hashlib.sha256(text.encode()).hexdigest() for name, text in made.items()}
        with suppress(OSError):
            if not all(_says_the_same(file.read_bytes()) for file in _definitions(self.root)):
                return
            self.file.parent.mkdir(parents=True, exist_ok=True)
            whole = self.file.with_suffix(f".{os.getpid()}")
            whole.write_text(json.dumps({"digest": self.digest, "files": digests}))
            whole.replace(self.file)


def _digest(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()


def _definitions(root: Path) -> Iterator[Path]:
    for folder in FOLDERS:
        yield from sorted((root / folder).rglob("*.py"))


def _says_the_same(text: bytes) -> bool:
    """Whether a definitions file comes to the same whenever it is read."""
    asks = _IMPORT.search(_OF_OURS.sub(b"", text)) or any(call in text for call in _CALLS)
    return not asks


def _code() -> Iterator[Path]:
    for package in _CODE:
        for file in sorted((Path(__file__).parents[1] / package).rglob("*")):
            if file.suffix in _CODE_SUFFIXES and "stock" not in file.parts:
                yield file
