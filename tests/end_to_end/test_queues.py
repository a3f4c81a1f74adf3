"""From queues that nobody empties to a page in the inbox, and back, as drills do it."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.end_to_end.conftest import Running

pytestmark = pytest.mark.stack


def test_a_drill_sees_a_page_come_and_go(
    stack: Running, record_property: Callable[[str, object], None]
) -> None:
    """T2: a worker that hangs brings a page whose texts and links are right; then it resolves."""
    told = json.loads(stack.lightship("drill", "QueueStuck", "--through", "page", "--json"))

    (drill,) = told["drills"]
    assert told["well"]
    assert (drill["kind"], drill["fault"], drill["wrong"]) == ("real", "queue-stuck", None)
    assert drill["resolved_seconds"] is not None
    (page, *_) = stack.alerts("QueueStuck")
    assert page["labels"]["instance"] == "demo-queues"
    assert page["labels"]["queue"] in {"mail", "reports"}
    assert stack.alerts("QueueWorkersGone") == []
    assert not _is_on(stack, "queue-stuck")

    record_property("measured", f"QueueStuck: fault to inbox {drill['notified_seconds']:.1f} s")


def test_a_drill_that_is_terminated_ends_its_fault(stack: Running) -> None:
    """Whoever ends a drill early finds the demo as it was before."""
    with stack.begun("drill", "BusinessIdle") as drill:
        stack.wait_for(lambda: _is_on(stack, "bookings-stopped"))
        assert "The fault bookings-stopped is on" in stack.lightship("up")
        drill.terminate()
        said, _ = drill.communicate(timeout=60)

    assert drill.returncode == 1
    assert "Aborted!" in said
    assert not _is_on(stack, "bookings-stopped")


def _is_on(stack: Running, fault: str) -> bool:
    lines = stack.lightship("demo", "fault").splitlines()
    return any(line.split()[:2] == [fault, "on"] for line in lines)
