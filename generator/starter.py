"""A definitions folder to start from: checked and proven as it is, and yours to change."""

from __future__ import annotations

from pathlib import Path

from exporters.errors import UserError
from generator.installation import BY_WHEEL

_STARTER = Path(__file__).with_name("start")


def write(to: Path, install: str = BY_WHEEL) -> list[str]:
    """Write the files of the starter into a folder; return their paths in it, sorted.

    ``install`` is the command with which its CI gets Lightship.

    Raises UserError, and writes nothing, when one of them is there already, or when the
    folder cannot be written.
    """
    files = sorted(f for f in _STARTER.rglob("*") if f.is_file() and f.suffix != ".pyc")
    names = [str(file.relative_to(_STARTER)) for file in files]
    there = [name for name in names if (to / name).exists()]
    if there:
        what = f"{', '.join(there)} would be overwritten; choose another folder"
        raise UserError(f"{to}: {what}, or move them away")
    try:
        for name in names:
            (to / name).parent.mkdir(parents=True, exist_ok=True)
            text = (_STARTER / name).read_text(encoding="utf-8").replace(BY_WHEEL, install)
            (to / name).write_text(text, encoding="utf-8")
    except OSError as error:
        raise UserError(f"{error.filename}: {error.strerror}; choose another folder") from error
    return names
