"""Let services take up files that have changed, see that they did, and take them back if not."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from pathlib import Path

from compose import access, configuration
from compose.client import NoAnswerError
from compose.drift import drift
from compose.local.kept import Kept
from compose.local.service import LOOPBACK
from compose.local.state import Record
from compose.local.supervision import Supervisor
from exporters.errors import UserError

# How long a server may take to read its configuration again: an Alertmanager that was just
# started does so only when its start delay is over (flags.py), 15 s.
SECONDS = 25

# Who reads what is rendered, and says what it runs.
READERS = ("blackbox", "prometheus", "alertmanager")


class RefusedError(UserError):
    """A configuration that was not taken up; ``rolled_back`` is whether the former one runs."""

    def __init__(self, wrong: list[str], end: str, *, rolled_back: bool) -> None:
        self.rolled_back = rolled_back
        super().__init__("\n".join([*wrong, end]))


def take_up(supervisor: Supervisor, record: Record, names: Iterable[str], kept: Kept) -> None:
    """Let each service read its files again, and see that it runs them.

    If one does not, those that read what is rendered get back what was kept. Raises
    RefusedError that names each one that did not, with its log's last lines.
    """
    readers = [name for name in READERS if name in names]
    others = [name for name in names if name not in readers]
    # Others read the settings file itself, which nobody but its owner can take back.
    wrong = list(_refusals(supervisor, record, readers)) or list(
        _refusals(supervisor, record, others)
    )
    if not wrong:
        return
    if not kept.restore():
        end = "what was rendered had not changed: mend what lies beside it"
    elif list(_refusals(supervisor, record, readers)):
        end = "rolled back, and what ran before is not taken up either; mend it by hand"
    else:
        raise RefusedError(wrong, "rolled back: what ran before runs again", rolled_back=True)
    raise RefusedError(wrong, end, rolled_back=False)


def drifted(record: Record, name: str, rendered: Path) -> list[str]:
    """Return in what a reader of what is rendered does not run it."""
    try:
        return drift(name, f"{LOOPBACK}:{record.ports[name]}", rendered / name)
    except NoAnswerError as error:
        return [str(error)]


def _refusals(supervisor: Supervisor, record: Record, names: Iterable[str]) -> Iterator[str]:
    """Yield what is wrong with each service that did not take up what it was given."""
    for name in names:
        address = f"{LOOPBACK}:{record.ports[name]}"
        why = _why_not(supervisor, name, address)
        if not why and name in READERS:
            why = "; ".join(drifted(record, name, supervisor.state.rendered))
        if why:
            log = supervisor.state.logs / f"{name}.log"
            yield f"{name}: {why}; read {log}, then: lightship up"
            yield from (f"    {line}" for line in supervisor.tail(name))


def _why_not(supervisor: Supervisor, name: str, address: str) -> str:
    try:
        how = access.to(name, supervisor.state.rendered)
        before = configuration.last(name, address, how)
    except NoAnswerError as error:
        return str(error)
    supervisor.signal(name, "HUP")
    return configuration.why_not(name, address, before, time.monotonic() + SECONDS, how)
