"""Texts of notifications that cannot be made."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from generator import messages
from generator.checks.notifications import check
from generator.model import Model

Told = Callable[..., list[str]]


@pytest.mark.parametrize(
    ("channel", "wrong"),
    [
        ("{{ .CommonLabels.team }}", ""),
        ("{{ (index .Alerts 0).Status }}", "of no alert: amtool: "),
        ("{{ .Nothing }}", "amtool: "),
        ("{{ no }}", 'function "no" not defined'),
        ('{{ template "lightship.none" . }}', "lightship.none"),
        ("{{ .GroupLabels.alertname", "amtool: "),
    ],
)
def test_texts_of_the_settings(told: Told, channel: str, wrong: str) -> None:
    """A text that the settings give is made of no alert, one, many and hostile ones."""
    said = told("lightship.yaml", '"#sales"', f"'{channel}'", only="notifications")
    said = [w for w in said if "[notifications]" in w]

    if not wrong:
        assert said == []
    else:
        assert any(wrong in w for w in said)
        assert all(
            w.startswith("lightship.yaml:24: receiver 'page': the text 'slack.channel' ")
            for w in said
        )


def test_texts_of_our_own(stack: Model, monkeypatch: pytest.MonkeyPatch) -> None:
    """Our own templates are made for every receiver; one that breaks is told at the receiver."""
    assert list(check(stack)) == []

    monkeypatch.setattr(messages, "templates", lambda _: {"lightship.tmpl": ""})
    said = [str(p) for p in check(stack)]

    assert any("receiver 'page': the text 'slack.title' of one alert: amtool: " in p for p in said)
    assert any(
        "receiver 'everyone': the text 'email.headers.Subject' of no alert" in p for p in said
    )
