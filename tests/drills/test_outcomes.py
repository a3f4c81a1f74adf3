"""What is printed and written of drills, before and after they were run?"""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from compose.drills import outcomes, page
from compose.drills.outcomes import Outcome
from compose.drills.plan import Planned
from exporters.errors import UserError
from generator.cli import cli
from generator.drills import Real, Scaled

CACHE = Planned("CacheDown", Real("cache-stopped"), ["page"])
QUEUE = Planned("QueueDepthHigh", Scaled("queue-flooded"), ["ticket"])
ENDED = [
    Outcome(CACHE, 25, 20, notified=19.14, resolved=9.9),
    Outcome(QUEUE, 11.5, 9, notified=12.5, wrong="its end did not arrive"),
]

TABLE = """\
alert           kind    fault          notified  within  resolved  within
CacheDown       real    cache-stopped    19.1 s  25.0 s     9.9 s  20.0 s
QueueDepthHigh  scaled  queue-flooded    12.5 s  11.5 s         -   9.0 s
QueueDepthHigh: its end did not arrive

1 of 2 alerts came, said what they should, and ended (1 real, 1 scaled)."""

FORESEEN = """\
alert        kind       fault  notified within  resolved within
ClockSkewed  simulated  -               11.1 s            9.0 s

ClockSkewed is simulated: one machine has one clock
1 alert: 0 real, 0 scaled, 1 simulated. Without a drill: none.
"""


def drill(*arguments: str) -> str:
    """Run the command, which is to succeed, and return what it prints."""
    ran = CliRunner().invoke(cli, ["drill", *arguments])
    assert ran.exit_code == 0, ran.output
    return ran.output


def test_table() -> None:
    """The table has measured times beside those that were due, and says what was wrong."""
    assert outcomes.text(ENDED) == TABLE


def test_json() -> None:
    """Programs are told the same, and whether all was well."""
    told = json.loads(outcomes.as_json(ENDED))

    assert not told["well"]
    assert told["drills"][0] == {
        "alert": "CacheDown",
        "kind": "real",
        "fault": "cache-stopped",
        "receivers": ["page"],
        "notified_seconds": 19.14,
        "notified_within_seconds": 25,
        "resolved_seconds": 9.9,
        "resolved_within_seconds": 20,
        "wrong": None,
    }


def test_dry_run() -> None:
    """A drill is told before it is run: kind, fault or reason, and when notifications are due."""
    assert drill("ClockSkewed", "--dry-run") == FORESEEN


def test_dry_run_of_all() -> None:
    """Programs are told the same of all alerts, of which each has a drill."""
    told = json.loads(drill("all", "--dry-run", "--json"))["drills"]

    assert {one["kind"] for one in told} == {"real", "scaled", "simulated"}
    assert all(one["fault"] or one["reason"] for one in told)


def test_page(tmp_path: Path) -> None:
    """The table of a page is replaced, and what stands around it stays."""
    file = tmp_path / "drills.md"
    file.write_text(f"before\n{page.BEGIN}old\n{page.END}after\n")
    page.write(file, ENDED, seconds=125)
    page.write(file, ENDED[:1], seconds=125)

    text = file.read_text()
    assert text.startswith("before\n")
    assert text.endswith("after\n")
    assert "| CacheDown | real | cache-stopped | 19.1 s | 25.0 s | 9.9 s | 20.0 s |\n" in text
    assert "It took 2 minutes." in text
    assert "old" not in text
    assert "QueueDepthHigh" not in text


def test_page_without_a_place(tmp_path: Path) -> None:
    """A page that is not there, or has no place for the table, is refused before any drill."""
    with pytest.raises(UserError, match=r"drills\.md: No such file"):
        page.require(tmp_path / "drills.md")
    (tmp_path / "drills.md").write_text("nothing\n")
    with pytest.raises(UserError, match="no place for the table; write lines <!-- drilled -->"):
        page.require(tmp_path / "drills.md")
