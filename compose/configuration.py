"""Whether services took the configuration that they were given last."""

from __future__ import annotations

import re
import time
from dataclasses import dataclass

from compose import client
from compose.access import PLAIN, Access

PAUSE = 0.1

# What the metrics of each service that can reload begin with.
PREFIXES = {
    "prometheus": "prometheus",
    "alertmanager": "alertmanager",
    "exporters": "exporter",
    "blackbox": "blackbox_exporter",
}


@dataclass(frozen=True)
class Reload:
    """Whether the last reload succeeded, and when one last did (Unix time in seconds)."""

    successful: bool
    succeeded_at: float


def last(name: str, address: str, access: Access = PLAIN) -> Reload:
    """Ask a service of PREFIXES at ``host:port`` how its last reload went.

    Raises NoAnswerError when it does not say.
    """
    text = client.text(f"{access.scheme}://{address}/metrics", access=access)
    start = rf"^{PREFIXES[name]}_config_last_reload_"
    said = re.findall(rf"{start}(\w+) ([\d.e+]+)$", text, re.MULTILINE)
    try:
        facts = {metric: float(value) for metric, value in said}
        return Reload(facts["successful"] == 1, facts["success_timestamp_seconds"])
    except (KeyError, ValueError) as error:
        raise client.NoAnswerError("does not say whether it took its configuration") from error


def why_not(
    name: str, address: str, before: Reload, deadline: float, access: Access = PLAIN
) -> str:
    """Wait until a reload that was asked for after ``before`` has succeeded.

    Returns what is wrong when it was refused, or has not come by the deadline (monotonic);
    an empty string when nothing is.
    """
    while True:
        try:
            now = last(name, address, access)
        except client.NoAnswerError as error:
            wrong, over = str(error), False
        else:
            if now.successful and now.succeeded_at > before.succeeded_at:
                return ""
            wrong = "has not reloaded" if now.successful else "configuration refused"
            # One that was refused before looks the same until the deadline if it is again.
            over = before.successful and not now.successful
        if over or time.monotonic() > deadline:
            return wrong
        time.sleep(PAUSE)
