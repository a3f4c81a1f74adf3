"""From queues that nobody empties to a page in the inbox, and back."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.end_to_end.conftest import Running

pytestmark = pytest.mark.stack


def test_a_queue_that_is_stuck_pages_and_resolves(
    stack: Running, record_property: Callable[[str, object], None]
) -> None:
    """A worker that hangs brings the page to the inbox; once it goes on, the page resolves."""
    stack.lightship("demo", "fault", "queue-stuck")
    stuck = time.monotonic()
    page, *_ = stack.wait_for(
        lambda: [a for a in stack.alerts("QueueStuck") if a["status"] == "firing"]
    )
    paged_after = time.monotonic() - stuck

    assert page["labels"]["instance"] == "demo-queues"
    assert page["labels"]["queue"] in {"mail", "reports"}
    assert page["receiver"] == "page"
    assert stack.alerts("QueueWorkersGone") == []

    assert "The fault queue-stuck is on" in stack.lightship("up")

    stack.lightship("demo", "fault", "queue-stuck", "--off")
    stack.wait_for(lambda: {a["status"] for a in stack.alerts("QueueStuck")} == {"resolved"})

    record_property("measured", f"QueueStuck: fault to inbox {paged_after:.1f} s")
