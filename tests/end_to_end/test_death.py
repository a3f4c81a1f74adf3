"""How soon does the inbox notice that nobody would tell it anything any more?"""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable
from typing import Any

import pytest

Stack = Any

pytestmark = [pytest.mark.stack, pytest.mark.faults]


def is_open(stack: Stack) -> bool:
    """Whether the inbox says that monitoring is dead."""
    return any(one["status"] == "firing" for one in stack.alerts("MonitoringDead"))


@pytest.mark.parametrize(("service", "seconds"), [("prometheus", 65), ("alertmanager", 40)])
def test_the_death_of_monitoring_is_noticed(
    stack: Stack, record_property: Callable[[str, object], None], service: str, seconds: int
) -> None:
    """A server that hangs is an incident in time, and none any more once it goes on."""
    stack.wait_for(lambda: not is_open(stack))
    pid = int((stack.state / "pids" / service).read_text().split()[0])
    os.kill(pid, signal.SIGSTOP)
    hung = time.monotonic()
    try:
        stack.wait_for(lambda: is_open(stack))
        noticed_after = time.monotonic() - hung
        summary = stack.alerts("MonitoringDead")[0]["annotations"]["summary"]
    finally:
        os.kill(pid, signal.SIGCONT)
    stack.wait_for(lambda: not is_open(stack))

    assert summary == f"Monitoring is dead: {service.capitalize()} does not answer"
    assert noticed_after <= seconds
    record_property(
        "measured", f"{service} dead: noticed after {noticed_after:.1f} s (at most {seconds})"
    )
