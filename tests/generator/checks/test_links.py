"""Links to dashboards that there are not."""

from __future__ import annotations

from collections.abc import Callable

import pytest

Told = Callable[..., list[str]]


@pytest.mark.parametrize(
    ("file", "old", "new", "wrong"),
    [
        ("dashboards/shop.py", "variables=[", 'links=["shop"], variables=[', "it links to itself"),
        (
            "dashboards/shop.py",
            "variables=[",
            'links=["shp"], variables=[',
            "dashboard 'shop': it links to 'shp', which there is not; ",
        ),
        (
            "alerts/shop.py",
            "Nothing is sold.",
            "Nothing is sold: see /d/shp.",
            "ShopDown links to the dashboard 'shp', which there is not; did you mean 'shop'?",
        ),
        ("alerts/shop.py", "Nothing is sold.", "See /d/shop/x and https://e.org/a/d/e.", ""),
    ],
)
def test_links(told: Told, file: str, old: str, new: str, wrong: str) -> None:
    """A link leads to a dashboard that there is, and to another one."""
    said = told(file, old, new, only="links")

    assert any(wrong in w for w in said) if wrong else said == []
