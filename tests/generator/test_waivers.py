"""Waivers: a finding that is meant passes, with a reason and until a day."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest

Waive = Callable[..., list[str]]

RECORD = """\
misses = record(
    "instance:misses:rate5m",
    "Reads that miss, a second.",
    f"rate({cache.misses_total}[5m])",
"""

WAIVED = """\
from generator.rules import Waiver

misses = record(
    "instance:misses:rate5m",
    "Reads that miss, a second.",
    f"rate({{cache.misses_total}}[{window}])",
    waived=[Waiver("{check}", "{reason}", until="{until}")],
"""

DAY_BEFORE, DAY = date(2027, 3, 30), date(2027, 3, 31)


@pytest.fixture
def waive(told: Callable[..., list[str]]) -> Waive:
    """Let a rule of the invented stack waive a check, and return what is still told."""

    def check(
        window: str = "30s",
        name: str = "windows",
        reason: str = "scraped every second",
        until: str = "2027-03-31",
        today: date = DAY_BEFORE,
    ) -> list[str]:
        text = WAIVED.format(window=window, check=name, reason=reason, until=until)
        return told("alerts/shop.py", RECORD, text, today=today)

    return check


def test_a_waiver_lets_a_finding_pass(waive: Waive) -> None:
    """What is waived where it is defined is no problem."""
    assert waive() == []


def test_an_expired_waiver_lets_nothing_pass(waive: Waive) -> None:
    """From its last day on the check speaks again, and the waiver is told with its reason."""
    finding, waiver = waive(today=DAY)

    assert "[windows]" in finding
    assert waiver.endswith(
        "warning: waiver of 'windows' ended on 2027-03-31 (scraped every second); "
        "mend what it waived, or give it a new date [waivers]"
    )


def test_a_waiver_of_nothing_is_told(waive: Waive) -> None:
    """A waiver that outlived its finding would hide the next one."""
    (wrong,) = waive(window="5m")

    assert "waiver of 'windows' waives nothing here; remove it" in wrong


def test_a_waiver_of_an_unknown_check_is_told(waive: Waive) -> None:
    """A check that is spelled wrong is told with the one that was meant."""
    said = waive(name="windws")

    assert any("unknown check 'windws'; did you mean 'windows'?" in wrong for wrong in said)


@pytest.mark.parametrize(
    ("given", "wrong"),
    [
        ({"until": "soon"}, "waiver of 'windows': 'soon' is no date; write one as 2027-03-31"),
        ({"reason": " "}, "waiver of 'windows': no reason; say why this is no mistake"),
    ],
)
def test_a_waiver_has_an_end_and_a_reason(waive: Waive, given: dict[str, str], wrong: str) -> None:
    """A waiver without a reason or without a date is refused where it is written."""
    assert any(wrong in said for said in waive(**given))
