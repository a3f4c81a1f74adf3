"""Secrets: read from files when they are needed, and never printed."""

from __future__ import annotations

from pathlib import Path

from exporters.failure import CollectionError


class Secret:
    """A text that no log, message or traceback can show by accident."""

    __slots__ = ("_text",)

    def __init__(self, text: str) -> None:
        self._text = text

    def reveal(self) -> str:
        """Return the text itself, for the one who sends it."""
        return self._text

    def __repr__(self) -> str:
        return "Secret(***)"


def read(path: Path) -> Secret:
    """Return the secret in a file, without the line end after it.

    Raises CollectionError with reason ``auth`` when there is none.
    """
    try:
        # A pipe would wait for a writer, and everything with it.
        text = path.read_text("utf-8").rstrip("\r\n") if path.is_file() else ""
    except (OSError, UnicodeDecodeError) as error:
        what = f"cannot be read ({type(error).__name__})"
        raise CollectionError("auth", f"{path}: {what}; check its permissions") from None
    if not text:
        raise CollectionError("auth", f"{path}: holds no password; write it there")
    return Secret(text)
