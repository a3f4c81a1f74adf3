"""Run drills: make the fault, see what arrives, end the fault, see that arrive as well."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from threading import Event

from compose.demo import switches
from compose.demo.place import Place
from compose.drills.inbox import Inbox, Notice, wrong
from compose.drills.outcomes import Outcome
from compose.drills.plan import Planned, Round
from compose.drills.prediction import notified_within, resolved_within
from compose.drills.stories import Story
from exporters.errors import UserError
from generator.model import Model

PAUSE_SECONDS = 0.5

# A busy machine is late, and what a server needs to be up again nothing predicts.
GRACE_SECONDS = 60

# For the end of an alert before the next fault is made, and for anything at all: what is far
# beyond its limit is told long before a window of days is full of it.
PATIENCE_SECONDS, LONGEST_SECONDS = 40, 480


class Stopped(Exception):  # noqa: N818 -- no error: somebody wants no more of it
    """The drills are to end."""


@dataclass(frozen=True)
class Scene:
    """A stack that runs: what is rendered for it, its servers, its inbox, and stories told."""

    model: Model
    place: Place
    inbox: Inbox
    stories: Mapping[str, Story] = field(default_factory=dict)

    def switch(self, one: Round, *, on: bool) -> None:
        """Make a round's fault or end it; tell its story, where there is none. Raises UserError."""
        if one.fault:
            switches.switch(self.place, one.fault, on=on)
        else:
            for drill in one.drills:
                self.stories[drill.alert].play(on=on)


@dataclass
class Course:
    """How a round goes: when its fault began and ended, and what came of each alert, and when."""

    round: Round
    began: float
    ended: float = 0
    first: dict[str, Notice] = field(default_factory=dict)
    second: dict[str, float] = field(default_factory=dict)
    problem: str = ""


@dataclass(frozen=True)
class Drilling:
    """Drills in one stack. Whoever sets ``stopped`` ends them, and every fault."""

    scene: Scene
    tell: Callable[[str], None]
    stopped: Event = field(default_factory=Event)

    def run(self, one: Round) -> Course:
        """Make a fault, see what comes of it, and end it.

        What looks back at hours may last longer than anybody waits before the next fault.
        """
        course = Course(one, began=time.time())
        if left := self._left(one):
            course.problem = f"not drilled: {', '.join(left)} fires already, and did not end"
            return course
        course.began = time.time()
        held = switches.held(one.fault) if one.fault else 0
        try:
            self.scene.switch(one, on=True)
            self._hold(one, held) if held else self._await_first(one, course)
        except UserError as error:
            course.problem = str(error)
        finally:
            course.problem = self._end(one) or course.problem
        course.ended = time.time()
        if held:
            self._await_first(one, course)
        self._await_second(course, PATIENCE_SECONDS)
        self._settle(one, course)
        return course

    def outcomes(self, course: Course) -> list[Outcome]:
        """Wait for what has not ended yet, and return how each alert came and went."""
        self._await_second(course, LONGEST_SECONDS)
        return [self._drilled(drill, course) for drill in course.round.drills]

    def _left(self, one: Round) -> list[str]:
        """Return alerts that fire already, and still do when their end should have been told."""
        names = [drill.alert for drill in one.drills if not drill.ends]
        fire = [name for name in names if self.scene.inbox.is_open(name)]
        if not fire:
            return []
        self.tell(f"waiting until {', '.join(fire)} is over")
        within = max(resolved_within(self.scene.model, name) for name in fire)
        self._until(lambda: not any(map(self.scene.inbox.is_open, names)), within + GRACE_SECONDS)
        return [name for name in names if self.scene.inbox.is_open(name)]

    def _hold(self, one: Round, seconds: float) -> None:
        self.tell(f"{one.name}: is on for {seconds:.0f} s")
        if self.stopped.wait(seconds):
            raise Stopped

    def _settle(self, one: Round, course: Course) -> None:
        """Wait until the next fault finds all as it was before."""
        left = course.ended + (switches.settles(one.fault) if one.fault else 0) - time.time()
        if left > 0 and self.stopped.wait(left):
            raise Stopped

    def _end(self, one: Round) -> str:
        """End a fault, and return why that failed."""
        try:
            self.scene.switch(one, on=False)
        except UserError as error:
            todo = f"end it: lightship demo fault {one.fault} --off"
            return f"the fault is still on ({error}); {todo}"
        return ""

    def _await_first(self, one: Round, course: Course) -> None:
        """Collect what arrives of a round's alerts, until all has or it is too late."""

        def come() -> bool:
            for drill in one.drills:
                if drill.alert not in course.first and (
                    notice := self.scene.inbox.first(drill, course.began)
                ):
                    course.first[drill.alert] = notice
            return len(course.first) == len(one.drills)

        names = [drill.alert for drill in one.drills]
        self.tell(f"{one.name}: waiting for {', '.join(names)}")
        within = max(notified_within(self.scene.model, name) for name in names)
        self._until(come, min(within + GRACE_SECONDS, LONGEST_SECONDS))

    def _await_second(self, course: Course, longest: float) -> None:
        """Wait until what has arrived is over, as the inbox was told."""
        come = [drill for drill in course.round.drills if drill.alert in course.first]

        def gone() -> bool:
            for drill in come:
                first = course.first[drill.alert]
                if at := self.scene.inbox.second(drill, first, course.ended):
                    course.second[drill.alert] = at
            return len(course.second) == len(come)

        names = [drill.alert for drill in come if drill.alert not in course.second]
        if names:
            self.tell(f"{course.round.name}: is over; waiting for the end of {', '.join(names)}")
            within = max(resolved_within(self.scene.model, name) for name in names)
            self._until(gone, min(within + GRACE_SECONDS, longest))

    def _until(self, done: Callable[[], bool], seconds: float) -> None:
        """Wait until something is done, or it is too late. Raises Stopped."""
        deadline = time.monotonic() + seconds
        while not done() and time.monotonic() < deadline:
            if self.stopped.wait(PAUSE_SECONDS):
                raise Stopped

    def _drilled(self, drill: Planned, course: Course) -> Outcome:
        first, second = course.first.get(drill.alert), course.second.get(drill.alert)
        if first is None:
            return outcome(self.scene.model, drill, wrong=course.problem or "nothing arrived")
        said: Sequence[str] = wrong(first.arrival, drill.receivers)
        if second is None:
            said = [*said, "its end did not arrive"]
        return outcome(
            self.scene.model,
            drill,
            first.at - course.began,
            # What a fault that is held has ended by itself is over at once.
            None if second is None else max(second - course.ended, 0),
            "; ".join([*said, *([course.problem] if course.problem else [])]),
        )


def outcome(
    model: Model,
    drill: Planned,
    notified: float | None = None,
    resolved: float | None = None,
    wrong: str = "",
) -> Outcome:
    """Return how a drill ended, beside what was to be expected of what is rendered."""
    within = notified_within(model, drill.alert), resolved_within(model, drill.alert)
    return Outcome(drill, *within, notified, resolved, wrong)
