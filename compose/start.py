"""``lightship up``: start the stack, wait until it is healthy, show that a page arrives."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from rich.console import Console
from rich.status import Status

from compose import engine, notifications, prepare, targets, testalert
from compose.client import NoAnswerError, has_pages
from compose.demo import switches
from compose.demo.place import Containers, Place, Processes
from compose.local import report
from compose.local.stack import Request, Stack
from compose.local.state import State
from compose.status import WORKS, Row
from exporters.errors import UserError
from generator.endpoints import COMPOSE, Endpoint, Endpoints

SECONDS = 60
PAUSE = 0.25

# Servers that have just started may be late at first: a few scrapes must show them as they are.
TARGET_SECONDS = 15


class Progress:
    """Says what is waited for: on a terminal while it lasts, elsewhere not at all."""

    def __init__(self, console: Console) -> None:
        self._status = Status("starting", console=console)
        self._live = console.is_terminal

    @contextmanager
    def shown(self) -> Iterator[Progress]:
        """Show it while the block runs."""
        if not self._live:
            yield self
            return
        with self._status:
            yield self

    def tell(self, what: str) -> None:
        """Say what is waited for now."""
        self._status.update(what)


def containers(settings: Path) -> None:
    """Start the stack in containers. Raises UserError that says what does not work."""
    console = Console(soft_wrap=True)
    began = time.monotonic()
    faults = _faults_that_end(Containers())
    engine.up(settings)
    healthy = time.monotonic()
    rows = engine.rows()
    with Progress(console).shown() as progress:
        progress.tell("waiting for a test alert in the inbox")
        endpoints = _published(rows)
        if not _test_alert_arrives(endpoints, time.monotonic() + SECONDS):
            raise UserError(
                "alertmanager: a test alert did not reach the inbox; "
                "run: docker compose logs --tail 20 alertmanager inbox"
            )
    _told(console, began, healthy)
    _where(console, rows, endpoints, f"user admin; {prepare.GRAFANA_LOGIN}")
    _faults(console, Containers(), faults)


def processes(request: Request, state: Path) -> None:
    """Start the stack as local processes. Raises UserError that says what does not work."""
    console = Console(soft_wrap=True)
    stack = Stack(State.at(state))
    began = time.monotonic()
    with Progress(console).shown() as progress:
        progress.tell("looking for programs")
        faults = _faults_that_end(Processes(stack))
        started = stack.start(request)
        # Fetching programs may have taken longer than anything that is waited for.
        deadline = time.monotonic() + SECONDS
        endpoints = Endpoints.local(stack.record.ports)
        labels = None
        if started:
            # It is on its way while the others start.
            until_healthy(stack, progress, deadline, only="alertmanager")
            labels = testalert.send(endpoints)
        rows = until_healthy(stack, progress, deadline)
        healthy = time.monotonic()
        if labels:
            progress.tell("waiting for a test alert in the inbox")
            if not testalert.arrives(endpoints, labels, deadline):
                raise UserError(_failure(stack, [r for r in rows if r.name == "alertmanager"]))
            testalert.end(endpoints, labels)
    if started:
        console.print(f"Started or reloaded: {', '.join(started)}.")
        _told(console, began, healthy)
        _measured(endpoints.prometheus.address, time.monotonic() + TARGET_SECONDS)
    else:
        console.print("Already running, and healthy: nothing to do.")
    _where(console, rows, endpoints, f"user admin, password in {stack.state.secrets}/grafana")
    _faults(console, Processes(stack), faults)


def _faults_that_end(place: Place) -> list[str]:
    """Return the faults that a start ends. Raises UserError for one that it waits for in vain."""
    on = switches.on(place)
    if hung := [name for name in on if switches.hangs(name)]:
        name = hung[0]
        raise UserError(f"fault {name}: is on; end it first: lightship demo fault {name} --off")
    return on


def _faults(console: Console, place: Place, before: Sequence[str]) -> None:
    """Say which faults are still on, and which the start has ended."""
    on = switches.on(place)
    for name in before:
        if name not in on:
            console.print(f"  The fault {name} was on: ended, what it had stopped runs again.")
    for name in on:
        console.print(f"  The fault {name} is on: lightship demo fault {name} --off ends it.")


def until_healthy(stack: Stack, progress: Progress, deadline: float, only: str = "") -> list[Row]:
    """Wait until every service works. Raises UserError that names each one that does not."""
    while True:
        rows = report.rows(stack, only=only)
        bad = [row for row in rows if not row.fine]
        if not bad:
            return rows
        if time.monotonic() > deadline or any(row.state == report.FAILED for row in bad):
            raise UserError(_failure(stack, bad))
        progress.tell(f"waiting for {', '.join(row.name for row in bad)}")
        time.sleep(PAUSE)


def _measured(prometheus: str, deadline: float) -> None:
    """Wait until every target is measured, or for as long as that is worth."""
    while time.monotonic() < deadline and not all(row.fine for row in targets.rows(prometheus)):
        time.sleep(PAUSE)


def _test_alert_arrives(endpoints: Endpoints, deadline: float) -> bool:
    try:
        labels = testalert.send(endpoints)
        if not testalert.arrives(endpoints, labels, deadline):
            return False
        testalert.end(endpoints, labels)
    except NoAnswerError:
        return False
    return True


def _failure(stack: Stack, bad: Sequence[Row]) -> str:
    """Return one line for each service that does not work, and below it its log's last lines."""
    parts = []
    for row in bad:
        wrong = "a test alert did not reach the inbox" if row.state == WORKS else row.wrong
        todo = row.todo or f"read {stack.state.logs}/{row.name}.log"
        parts.append(f"{row.name}: {wrong}; {todo}")
        parts += [f"    {line}" for line in stack.supervisor.tail(row.name)]
    if stack.exists:
        parts.append(
            "the rest runs on; mend this and run: lightship up; or stop it: lightship down"
        )
    return "\n".join(parts)


