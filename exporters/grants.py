"""What the account of a target needs to measure it, and what of that it lacks."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Grants:
    """The least that an administrator must grant.

    ``statements`` make the account, in the server's own language; PASSWORD stands for the
    password. ``lacking`` says in a few words each what the account that is used does not
    have, ``unknown`` why that could not be found out.
    """

    statements: tuple[str, ...]
    lacking: tuple[str, ...] = ()
    unknown: str = ""
