"""What was rendered last, kept in case that what is rendered now does not hold."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Kept:
    """The files of a folder, by their paths in it, as they were."""

    folder: Path
    files: Mapping[Path, bytes]

    @classmethod
    def of(cls, folder: Path) -> Kept:
        """Keep what a folder holds now."""
        files = {file: file.read_bytes() for file in folder.rglob("*") if file.is_file()}
        return cls(folder, files)

    def restore(self) -> bool:
        """Make the folder hold what it held, each file exchanged as a whole.

        Returns whether it held anything else.
        """
        new = [f for f in self.folder.rglob("*") if f.is_file() and f not in self.files]
        for file in new:
            file.unlink()
        changed = {f: data for f, data in self.files.items() if _holds(f) != data}
        for file, data in changed.items():
            file.parent.mkdir(parents=True, exist_ok=True)
            fresh = file.with_name(f".{file.name}.new")
            fresh.write_bytes(data)
            fresh.replace(file)
        return bool(new or changed)


def _holds(file: Path) -> bytes | None:
    return file.read_bytes() if file.is_file() else None
