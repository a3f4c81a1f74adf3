"""Let services take up files that have changed, and see that they did."""

from __future__ import annotations

import time
from collections.abc import Iterable

from compose import configuration
from compose.client import NoAnswerError
from compose.local.services import LOOPBACK
from compose.local.state import Record
from compose.local.supervision import Supervisor
from exporters.errors import UserError

# How long a server may take to read its configuration again: an Alertmanager that was just
# started does so only when its start delay is over (flags.py), 15 s.
SECONDS = 25


def reload(supervisor: Supervisor, record: Record, names: Iterable[str]) -> None:
    """Let each service read its files again.

    Raises UserError that names each one that refused them, with its log's last lines.
    """
    wrong = []
    for name in names:
        if why := _why_not(supervisor, name, f"{LOOPBACK}:{record.ports[name]}"):
            log = supervisor.state.logs / f"{name}.log"
            wrong.append(f"{name}: {why}; read {log}, then: lightship up")
            wrong += [f"    {line}" for line in supervisor.tail(name)]
    if wrong:
        raise UserError("\n".join(wrong))


def _why_not(supervisor: Supervisor, name: str, address: str) -> str:
    try:
        before = configuration.last(name, address)
    except NoAnswerError as error:
        return str(error)
    supervisor.signal(name, "HUP")
    return configuration.why_not(name, address, before, time.monotonic() + SECONDS)
