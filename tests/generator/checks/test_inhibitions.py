"""Inhibitions: each can apply, and does what is asserted."""

from __future__ import annotations

from collections.abc import Callable

import pytest

Told = Callable[..., list[str]]


@pytest.mark.parametrize(
    ("old", "new", "wrong"),
    [
        ('cause={"alertname": "ShopDown"}', 'cause={"alertname": "ShopDwn"}', "is its cause"),
        (
            'symptom={"alertname": "ShopMisses"}',
            'symptom={"severity": "info"}',
            "no alert is its symptom",
        ),
        (
            'equal=("instance",)',
            'equal=("command",)',
            "it compares 'command', which no cause carries (ShopDown)",
        ),
        (
            'equal=("instance",)',
            'equal=("alertname", "instance")',
            "no alert is both cause (ShopDown) and symptom (ShopMisses)",
        ),
        ('cause={"alertname": "ShopDown"}', 'cause={"alertname": "ShopDown", "command": "x"}',
         "is its cause"),
    ],
)  # fmt: skip
def test_inhibitions_that_never_apply(told: Told, old: str, new: str, wrong: str) -> None:
    """An inhibition whose two sides no alerts of ours can meet is told with the reason."""
    said = told("alerts/routes.py", old, new, only="inhibitions")

    assert any("inhibition 'down explains misses': " in w and wrong in w for w in said)


@pytest.mark.parametrize(
    ("old", "new", "wrong"),
    [
        (
            'Inhibits("ShopDown"',
            'Inhibits("ShopDwn"',
            "there is no alert 'ShopDwn'; did you mean 'ShopDown'?",
        ),
        (
            '"ShopDown", "ShopMisses")',
            '"ShopDown", "ShopMisses", {"instance": "a"}, {"instance": "b"})',
            "while ShopDown fires, ShopMisses is not to be sent, and no inhibition says so",
        ),
        (
            'Inhibits("ShopDown", "ShopMisses")',
            "",
            "inhibition 'down explains misses': nothing says what it is to come to; add Inhibits(",
        ),
    ],
)
def test_what_is_asserted_of_inhibitions(told: Told, old: str, new: str, wrong: str) -> None:
    """What inhibitions are to come to is asserted of each, and compared."""
    said = told("alerts/routes.py", old, new, only="inhibitions")

    assert any(wrong in w and "[inhibitions]" in w for w in said)
