"""Limits that do not exist, or that nothing can reach."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from exporters.settings import load
from generator.checks.limits import check
from generator.model import build

Told = Callable[..., list[str]]


def test_limits(told: Told) -> None:
    """A limit that no definition declares is told at its line of the settings file."""
    (wrong,) = told("lightship.yaml", "misses_per_second_max", "miss_per_second_max", only="limits")

    assert wrong == (
        "lightship.yaml:17: key 'services.shop.limits.miss_per_second_max': no such limit, "
        "did you mean 'misses_per_second_max'?; use one of: misses_per_second_max [limits]"
    )


@pytest.mark.parametrize(
    ("name", "value", "wrong"),
    [
        ("misses_per_second_max", "-1", "is -1, and nothing that is measured is; write a number"),
        ("misses_ratio_max", "75", "is 75, and a ratio is 1 at most; write 0.75 for 75 %"),
        ("misses_ratio_max", "1", ""),
    ],
)
def test_limits_out_of_range(told: Told, tmp_path: Path, name: str, value: str, wrong: str) -> None:
    """A limit that nothing measured can reach is told where the settings give it."""
    told(
        "alerts/shop.py", 'Limit("misses_per_second_max", 5)', f'Limit("{name}", 1)', only="limits"
    )
    file = tmp_path / "lightship.yaml"
    file.write_text(file.read_text().replace("misses_per_second_max: 50", f"{name}: {value}"))

    said = list(check(build(tmp_path, load(file))))

    assert [p.message for p in said if wrong in p.message] == [p.message for p in said]
    assert bool(said) == bool(wrong)


def test_limits_out_of_range_by_themselves(told: Told) -> None:
    """A stock limit that nothing can reach is told where it is declared."""
    said = told(
        "alerts/shop.py",
        'Limit("misses_per_second_max", 5)',
        'Limit("misses_ratio_max", 5)',
        only="limits",
    )

    assert any("limit 'misses_ratio_max' is 5, and a ratio is 1 at most" in w for w in said)