def _told(console: Console, began: float, healthy: float) -> None:
    now = time.monotonic()
    console.print(
        f"All healthy after {healthy - began:.1f} s; "
        f"a test alert was in the inbox after {now - began:.1f} s.",
        highlight=False,
    )


def _where(console: Console, rows: Sequence[Row], endpoints: Endpoints, login: str) -> None:
    runs = {row.name for row in rows if row.state == WORKS}
    lines = [
        ("on-call inbox", endpoints.inbox.url, "inbox"),
        ("dashboards", f"{endpoints.grafana.url} ({login})", "grafana"),
        ("dashboards", f"{endpoints.grafana.url} (a preview)", "preview"),
        ("Prometheus", _api(endpoints.prometheus.url), "prometheus"),
        ("Alertmanager", _api(endpoints.alertmanager.url), "alertmanager"),
    ]
    for what, where, name in lines:
        if name in runs:
            console.print(f"  {what:<14} {where}", highlight=False)
    for row in rows:
        if row.state not in {WORKS, *runs}:
            console.print(f"  {row.name:<14} {row.state}: {row.says}", highlight=False)
    prometheus = endpoints.prometheus.address
    for row in [*targets.rows(prometheus), *notifications.rows(prometheus)]:
        if not row.fine:
            console.print(f"  {row.name}: {row.wrong}; {row.todo}", highlight=False)


def _api(url: str) -> str:
    """Return an address with what is not to be expected there."""
    return url if has_pages(url) else f"{url} (its API: this build has no pages)"


def _published(rows: Sequence[Row]) -> Endpoints:
    """Return where the containers are from here: on the ports that they publish."""
    found = {r.name: Endpoint(r.address, f"http://{r.address}") for r in rows if r.address}
    known = {name: at for name, at in found.items() if hasattr(COMPOSE, name)}
    return replace(COMPOSE, **known)
