"""How many messages does a storm of a thousand alerts make?"""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import requests

Stack = Any

pytestmark = [pytest.mark.stack, pytest.mark.faults]

SERVICES = 10
ALERTS = 1_000
MOST_MESSAGES = 20


def storm(number: int) -> dict[str, Any]:
    """Return one alert of the storm, as Prometheus sends it."""
    now = datetime.now(UTC)
    labels = {
        "alertname": "StormyWeather",
        "severity": "critical",
        "service": f"s{number % SERVICES}",
        "instance": f"i{number}",
    }
    ends = now + timedelta(minutes=2)
    return {"labels": labels, "startsAt": now.isoformat(), "endsAt": ends.isoformat()}


def test_a_storm_is_a_few_messages(
    stack: Stack, record_property: Callable[[str, object], None]
) -> None:
    """A thousand pages of ten services, within two seconds, are told of in a few messages."""
    began = time.monotonic()
    for first in range(0, ALERTS, 100):
        batch = [storm(number) for number in range(first, first + 100)]
        url = f"http://{stack.address('alertmanager')}/api/v2/alerts"
        requests.post(url, json=batch, timeout=10).raise_for_status()
        time.sleep(0.2)  # The storm lasts for two seconds: this is its pace, nothing is awaited.

    url = f"http://{stack.address('inbox')}/api/v1"
    asked = {"alertname": "StormyWeather", "state": "open", "limit": "10000"}
    stack.wait_for(lambda: len(requests.get(f"{url}/alerts", asked, timeout=10).json()) == ALERTS)
    complete_after = time.monotonic() - began

    found = requests.get(f"{url}/notifications", {"limit": "10000"}, timeout=10).json()
    messages = [one for one in found if "StormyWeather" in one["group_key"]]
    assert len(messages) <= MOST_MESSAGES
    record_property(
        "measured",
        f"storm of {ALERTS} alerts: {len(messages)} messages (at most {MOST_MESSAGES}), "
        f"all in the inbox after {complete_after:.1f} s",
    )
