"""Writes pages, their pictures and what was answered, for people who read them elsewhere."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import orjson

from compose.preview import page
from exporters.errors import UserError

BROWSERS = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")

# A line of Grafana's grid with the gap below it, and what stands round the grid.
_LINE_PIXELS, _ROUND_PIXELS = 38, 160
_WIDTH_PIXELS = 1280

_BROWSER_SECONDS = 60

Answers = Mapping[str, Mapping[str, Any]]


def write(
    folder: Path, boards: Mapping[str, Mapping[str, Any]], answers: Answers, theme: str
) -> list[Path]:
    """Write a page for each dashboard, and ``index.html``. Return their paths."""
    addressed = {f"{uid}.html": board for uid, board in boards.items()}
    made = {"index.html": page.index(addressed)}
    for name, board in addressed.items():
        made[name] = page.dashboard(
            board,
            answers[board["uid"]],
            live=False,
            boards={other: one["title"] for other, one in addressed.items()},
            theme=theme,
            only=0,
        )
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, text in made.items():
            (folder / name).write_text(text, encoding="utf-8")
    except OSError as error:
        raise UserError(f"{error.filename}: {error.strerror}; choose another --to") from error
    return [folder / name for name in made]


def take(board: Mapping[str, Any], html: Path) -> Path:
    """Take a picture of a page with the browser that is on PATH. Return its path.

    Raises UserError without a browser, and for one that takes no picture.
    """
    browser = next(filter(None, map(shutil.which, BROWSERS)), None)
    if not browser:
        raise UserError(
            f"--png: no {BROWSERS[0]} on PATH; install it (Debian: apt-get install {BROWSERS[0]}),"
            " or open the pages in a browser of your own"
        )
    lines = max(p["gridPos"]["y"] + p["gridPos"]["h"] for p in board["panels"])
    picture = html.with_suffix(".png")
    picture.unlink(missing_ok=True)
    size = f"--window-size={_WIDTH_PIXELS},{lines * _LINE_PIXELS + _ROUND_PIXELS}"
    options = ["--no-sandbox", "--hide-scrollbars", size, f"--screenshot={picture.resolve()}"]
    done = subprocess.run(
        [browser, *options, html.resolve().as_uri()],
        capture_output=True,
        check=False,
        text=True,
        timeout=_BROWSER_SECONDS,
    )
    if not picture.exists():
        raise UserError(f"--png: {browser} took no picture: {done.stderr.strip()[-200:]}")
    return picture


def record(file: Path, answers: Answers) -> None:
    """Keep what was answered, so that pages can be drawn from it again."""
    try:
        file.write_bytes(orjson.dumps(answers))
    except OSError as error:
        raise UserError(f"{file}: {error.strerror}; choose another --record") from error


def recorded(file: Path, uids: Sequence[str]) -> Answers:
    """Return what was answered once. Raises UserError for a file that does not hold it."""
    try:
        found: Answers = orjson.loads(file.read_bytes())
        missing = [uid for uid in uids if "panels" not in found.get(uid, {})]
    except (OSError, ValueError, AttributeError, TypeError) as error:
        raise UserError(f"{file}: not what --record writes ({error})") from error
    if missing:
        raise UserError(f"{file}: holds no answers for {', '.join(missing)}; record it anew")
    return found
