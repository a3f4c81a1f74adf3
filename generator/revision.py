"""Build the model of older definitions and hand it over: ``revision.py OUT ROOT SETTINGS CATALOG``.

Run by ``generator.revisions`` in a process of its own. What is wrong goes to stderr, exit code 1.
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
    """Write the model. Exits with 1 and what is wrong when there is none."""
    if catalog:
        # Its files, with today's words to declare them in.
        exporters.catalog.__path__ = [catalog]
    try:
        model = model_at(Path(root), Path(settings))
        data = dumps(model)
    except (UserError, UnpicklableError) as error:
        sys.exit(str(error))
    if model.problems:
        sys.exit("\n".join(str(problem) for problem in sorted(model.problems)))
    Path(out).write_bytes(data)


if __name__ == "__main__":
    main(*sys.argv[1:])
