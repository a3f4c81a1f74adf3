"""``lightship apply``: what came of it, for people and for machines."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass

from compose.local.reloading import RefusedError
from compose.local.stack import Request, Stack


@dataclass(frozen=True)
class Outcome:
    """Which services took it up, or why none did; ``rolled_back`` is whether all is as before."""

    taken_up: Sequence[str]
    wrong: str = ""
    rolled_back: bool = False

    @property
    def applied(self) -> bool:
        """Whether what runs is what was rendered."""
        return not self.wrong

    def text(self) -> str:
        """Return it for people."""
        if self.wrong:
            return f"Error: {self.wrong}"
        if not self.taken_up:
            return "Nothing has changed: what was rendered runs."
        return f"Taken up by {', '.join(self.taken_up)}: what was rendered runs."

    def to_json(self) -> str:
        """Return it for machines."""
        told = {"applied": self.applied, "taken_up": list(self.taken_up)}
        if self.wrong:
            told |= {"rolled_back": self.rolled_back, "wrong": self.wrong.splitlines()}
        return json.dumps(told, indent=2)


def apply(stack: Stack, request: Request) -> Outcome:
    """Let a local stack take up what has changed. Raises UserError for what is wrong before."""
    try:
        return Outcome(stack.apply(request))
    except RefusedError as refused:
        return Outcome((), str(refused), refused.rolled_back)
