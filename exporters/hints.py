"""What a user probably meant."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches


def nearest(typed: str, known: Iterable[str], *, before: str = "", cutoff: float = 0.6) -> str:
    """Ask whether the nearest known name was meant, after ``before``; empty if none is near.

    >>> nearest("session", ["carts", "sessions"], before="; ")
    "; did you mean 'sessions'?"
    """
    close = get_close_matches(typed, sorted(known), n=1, cutoff=cutoff)
    return f"{before}did you mean {close[0]!r}?" if close else ""


def choose(typed: str, known: Iterable[str], *, what: str = "the known ones are") -> str:
    """Say what to write instead of ``typed``: the nearest known name, or all of them.

    >>> choose("session", ["carts", "sessions"])
    "did you mean 'sessions'?"
    >>> choose("x", ["carts", "sessions"])
    "the known ones are 'carts', 'sessions'"
    """
    names = sorted(known)
    return nearest(typed, names) or f"{what} {', '.join(map(repr, names)) or 'none'}"
