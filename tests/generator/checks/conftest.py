"""What tests of checks share: the invented stack with another query in it."""

from __future__ import annotations

from collections.abc import Callable

import pytest

Told = Callable[..., list[str]]
Found = Callable[..., list[str]]

RULE = 'f"rate({cache.misses_total}[5m])"'


@pytest.fixture
def found(told: Told) -> Found:
    """Record another query in the invented stack, and return what one check says of it."""

    def check(name: str, query: str) -> list[str]:
        said = told("alerts/shop.py", RULE, repr(query), only=name)
        return [p for p in said if "instance:misses" in p.split("[")[0]]

    return check


@pytest.fixture
def drawn(told: Told) -> Found:
    """Draw another query in a panel of the invented stack, and return what one check says."""

    def check(name: str, query: str) -> list[str]:
        return told("dashboards/shop.py", "misses(service, instance)", repr(query), only=name)

    return check


@pytest.fixture
def alerted(told: Told) -> Found:
    """Let an alert of the invented stack ask another query, and return what one check says."""

    def check(name: str, query: str) -> list[str]:
        return told("alerts/shop.py", "f\"{cache.up(job='cache')} == 0\"", repr(query), only=name)

    return check
