"""What a user probably meant."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches


def choose(typed: str, known: Iterable[str], *, what: str = "the known ones are") -> str:
    """Say what to write instead of ``typed``: the nearest known name, or all of them.

    >>> choose("session", ["carts", "sessions"])
    "did you mean 'sessions'?"
    >>> choose("x", ["carts", "sessions"])
    "the known ones are 'carts', 'sessions'"
    """
    names = sorted(known)
    if close := get_close_matches(typed, names, n=1):
        return f"did you mean '{close[0]}'?"
    return f"{what} {', '.join(map(repr, names)) or 'none'}"
