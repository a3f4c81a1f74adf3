"""Is everything there again, once a stack that lost its data has been given what was saved?"""

from __future__ import annotations

import re
import subprocess
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import requests

if TYPE_CHECKING:
    from tests.end_to_end.conftest import Running

BACKUP = Path(__file__).parents[2] / "docs/operations/backup.md"

pytestmark = [pytest.mark.stack, pytest.mark.faults]


def commands(heading: str) -> str:
    """Return the commands for local processes that the page has under a heading.

    The tests' stack has no ports of its own: a person's begins at the usual ones again.
    """
    section = BACKUP.read_text(encoding="utf-8").partition(f"## {heading}\n")[2]
    (block,) = re.findall(r"```console\n(.*?)```", section, re.DOTALL)[:1]
    script = "\n".join(re.findall(r"^\$ (.+)$", block, re.MULTILINE))
    return script.replace("lightship up", "lightship up --ports free")


def run(folder: Path, script: str) -> float:
    """Run commands one after the other, as a person does; return how many seconds they took."""
    began = time.monotonic()
    subprocess.run(["bash", "-e", "-c", script], cwd=folder, check=True, timeout=240)
    return time.monotonic() - began


def silence(stack: Running) -> str:
    """Silence an alert for an hour; return the silence's id."""
    now = datetime.now(UTC)
    said = {
        "matchers": [{"name": "alertname", "value": "CacheDown", "isRegex": False}],
        "startsAt": now.isoformat(),
        "endsAt": (now + timedelta(hours=1)).isoformat(),
        "createdBy": "a test",
        "comment": "is it there after a restore?",
    }
    url = f"http://{stack.address('alertmanager')}/api/v2/silences"
    return str(requests.post(url, json=said, timeout=5).json()["silenceID"])


def silences(stack: Running) -> set[str]:
    """Return the ids of the silences that Alertmanager holds."""
    url = f"http://{stack.address('alertmanager')}/api/v2/silences"
    return {one["id"] for one in requests.get(url, timeout=5).json()}


def incidents(stack: Running) -> set[int]:
    """Return the ids of all incidents that the inbox knows."""
    url = f"http://{stack.address('inbox')}/api/v1/alerts"
    found = requests.get(url, {"state": "all", "limit": "10000"}, timeout=5).json()
    return {one["id"] for one in found}


def measured(stack: Running, at: float) -> bool:
    """Whether Prometheus has samples of a time."""
    url = f"http://{stack.address('prometheus')}/api/v1/query"
    answer = requests.get(url, {"query": "up", "time": str(at)}, timeout=5).json()
    return bool(answer["data"]["result"])


def test_restored(
    stack: Running, clone: Path, record_property: Callable[[str, object], None]
) -> None:
    """Incidents, silences and samples are there again; the page's commands are what is run."""
    silenced = silence(stack)
    stack.wait_for(lambda: incidents(stack))
    measured_at = time.time()
    stack.wait_for(lambda: measured(stack, measured_at))
    known = incidents(stack)

    away = run(clone, commands("Backup"))
    back = run(clone, commands("Restore"))

    assert silenced in silences(stack)
    assert known <= incidents(stack)
    stack.wait_for(lambda: measured(stack, measured_at))
    record_property("measured", f"backup: {away:.0f} s; restore: {back:.0f} s")
