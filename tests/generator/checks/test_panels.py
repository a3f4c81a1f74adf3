"""Alerts that no panel explains, or several."""

from __future__ import annotations

from collections.abc import Callable

Told = Callable[..., list[str]]


def test_panels_none(told: Told) -> None:
    """An alert that no panel explains is told."""
    (wrong,) = told("dashboards/shop.py", "alerts=[ShopDown]", "alerts=[]", only="panels")

    assert "ShopDown: no panel explains it; name it in a panel's alerts=[...]" in wrong


def test_panels_several(told: Told) -> None:
    """An alert that two panels explain is told with both."""
    (wrong,) = told(
        "dashboards/shop.py", "alerts=[ShopMisses]", "alerts=[ShopMisses, ShopDown]", only="panels"
    )

    assert "ShopDown: 2 panels explain it (shop: 'Open', shop: 'Misses'); leave it in one" in wrong


def test_panels_of_one_title(told: Told) -> None:
    """Two panels of one title would share an id."""
    (wrong,) = told("dashboards/shop.py", '"Reads"', '"Misses"', only="panels")

    assert "dashboard 'shop': 2 panels are called 'Misses'; rename one" in wrong
