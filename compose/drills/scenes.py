"""Where drills are run: a stack, what is rendered for it, and its inbox."""

from __future__ import annotations

import shutil
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import yaml

from compose import asking, configuration, engine
from compose.demo.misconfigured import CONFIGURATION
from compose.demo.place import Containers, Place, Processes
from compose.drills import stories
from compose.drills.inbox import Inbox
from compose.drills.pace import SCALE, faster
from compose.drills.running import Scene
from compose.local.stack import Request, Stack
from compose.local.state import State
from compose.start import PAUSE, SECONDS, Progress, until_healthy
from exporters.errors import UserError
from exporters.settings import load
from generator.definitions import DEMO_SETTINGS, find
from generator.model import Model, build

# Beside what the state folder holds of the stack that runs as shipped.
FOLDER = "drills"


@dataclass(frozen=True)
class Where:
    """Where drills are run: the demo that runs, and what another one is started with."""

    definitions: Path | None
    state: Path
    tools: Path
    in_containers: bool


def shipped(where: Where) -> Model:
    """Return what is rendered for the demo."""
    return build(find(where.definitions), load(DEMO_SETTINGS))


def running(where: Where) -> Scene:
    """Return the demo that runs. Raises UserError where none does."""
    if where.in_containers:
        return Scene(shipped(where), Containers(), Inbox(_address_in_containers()))
    return _processes(shipped(where), Stack(State.at(where.state)))


def _processes(model: Model, stack: Stack) -> Scene:
    place: Place = Processes(stack)
    place.workload("GET", "/faults")
    return Scene(model, place, Inbox(f"127.0.0.1:{stack.record.ports['inbox']}"))


def _address_in_containers() -> str:
    for row in engine.rows():
        if row.name == "inbox" and row.address:
            return row.address
    raise UserError("inbox: it does not run; run: lightship up")


@contextmanager
def hurried(where: Where, alerts: Sequence[str], progress: Progress) -> Iterator[Scene]:
    """Start a demo of its own, in which time runs faster, and stop it when the block ends.

    The stories of ``alerts`` are told there.
    """
    stack = Stack(State.at(where.state / FOLDER))
    model = faster(shipped(where))
    played = {name: stories.of(model.alerts[name]) for name in alerts}
    progress.tell("starting a stack in which an hour takes a minute")
    stack.stop()
    # What the last drills left would fire, or be missed.
    shutil.rmtree(stack.state.folder / "data", ignore_errors=True)
    request = Request(
        DEMO_SETTINGS,
        where.definitions,
        where.tools,
        choose_ports=True,
        change=faster,
        pace=SCALE.by,
    )
    try:
        stack.start(request)
        until_healthy(stack, progress, time.monotonic() + SECONDS)
        with stories.told(list(played.values())) as address:
            _scrape(stack, address, progress)
            yield replace(_processes(model, stack), stories=played)
    finally:
        stack.stop()


def _scrape(stack: Stack, address: str, progress: Progress) -> None:
    """Let Prometheus read the stories as well, with the labels that they give themselves."""
    prometheus = f"127.0.0.1:{stack.record.ports['prometheus']}"
    before = configuration.last("prometheus", prometheus)
    file = stack.state.rendered / "prometheus" / CONFIGURATION
    told = yaml.safe_load(file.read_text())
    targets = [{"targets": [address], "labels": {"service": "lightship"}}]
    job = {"job_name": "stories", "honor_labels": True, "static_configs": targets}
    told["scrape_configs"].append(job)
    file.write_text(yaml.safe_dump(told, sort_keys=False))
    stack.supervisor.signal("prometheus", "HUP")
    deadline = time.monotonic() + SECONDS
    if wrong := configuration.why_not("prometheus", prometheus, before, deadline):
        raise UserError(f"prometheus: {wrong}; read {stack.state.logs}/prometheus.log")
    # A story begins when it was seen once; a new target is seen seconds after the reload.
    progress.tell("waiting until stories are read")
    while not asking.ask(prometheus, 'up{job="stories"} == 1') and time.monotonic() < deadline:
        time.sleep(PAUSE)
