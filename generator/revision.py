"""Build the model of older definitions and hand it over: ``revision.py OUT ROOT SETTINGS CATALOG``.

Run by ``generator.revisions`` in a process of its own. What is wrong goes to OUT, exit code 1.
"""

from __future__ import annotations

import sys
from pathlib import Path

import exporters.catalog
import exporters.catalog.family
from exporters.errors import UserError
from generator.commands import model_at
from generator.pickles import UnpicklableError, dumps


def main(out: str, root: str, settings: str, catalog: str) -> None:
    """Write the model. Exits with 1 when there is none, and writes why."""
    if catalog:
        # Its files, with today's words to declare them in.
        exporters.catalog.__path__ = [catalog]
    wrong = ""
    try:
        model = model_at(Path(root), Path(settings))
        wrong = "\n".join(str(problem) for problem in sorted(model.problems))
        Path(out).write_bytes(dumps(model))
    except (UserError, UnpicklableError) as error:
        wrong = wrong or str(error)
    if wrong:
        Path(out).write_text(wrong, encoding="utf-8")
        sys.exit(1)


if __name__ == "__main__":
    main(*sys.argv[1:])
