"""Was all of this rendered before, and is it still there? Then there is nothing to render.

What was rendered is remembered outside the folder, in the user's cache, as digests alone:
without them, or with doubtful ones, everything is rendered and compared as if for the first time.
"""

from __future__ import annotations

import hashlib
import json
import os
import sys
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

from generator.model import Model
from generator.pickles import UnpicklableError, dumps

# Names the files that rendering owns, so that it may remove those it no longer makes.
MANIFEST = ".rendered"

# What else decides how a model reads once it is rendered: our code, and who writes JSON and YAML.
_CODE = ("generator", "exporters")
_WRITERS = ("grafanalib", "jinja2", "promql-parser", "pyyaml")


@dataclass(frozen=True)
class Trace:
    """What is remembered of a model rendered into a folder: where, and under which digest."""

    out: Path
    digest: str

    @classmethod
    def of(cls, model: Model, out: Path) -> Trace:
        """Return the trace that a model leaves; an empty digest when it has none."""
        try:
            digest = hashlib.sha256(dumps(model))
        except UnpicklableError:
            return cls(out, "")
        for part in _code():
            digest.update(part)
        return cls(out, digest.hexdigest())

    @property
    def _file(self) -> Path:
        folder = os.environ.get("XDG_CACHE_HOME") or Path("~/.cache").expanduser()
        name = hashlib.sha256(os.fsencode(self.out.absolute())).hexdigest()[:16]
        return Path(folder) / "lightship" / "rendered" / f"{name}.json"

    def files(self) -> list[str]:
        """Return the files that were rendered of the same, if all are as they were; else none."""
        try:
            found = json.loads(self._file.read_text(encoding="utf-8"))
            same = found["digest"] == self.digest != ""
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
            self._file.parent.mkdir(parents=True, exist_ok=True)
            whole = self._file.with_suffix(f".{os.getpid()}")
            whole.write_text(json.dumps({"digest": self.digest, "files": digests}))
            whole.replace(self._file)


def _digest(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()


def _code() -> Iterator[bytes]:
    yield sys.version.encode()
    yield from (f"{name} {version(name)}".encode() for name in _WRITERS)
    for package in _CODE:
        root = Path(__file__).parents[1] / package
        for file in sorted(root.rglob("*")):
            if file.suffix in {".py", ".j2"} and "stock" not in file.parts:
                yield file.read_bytes()
