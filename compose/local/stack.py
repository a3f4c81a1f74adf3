"""The stack as local processes: bring it up, take it down, tell how it is."""

from __future__ import annotations

import hashlib
import os
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from compose import prepare
from compose.local import ports, services, tools
from compose.local.kept import Kept
from compose.local.reloading import READERS, drifted, take_up
from compose.local.service import ORDER, Service
from compose.local.state import Record, State
from compose.local.supervision import Supervisor
from compose.local.tools import Tools
from exporters.errors import UserError
from generator.definitions import DEMO_SETTINGS
from generator.endpoints import Endpoints
from generator.model import Model
from generator.versions import Versions, parse


@dataclass(frozen=True)
class Request:
    """What a start is asked for: settings, definitions, where programs are, which ports.

    What is rendered is what ``change`` makes of the definitions; what exporters ask seldom is
    asked ``pace`` times as often.
    """

    settings: Path
    definitions: Path | None
    tools: Path = tools.FOLDER
    choose_ports: bool = False
    change: Callable[[Model], Model] = lambda model: model
    pace: float = 1


@dataclass(frozen=True)
class Stack:
    """One local stack, by its state folder."""

    state: State

    @property
    def supervisor(self) -> Supervisor:
        """What watches its services."""
        return Supervisor(self.state)

    @property
    def exists(self) -> bool:
        """Whether it is up, be it in part."""
        return self.supervisor.process is not None

    @property
    def record(self) -> Record:
        """What it was started with. Raises UserError when it never was."""
        record = self.state.load()
        if record is None:
            raise UserError(f"{self.state.folder}: no stack was started here; run: lightship up")
        return record

    def start(self, request: Request) -> list[str]:
        """Start what does not run and reload what has changed; return the names of both.

        Raises UserError for a taken port, missing programs, a settings file that does not
        hold, other settings than those of the stack that runs, or a configuration that a
        server refuses.
        """
        if sys.platform != "linux":
            raise UserError(
                "lightship up: local processes need Linux; start a Docker engine instead"
            )
        with self.state.locked():
            record = self._plan(request)
            self._clear_the_way(record)
            found = tools.obtain(request.tools)
            record = replace(record, versions=_versions(found))
            kept = Kept.of(self.state.rendered)
            self._render(request, record)
            wanted = services.services(self.state.of(record), record, found, request.tools)
            Supervisor(self.state.of(record)).configure(wanted)
            record = replace(record, digests=self._digests(record))
            started = self._run(record, wanted, kept)
            self.state.save(record)
        return started

    def apply(self, request: Request) -> list[str]:
        """Let a stack that runs take up what has changed; return the names of those that did.

        Nothing is started or exchanged. Raises UserError where none runs, for whatever
        `lightship check` finds wrong, and, when what ran before runs again, for a
        configuration that was not taken up.
        """
        with self.state.locked():
            if not self._supervised:
                raise UserError(f"{self.state.folder}: nothing runs here; run: lightship up")
            record = replace(self._plan(request), versions=self.record.versions)
            kept = Kept.of(self.state.rendered)
            self._render(request, record, checked=True)
            record = replace(record, digests=self._digests(record))
            # Whoever runs something else is told again, though its files have not changed.
            other = [name for name in READERS if drifted(record, name, self.state.rendered)]
            changed = [name for name in record.digests if name in {*self._changed(record), *other}]
            self._take_up(changed, record, kept)
            self.state.save(record)
        return changed

    def stop(self) -> bool:
        """Stop everything in order; return whether there was anything to stop."""
        if not self.state.folder.exists():
            return False
        with self.state.locked():
            ran = any(self.state.pids.iterdir())
            self.supervisor.stop()
        return ran

    def _plan(self, request: Request) -> Record:
        settings = request.settings.absolute()
        before = self.state.load() if self.exists else None
        if before and before.settings != str(settings):
            raise UserError(
                f"{self.state.folder}: a stack with {before.settings} runs here; "
                f"stop it first: lightship down --state {self.state.folder}"
            )
        chosen = ports.free() if request.choose_ports else dict(ports.FIXED)
        return Record(
            settings=str(settings),
            demo=settings == DEMO_SETTINGS,
            ports=chosen | dict(before.ports) if before else chosen,
            versions={},
            digests={},
            pace=request.pace,
        )

    def _clear_the_way(self, record: Record) -> None:
        """Remove what a killed supervisord may have left, and see that the ports are free.

        Before programs are fetched: who has to wait should wait for something.
        """
        if not self._supervised:
            self.supervisor.stop()
            ports.check(record.ports, services.names(demo=record.demo))

    @property
    def _supervised(self) -> bool:
        return self.exists and self.supervisor.answers()

    def _render(self, request: Request, record: Record, *, checked: bool = False) -> None:
        versions = {name: parse(version) for name, version in record.versions.items()}
        with _environment(services.environment(self.state.of(record), record)):
            prepare.prepare(
                Path(record.settings),
                self.state.folder,
                Endpoints.local(record.ports),
                Versions(**versions),
                definitions=request.definitions,
                checked=checked,
                change=request.change,
            )

    def _run(self, record: Record, wanted: list[Service], kept: Kept) -> list[str]:
        if not self._supervised:
            self.supervisor.start(services.environment(self.state.of(record), record))
            return [s.name for s in wanted]
        exchanged = self.supervisor.update()
        children = self.supervisor.children()
        stopped = [name for name, child in children.items() if not child.alive]
        ports.check(record.ports, stopped)
        for name in stopped:
            self.supervisor.start_service(name)
        fresh = {*exchanged, *stopped}
        changed = [name for name in self._changed(record) if name not in fresh]
        self._take_up(changed, record, kept)
        return sorted(fresh | set(changed), key=ORDER.index)

    def _changed(self, record: Record) -> list[str]:
        """Return the services whose files are not those that they took up last."""
        last = self.state.load()
        before = last.digests if last else {}
        return [name for name, digest in record.digests.items() if before.get(name) != digest]

    def _take_up(self, changed: list[str], record: Record, kept: Kept) -> None:
        """Tell services that their files have changed."""
        if last := self.state.load():
            # Should one of them refuse it, they are told again next time, whatever has changed.
            known = {name: digest for name, digest in last.digests.items() if name not in changed}
            self.state.save(replace(last, digests=known))
        take_up(self.supervisor, record, changed, kept)

    def _digests(self, record: Record) -> Mapping[str, str]:
        return {
            "prometheus": _digest(self.state.rendered / "prometheus"),
            "alertmanager": _digest(self.state.rendered / "alertmanager"),
            "blackbox": _digest(self.state.rendered / "blackbox"),
            "exporters": _digest(Path(record.settings)),
        }


@contextmanager
def _environment(values: Mapping[str, str]) -> Iterator[None]:
    """Let a settings file name the demo's cache and the secrets as the services will."""
    before = dict(os.environ)
    os.environ.update(values)
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)


def _versions(found: Tools) -> dict[str, str]:
    return {
        "prometheus": found.prometheus.version,
        "alertmanager": found.alertmanager.version,
    }


def _digest(path: Path) -> str:
    """Return a digest of a file, or of all files in a folder."""
    digest = hashlib.sha256()
    for file in sorted(path.rglob("*")) if path.is_dir() else [path]:
        if file.is_file():
            digest.update(str(file.relative_to(path)).encode() + b"\0" + file.read_bytes())
    return digest.hexdigest()
