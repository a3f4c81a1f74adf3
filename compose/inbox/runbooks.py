"""Runbooks as pages: Markdown from a folder, its HTML never trusted."""

from __future__ import annotations

import re
from pathlib import Path

from markdown_it import MarkdownIt

# An alert's name and nothing that could leave the folder.
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,127}")

_MARKDOWN = MarkdownIt("commonmark", {"html": False}).enable("table")


class RunbookMissingError(LookupError):
    """There is no such runbook; the message says which file would have been it."""


def render(folder: Path, name: str) -> str:
    """Return a runbook as HTML. Raises RunbookMissingError."""
    if not _NAME.fullmatch(name):
        raise RunbookMissingError(f"{name[:128]!r} is not the name of a runbook.")
    # Runbooks link to each other by file, as they do in a repository.
    path = folder / f"{name.removesuffix('.md')}.md"
    try:
        text = path.read_text(encoding="utf-8", errors="replace")
    except OSError as error:
        raise RunbookMissingError(f"{path} cannot be read: {error.strerror}.") from error
    html = str(_MARKDOWN.render(text))
    # What is too wide scrolls by itself, also by keyboard, and the page does not.
    html = html.replace("<pre>", '<pre tabindex="0">')
    return html.replace("<table>", '<div class="wide" tabindex="0"><table>').replace(
        "</table>", "</table></div>"
    )
