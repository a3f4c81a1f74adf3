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
    """What the settings name. A target that they name as before keeps its connections.

    What is asked seldom is asked ``pace`` times as often as it is meant to be.
    """

    def __init__(self, settings: Settings, pace: float = 1) -> None:
        self.settings = settings
        self._pace = pace
        # Whether each was asked once, whatever it answered.
        self.asked = False
        # By the names of the targets.
        self.probes: Mapping[str, Probe] = {}
        # What each measures, as the settings had it.
        self._measured: Mapping[Probe, Target] = {}
        self.use(settings)

    def use(self, settings: Settings) -> None:
        """Measure what these settings name from now on, or, if that fails, what was named before.

        Raises whatever a collector raises that cannot be made.
        """
        before = self.probes
        self.probes = {name: self._probe(target) for name, target in settings.measured.items()}
        self._measured = {self.probes[name]: target for name, target in settings.measured.items()}
        self.settings = settings
        for name, probe in before.items():
            if self.probes.get(name) is not probe:
                probe.retire()

    async def warm_up(self) -> None:
        """Ask all targets once, so that connections are there when the first scrape comes."""
        await asyncio.gather(*(probe.warm_up(_FIRST_SECONDS) for probe in self.probes.values()))
        self.asked = True

    def close(self) -> None:
        """Drop all connections."""
        for probe in self.probes.values():
            probe.close()

    def _probe(self, target: Target) -> Probe:
        known = self.probes.get(target.name)
        if known and self._measured[known] == target:
            return known
        return Probe(target.name, source(target), pace=self._pace)
