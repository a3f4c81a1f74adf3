"""Asks targets all that they are ever asked, once and without hurry: what commands look at."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Sequence
from typing import TypeVar

from exporters.collectors import source
from exporters.errors import UserError
from exporters.hints import choose
from exporters.probe import BACKGROUND_SECONDS, Probe
from exporters.settings import Settings, Target

# A little more than the slowest collector is given.
_DEADLINE = BACKGROUND_SECONDS + 1

_T = TypeVar("_T")


def chosen(settings: Settings, names: Sequence[str]) -> list[Target]:
    """Return the targets of these names, all where none is named. Raises UserError.

    What exposes metrics itself is not asked, and so cannot be chosen.
    """
    known = settings.measured
    for name in names:
        if name not in known:
            what = "exposes metrics itself" if name in settings.targets else "is not there"
            raise UserError(f"{settings.path}: target '{name}' {what}; {choose(name, known)}")
    return [known[name] for name in names or known]


def of_each(ask: Callable[[Target], Awaitable[_T]], targets: Iterable[Target]) -> list[_T]:
    """Return what asking each target gives, all of them at once."""

    async def together() -> list[_T]:
        return await asyncio.gather(*(ask(target) for target in targets))

    return asyncio.run(together())


class Survey:
    """A target that is asked more than once keeps its connections meanwhile."""

    def __init__(self, target: Target) -> None:
        self._probe = Probe(target.name, source(target), BACKGROUND_SECONDS)

    async def ask(self) -> str:
        """Return the samples as text; what is asked seldom is waited for too."""
        return await self._probe.answer(_DEADLINE)

    @property
    def failures(self) -> dict[str, list[str]]:
        """Which collectors failed, by why they did."""
        return self._probe.failures

    @property
    def up(self) -> bool:
        """Whether the target answered at all."""
        return self._probe.up

    async def close(self) -> None:
        """Drop the connections, and let the loop notice before it ends."""
        self._probe.close()
        await asyncio.sleep(0)
