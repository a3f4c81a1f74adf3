"""Run drills that are planned: each where it belongs, at once what does not disturb each other."""

from __future__ import annotations

import signal
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import NoReturn

from compose.drills import scenes
from compose.drills.outcomes import Outcome
from compose.drills.plan import Planned, Round, lanes
from compose.drills.running import Drilling, Scene, Stopped, outcome
from compose.drills.scenes import Where
from compose.start import Progress
from generator.drills import Real, Simulated


def run(where: Where, found: Sequence[Planned], progress: Progress) -> list[Outcome]:
    """Run drills; return how they ended, in the order in which they were planned.

    Interrupted or asked to terminate, it ends every fault before it raises KeyboardInterrupt.
    Raises UserError where no demo runs that a drill needs.
    """
    shipped = [one for one in found if isinstance(one.drill, Real)]
    faster = [one for one in found if one.drill and one not in shipped]
    model = scenes.shipped(where)
    ended = [outcome(model, one, wrong="it has no drill") for one in found if not one.drill]
    with _interrupted_when_terminated():
        if shipped:
            ended += _in(scenes.running(where), shipped, progress)
        if faster:
            simulated = [one.alert for one in faster if isinstance(one.drill, Simulated)]
            with scenes.hurried(where, simulated, progress) as scene:
                ended += _in(scene, faster, progress)
    by_alert = {one.drill.alert: one for one in ended}
    return [by_alert[one.alert] for one in found]


def _in(scene: Scene, found: Sequence[Planned], progress: Progress) -> list[Outcome]:
    drilling = Drilling(scene, progress.tell)
    return [
        outcome
        for together in lanes(scene.model, found)
        for outcome in _at_once(drilling, together)
    ]


def _at_once(drilling: Drilling, together: Sequence[Sequence[Round]]) -> list[Outcome]:
    with ThreadPoolExecutor(len(together)) as pool:
        running = [pool.submit(_in_turn, drilling, rounds) for rounds in together]
        try:
            return [outcome for one in running for outcome in one.result()]
        except BaseException:
            # Each ends its fault; the pool waits for all of them.
            drilling.stopped.set()
            raise


def _in_turn(drilling: Drilling, rounds: Sequence[Round]) -> list[Outcome]:
    try:
        courses = [drilling.run(one) for one in rounds]
        return [outcome for course in courses for outcome in drilling.outcomes(course)]
    except Stopped:
        return []


@contextmanager
def _interrupted_when_terminated() -> Iterator[None]:
    """Let SIGTERM do what Ctrl-C does: nobody's server may stay stopped."""

    def interrupt(*_: object) -> NoReturn:
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGTERM, interrupt)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)
