"""Waivers: a finding that is meant passes, with a reason and until a day."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path
from shutil import copytree
from typing import Any

import pytest

from generator.model import Model, build
from generator.problems import Problem
from generator.rules import Waiver
from generator.waivers import Waived, apply

Waive = Callable[..., list[str]]

STACK = Path(__file__).parent / "stack"

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


PLACES: dict[str, Callable[[Any], Any]] = {
    "rule": lambda m: m.alerts["ShopDown"],
    "limit": lambda m: m.limits["misses_per_second_max"],
    "dashboard": lambda m: m.dashboards["shop"],
    "panel": lambda m: m.dashboards["shop"].panels[0],
    "route": lambda m: m.routing.root.routes[0],
    "inhibition": lambda m: m.routing.inhibitions[0],
    "receiver": lambda m: m.routing.root.to,
    "time interval": lambda m: next(iter(m.routing.intervals.values())),
    "assertion": lambda m: m.routing.tells[0],
    "assertion of an inhibition": lambda m: m.routing.inhibits[0],
}


@pytest.mark.parametrize("kind", PLACES)
def test_waivers_stand_wherever_findings_do(kind: str) -> None:
    """Whatever a finding can point at can waive it."""
    stack = build(STACK)
    place = PLACES[kind](stack)
    waiver = Waiver("style", "it is meant", until="2027-03-31")
    # Definitions are frozen, and this one stands for one that is written so.
    object.__setattr__(place, "waived", [waiver])
    finding = Problem.at(place.source, "it is odd", check="style")

    left, waived = apply(stack, [finding], known=["style"], today=DAY_BEFORE)

    assert left == []
    assert waived == [Waived(finding, waiver)]


def test_a_waiver_speaks_for_stories_too() -> None:
    """What is wrong with an example is waived at the rule that it belongs to."""
    stack = build(STACK)
    alert = stack.alerts["ShopDown"]
    object.__setattr__(alert, "waived", [Waiver("examples", "it is meant", until="2027-03-31")])
    finding = Problem.at(alert.tests[0].source, "it is odd", check="examples")

    left, _ = apply(stack, [finding], known=["examples"], today=DAY_BEFORE)

    assert left == []


QUEUE = """\
  queue-1:
    kind: rq
    url: redis://queue-1:6379
    service: shop
services:
"""
WORDS = "waive jobs until 2027-03-31: drawn from next week on"


@pytest.mark.parametrize(
    "queue",
    [
        QUEUE.replace("  queue-1:\n", f"  queue-1: # {WORDS}\n"),
        f"  # {WORDS}\n  # (they say)\n{QUEUE}",
    ],
    ids=["on its line", "above it"],
)
def test_comments_waive_in_settings(told: Callable[..., list[str]], queue: str) -> None:
    """What is found in the settings is waived by a comment there, on its line or alone above."""
    assert told("lightship.yaml", "services:\n", queue, today=DAY_BEFORE) == []

    said = "\n".join(told("lightship.yaml", "services:\n", queue, today=DAY))
    assert "say; draw it, or measure them no more [jobs]" in said
    assert "waiver of 'jobs' ended on 2027-03-31 (drawn from next week on)" in said


@pytest.mark.parametrize(
    ("file", "old", "new", "check"),
    [
        (
            "docs/runbooks/ShopDown.md",
            "# ShopDown\n",
            "<!-- waive runbooks until 2027-03-31: found out in a drill -->\n# ShopDown\n## Gone\n",
            "runbooks",
        ),
        (
            "alerts/shop.py",
            '"""',
            "# waive style until 2027-03-31: split in spring\n" + '"""',
            "style",
        ),
    ],
)
def test_comments_waive_for_a_whole_file(
    stack: Model, tmp_path: Path, file: str, old: str, new: str, check: str
) -> None:
    """A comment above everything else in a file speaks of what is found in no line of it."""
    copied = copytree(STACK, tmp_path / "stack")
    path = copied / file
    path.write_text(path.read_text().replace(old, new, 1))
    model = replace(stack, root=copied)
    finding = Problem(str(path), 1, "it is odd", check)

    left, waived = apply(model, [finding], known=[check], today=DAY_BEFORE)

    assert left == []
    assert [one.problem for one in waived] == [finding]
    idle, _ = apply(model, [], known=[check], today=DAY_BEFORE)
    assert [problem.message for problem in idle] == [
        f"waiver of {check!r} waives nothing here; remove it"
    ]


@pytest.mark.parametrize(
    ("words", "wrong"),
    [
        ("waive jobs until soon: they say", "'soon' is no date; write one as 2027-03-31"),
        ("waive jobs until 2027-03-31:", "no reason; say why this is no mistake"),
    ],
)
def test_a_comment_needs_an_end_and_a_reason_too(
    told: Callable[..., list[str]], words: str, wrong: str
) -> None:
    """A comment that is meant to waive, and does not say why or until when, is told."""
    said = told("lightship.yaml", "services:\n", f"services: # {words}\n")

    assert said == [f"lightship.yaml:13: warning: waiver of 'jobs': {wrong} [waivers]"]
