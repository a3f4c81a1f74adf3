"""The targets that can be asked for, each with its probe, through changes of the settings."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping

from exporters.collectors import source
from exporters.probe import Probe
from exporters.settings import Settings, Target

# How long targets are given when they are asked for the first time, in seconds.
_FIRST_SECONDS = 5.0


class Targets:
    """What the settings name. A target that they name as before keeps its connections."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        # Whether each was asked once, whatever it answered.
        self.asked = False
        self._probes: dict[str, tuple[Target, Probe]] = {}
        self.use(settings)

    @property
    def probes(self) -> Mapping[str, Probe]:
        """The probes, by the names of the targets."""
        return {name: probe for name, (_, probe) in self._probes.items()}

    def use(self, settings: Settings) -> None:
        """Measure what these settings name from now on, or, if that fails, what was named before.

        Raises whatever a collector raises that cannot be made.
        """
        before = self._probes
        self._probes = {name: self._probe(target) for name, target in settings.targets.items()}
        self.settings = settings
        for name, (_, probe) in before.items():
            if self._probes.get(name, (None, None))[1] is not probe:
                probe.retire()

    async def warm_up(self) -> None:
        """Ask all targets once, so that connections are there when the first scrape comes."""
        probes = self.probes.values()
        await asyncio.gather(*(probe.warm_up(_FIRST_SECONDS) for probe in probes))
        self.asked = True

    def close(self) -> None:
        """Drop all connections."""
        for probe in self.probes.values():
            probe.close()

    def _probe(self, target: Target) -> tuple[Target, Probe]:
        known = self._probes.get(target.name)
        if known and known[0] == target:
            return known
        return target, Probe(target.name, source(target))
