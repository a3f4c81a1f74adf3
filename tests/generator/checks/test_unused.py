"""What nothing uses is listed."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from generator.checks import run
from generator.model import build

Told = Callable[..., list[str]]


ROOT = Path(__file__).parents[3]


def test_unused_families() -> None:
    """Of the catalog beside the definitions, what nothing reads is listed, as a note."""
    notes = [p for p in run(build(ROOT)).problems if p.check == "unused"]

    assert {p.severity for p in notes} == {"info"}
    assert " cache_hits_total," not in " ".join(p.message for p in notes)


def test_unused_records_and_thresholds(told: Told, tmp_path: Path) -> None:
    """A recording rule, a limit and a named number that nothing but an import uses are listed."""
    told("alerts/shop.py", "> {MAX_MISSES}", "> 5")
    file = tmp_path / "alerts/shop.py"
    file.write_text(file.read_text() + '\nidle = record("a:b", "Idle.", "cache_up")\n')
    file.write_text(file.read_text() + 'MIN = Limit("least", 3)\nWORST: float = 2 * 60  # s\n')
    shop = tmp_path / "dashboards/shop.py"
    shop.write_text("from alerts.shop import WORST\n" + shop.read_text() + "\nWIDTH = 24\n")
    shop.write_text(shop.read_text() + "print(WIDTH)\n")

    said = [p.message for p in run(build(tmp_path)).problems]

    assert "a:b: no alert, panel or record reads it; use it or remove it" in said
    assert "WORST = 2 * 60: nothing compares with WORST; use it or remove it" in said
    assert not [text for text in said if "WIDTH" in text or text.startswith("MAX_MISSES")]
    assert "limit 'least': nothing compares with MIN; use it or remove it" in said
