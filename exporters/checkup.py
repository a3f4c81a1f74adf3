"""Looks at targets once, as a doctor would: for people, for programs, and for cron."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass

from exporters import doctor, samples
from exporters.diagnosis import Diagnosis
from exporters.settings import Settings, Target
from exporters.survey import Survey, chosen, of_each


@dataclass(frozen=True)
class Patient:
    """A target, and what was found there."""

    target: Target
    diagnosis: Diagnosis

    @property
    def fails(self) -> bool:
        """Whether anything is wrong that must not be."""
        return any(problem.fails for problem in self.diagnosis.problems)


def examine(settings: Settings, names: Sequence[str], seconds: float) -> list[Patient]:
    """Examine the named targets, or all, twice with so many seconds between, to see rates.

    Raises UserError for an unknown name.
    """

    async def examined(target: Target) -> Patient:
        limits = doctor.Limits(settings.services[target.service].limits)
        return Patient(target, await _examined(target, limits, seconds))

    return of_each(examined, chosen(settings, names))


async def _examined(target: Target, limits: doctor.Limits, seconds: float) -> Diagnosis:
    survey = Survey(target)
    try:
        before, began = await survey.ask(), time.monotonic()
        await asyncio.sleep(seconds)
        now = await survey.ask()
        found = samples.read(now, before, time.monotonic() - began)
        diagnosis = doctor.examine(found, limits)
        _judge_answers(survey, diagnosis)
    finally:
        await survey.close()
    return diagnosis


def _judge_answers(survey: Survey, diagnosis: Diagnosis) -> None:
    """Add what could not be seen: all of it is a failure, a part of it a warning."""
    for why, collectors in survey.failures.items():
        what = f"could not be measured: {why} ({', '.join(collectors)})"
        todo = "see that it runs, and what its account may do: lightship exporters grants"
        diagnosis.complain(what, todo, fails=not survey.up)


def as_json(found: Sequence[Patient]) -> str:
    """Return what was found for programs, in the units that metrics have."""
    return json.dumps([_as_data(one) for one in found], indent=2, allow_nan=False)


def _as_data(one: Patient) -> dict[str, object]:
    return {
        "target": one.target.name,
        "kind": one.target.kind,
        "service": one.target.service,
        "fails": one.fails,
        "problems": [asdict(problem) for problem in one.diagnosis.problems],
        "tables": {table.title: table.as_data() for table in one.diagnosis.tables},
    }


def show(found: Sequence[Patient]) -> Iterator[str]:
    """Yield what was found as lines for people."""
    for one in found:
        problems = one.diagnosis.problems
        failures = sum(problem.fails for problem in problems)
        counts = f"{failures} failures, {len(problems) - failures} warnings"
        yield f"{one.target.name} ({one.target.kind}): {counts if problems else 'all is well'}"
        for problem in sorted(problems, key=lambda p: not p.fails):
            severity = "failure" if problem.fails else "warning"
            yield f"  {severity}: {problem.what}; {problem.todo}"
        for table in one.diagnosis.tables:
            yield from (f"  {line}" for line in table.lines())
