"""What rendering, checking and testing cost: a large set, our own, and beside them the peers.

`make bench-generator` writes 100 dashboards of 20 panels and 10,000 rules, runs each command
three times, in turns, each time as a process of its own, and prints the best of them. The peers
take their turns with ours: grafanalib's own command over as many dashboards and panels, and
promtool over the rendered rules. On a machine that does other work at the same time the processor's
seconds say more than the clock's: the lesser of the two must keep the limit.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from rich.table import Table

from generator.proofs import promtool
from tests.benchmarks import large

ROOT = Path(__file__).parents[2]
BIN = Path(sys.executable).parent
ROUNDS = 3
SHOPS = 100


@dataclass(frozen=True)
class Figure:
    """What one command took: seconds by the clock and of processors, MB of its largest process."""

    seconds: float
    cpu: float
    memory: float


@dataclass(frozen=True)
class Row:
    """One line of the table: a command, what must be true before it, and its limits.

    ``share`` is what the seconds are divided by.
    """

    what: str
    command: Sequence[object]
    cwd: Path
    must: float = 0
    aim: float = 0
    share: int = 1
    before: Callable[[], None] | None = None

    def run(self) -> Figure:
        """Run the command once and measure it. Ends all if it fails."""
        if self.before:
            self.before()
        began = time.perf_counter()
        words = list(map(str, self.command))
        process = subprocess.Popen(words, cwd=self.cwd, stdout=subprocess.DEVNULL)
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - began
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            sys.exit(f"{' '.join(words[:4])}: exit code {process.returncode}")
        cpu = usage.ru_utime + usage.ru_stime
        return Figure(seconds / self.share, cpu / self.share, usage.ru_maxrss / 1000)


def rows(work: Path) -> Sequence[Row]:
    """Return what is measured, in the order in which it runs."""
    big, few, out, peer = (work / name for name in ("large", "few", "out", "peer"))
    large.write(big, SHOPS)
    large.write(few, 2)
    dashboards = list(_grafanalib(peer))
    lightship = (BIN / "lightship",)

    rules = [
        f"{out}/prometheus/rules/shop_{shop:03}_{part}.yaml"
        for shop in range(SHOPS)
        for part in range(-(-large.PAIRS // large.IN_A_FILE))
    ]

    def cold() -> None:
        # Not deleted: the file system takes longer to make files where others have just gone.
        if out.exists():
            out.rename(Path(tempfile.mkdtemp(dir=work)) / "out")
        for folder in big.rglob("__pycache__"):
            shutil.rmtree(folder)

    render = (*lightship, "render", "--out", out)
    return [
        Row("render, cold", render, big, 4, 2.5, before=cold),
        Row("render, nothing changed", render, big, 1.5, 0.5),
        Row("check", (*lightship, "check"), big, 10, 6),
        Row(
            "promtool check rules, the same rules",
            (promtool.find(), "check", "rules", *rules),
            work,
        ),
        Row(
            "grafanalib generate-dashboards, as many",
            (BIN / "generate-dashboards", *dashboards),
            peer,
        ),
        Row("check, our own set", (*lightship, "check"), ROOT, 3, 1.5),
        Row("test, a rule", (*lightship, "test"), few, 0.03, 0.015, share=4 * large.PAIRS),
    ]


def _best(measured: Sequence[Row]) -> dict[str, tuple[Row, Figure]]:
    """Run all of them in turns; return the best figures of each, by what it is."""
    figures: dict[str, list[Figure]] = {row.what: [] for row in measured}
    for _ in range(ROUNDS):
        for row in measured:
            figures[row.what].append(row.run())
    return {
        row.what: (
            row,
            Figure(
                min(f.seconds for f in figures[row.what]),
                min(f.cpu for f in figures[row.what]),
                max(f.memory for f in figures[row.what]),
            ),
        )
        for row in measured
    }


def _grafanalib(folder: Path) -> Sequence[str]:
    """Write as many dashboards for grafanalib's own command; return their names."""
    folder.mkdir()
    for n in range(SHOPS):
        (folder / f"shop_{n}.dashboard.py").write_text(_PEER.format(n=n, panels=large.PANELS))
    return [f"shop_{n}.dashboard.py" for n in range(SHOPS)]


_PEER = """\
from grafanalib.core import Dashboard, GridPos, Target, TimeSeries

dashboard = Dashboard(
    title="Shop {n}",
    panels=[
        TimeSeries(
            title=f"Panel {{k}} of shop {n}",
            dataSource="prometheus",
            targets=[
                Target(expr=f"rate(cache_hits_total{{{{shop='{n}', k='{{k}}'}}}}[5m])", refId="A"),
                Target(expr=f"max(cache_hits_total{{{{shop='{n}', k='{{k}}'}}}})", refId="B"),
            ],
            gridPos=GridPos(h=8, w=12, x=k % 2 * 12, y=k // 2 * 8),
        )
        for k in range({panels})
    ],
).auto_panel_ids()
"""


def main() -> None:
    """Measure everything, print the table, and exit with 1 if something took too long."""
    if promtool.find() is None:
        sys.exit(promtool.missing("promtool"))
    os.environ["LIGHTSHIP_TOOLS"] = str((ROOT / promtool.TOOLS).absolute())
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    with tempfile.TemporaryDirectory() as folder:
        os.environ["XDG_CACHE_HOME"] = folder
        found = _best(rows(Path(folder)))
    table = Table(title=f"{SHOPS} dashboards x {large.PANELS} panels + 10,000 rules")
    for head in ("what", "seconds", "of CPU", "must", "aim", "MB"):
        table.add_column(head, justify="left" if head == "what" else "right")
    for row, figure in found.values():
        limits = [f"{limit:g}" if limit else "" for limit in (row.must, row.aim)]
        table.add_row(
            row.what, f"{figure.seconds:.3g}", f"{figure.cpu:.3g}", *limits, f"{figure.memory:.0f}"
        )
    Console(width=88).print(table)
    over = [r.what for r, f in found.values() if r.must and min(f.seconds, f.cpu) > r.must]
    sys.exit(f"too slow: {', '.join(over)}" if over else 0)


if __name__ == "__main__":
    main()
