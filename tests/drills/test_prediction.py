"""When is a page due, and when its end?"""

from __future__ import annotations

import pytest

from compose.drills.pace import faster
from compose.drills.prediction import notified_within, resolved_within
from generator.model import Model


@pytest.mark.parametrize(
    ("alert", "notified", "resolved"),
    [
        # scrape 5, evaluation 5, `for` 10, the page's wait 5; its interval 10
        ("CacheDown", 5 + 5 + 10 + 5, 5 + 5 + 10),
        # the same after the demo's own limit of 10 for the age
        ("QueueStuck", 10 + 5 + 5 + 10 + 5, 5 + 5 + 10),
        # five minutes of the rate, `for` 10 minutes, the ticket's wait 30; its interval 60
        ("CacheHitRatioLow", 5 + 5 + 300 + 600 + 30, 5 + 5 + 300 + 60),
        # seen with the first sample that differs; forgotten ten minutes later
        ("SentinelFailedOver", 5 + 5 + 10 + 30, 5 + 5 + 600 + 60),
        # an hour's window is full before that of six; that of half an hour is empty before both
        ("HttpSuccessBurnsFast", 5 + 5 + 3600 + 5, 5 + 5 + 1800 + 10),
    ],
)
def test_due(shipped: Model, alert: str, notified: float, resolved: float) -> None:
    """When a page is due follows from intervals, `for`, ranges, limits, records and routes."""
    assert notified_within(shipped, alert) == notified
    assert resolved_within(shipped, alert) == resolved


@pytest.mark.parametrize(
    ("alert", "notified"),
    [
        # scrape 3, evaluation 3; five minutes and the ticket's wait, divided by sixty, of which
        # a range keeps fifteen seconds
        ("CacheHitRatioLow", 3 + 3 + 15 + 10 + 0.5),
        # a limit of ten minutes for an age, divided as well
        ("DatabaseTransactionOld", 10 + 3 + 3 + 1 + 0.5),
        # an example that fires after four minutes
        ("ClockSkewed", 4 + 3 + 3 + 1 + 5 / 60),
    ],
)
def test_due_sooner(shipped: Model, alert: str, notified: float) -> None:
    """Where time runs faster a page is due sooner."""
    assert notified_within(faster(shipped), alert) == pytest.approx(notified, abs=0.01)
