"""Receivers that nobody leads to, or that are told in no way."""

from __future__ import annotations

from collections.abc import Callable

Told = Callable[..., list[str]]


def test_receivers(told: Told) -> None:
    """A receiver of the settings that no route names is told: it would never hear."""
    silent, wrong = told("lightship.yaml", "  page:", "  pge:", only="receivers")

    assert silent == (
        "lightship.yaml:20: warning: key 'receivers': nothing says how 'page' is told, so "
        "that only the inbox is; add 'page:' with a way [receivers]"
    )

    assert wrong == (
        "lightship.yaml:21: key 'receivers.pge': no route leads there, did you mean 'page'?; "
        "use one of: everyone, page [receivers]"
    )


def test_receivers_that_are_told_in_no_way(told: Told) -> None:
    """A receiver with an empty list is told in no way, and that is said."""
    said = told("lightship.yaml", "  page:", "  page: []\n  everyone:", only="receivers")

    assert said == [
        (
            "lightship.yaml:21: key 'receivers.page': it is told in no way; name one, such as "
            "slack [receivers]"
        )
    ]
