"""Run many cases with promtool: few calls, all cores, a bar where somebody watches."""

from __future__ import annotations

import json
import os
import re
import sys
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from tempfile import TemporaryDirectory

from rich.console import Console
from rich.progress import track

from exporters.errors import UserError
from generator.proofs import promtool
from generator.proofs.cases import Case

# A call costs a start, about 40 ms, and is what the bar counts.
_IN_A_BATCH = 40

# One verdict per test file, in order: promtool 3 does not name the file.
_VERDICT = re.compile(
    r"^  (?:SUCCESS|FAILED:).*?(?=^  (?:SUCCESS|FAILED:)|\Z)", re.MULTILINE | re.DOTALL
)


def run(cases: Sequence[Case]) -> list[str]:
    """Return what promtool says of each case, in their order.

    Raises UserError without promtool, or when it cannot be understood.
    """
    if promtool.find() is None:
        raise UserError(promtool.missing("promtool"))
    cores = os.cpu_count() or 1
    batches = list(_batches(cases, min(_IN_A_BATCH, -(-len(cases) // cores) or 1)))
    with ThreadPoolExecutor(cores) as pool:
        said = track(
            pool.map(_run, batches),
            description="examples",
            total=len(batches),
            console=Console(stderr=True),
            disable=not sys.stderr.isatty(),
            transient=True,
        )
        return [one for batch in said for one in batch]


def _batches(cases: Sequence[Case], size: int) -> Iterator[Sequence[Case]]:
    for start in range(0, len(cases), size):
        yield cases[start : start + size]


def _run(batch: Sequence[Case]) -> list[str]:
    """Run some cases in one call; return what promtool said of each."""
    with TemporaryDirectory() as folder:
        for n, case in enumerate(batch):
            # JSON is YAML, and costs a twentieth of it to write.
            _write(Path(folder) / f"{n}.rules.yaml", case.rule_file())
            _write(Path(folder) / f"{n}.test.yaml", case.test_file(f"{n}.rules.yaml"))
        names = [f"{n}.test.yaml" for n in range(len(batch))]
        done = promtool.run("test", "rules", *names, cwd=Path(folder))
    said = _VERDICT.findall(done.stdout)
    if len(said) != len(batch):
        raise UserError(f"promtool: {done.stdout.strip()}")
    return said


def _write(path: Path, data: object) -> None:
    path.write_text(json.dumps(data), encoding="utf-8")
