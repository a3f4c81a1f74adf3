"""The table of the last drills in a page of the docs, written by the command that ran them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from compose.drills.outcomes import HEADINGS, Outcome, summary
from exporters.errors import UserError

# What stands between these is the command's.
BEGIN, END = "<!-- drilled -->\n", "<!-- /drilled -->\n"


def require(page: Path) -> None:
    """Raise UserError for a page that has no place for the table: before minutes are spent."""
    _parts(page)


def write(page: Path, outcomes: Sequence[Outcome], seconds: float) -> None:
    """Put the table of what was drilled, in so many seconds, into a page. Raises UserError."""
    before, after = _parts(page)
    minutes = f"It took {seconds / 60:.0f} minutes."
    rows = [HEADINGS, tuple("-" * 3 for _ in HEADINGS), *(one.cells for one in outcomes)]
    table = "\n".join(f"| {' | '.join(row)} |" for row in rows)
    wrong = "".join(f"\n{one.drill.alert}: {one.wrong}." for one in outcomes if one.wrong)
    text = f"{summary(outcomes)}\n{minutes}{wrong}\n\n{table}\n"
    page.write_text(f"{before}{BEGIN}\n{text}\n{END}{after}", encoding="utf-8")


def _parts(page: Path) -> tuple[str, str]:
    try:
        text = page.read_text(encoding="utf-8")
    except OSError as error:
        raise UserError(f"{page}: {error.strerror}; name a page that there is") from error
    before, begin, rest = text.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not (begin and end):
        where = f"lines {BEGIN.strip()} and {END.strip()}"
        raise UserError(f"{page}: no place for the table; write {where} where it is to stand")
    return before, after
