"""Send an alert through Alertmanager and see it arrive in the inbox."""

from __future__ import annotations

import secrets
import time
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

from compose import client
from generator.endpoints import Endpoints

NAME = "TestAlert"
PAUSE = 0.25


def send(endpoints: Endpoints) -> dict[str, str]:
    """Give Alertmanager a new test alert, and return its labels.

    It ends by itself after ten minutes, should nobody end it before.
    """
    # An alert like the last one would be a repetition, and not be sent again for hours.
    labels = {
        "alertname": NAME,
        "severity": "info",
        "drill": "true",
        "run": secrets.token_hex(4),
    }
    _post(endpoints, labels, lasts=timedelta(minutes=10))
    return labels


def end(endpoints: Endpoints, labels: Mapping[str, str]) -> None:
    """Tell Alertmanager that the test alert is over."""
    _post(endpoints, labels, lasts=timedelta(0))


def arrives(endpoints: Endpoints, labels: Mapping[str, str], deadline: float) -> bool:
    """Wait until the inbox has the test alert; False when the deadline (monotonic) passes."""
    while time.monotonic() < deadline:
        if _is_in_inbox(endpoints, labels):
            return True
        time.sleep(PAUSE)
    return False


def _is_in_inbox(endpoints: Endpoints, labels: Mapping[str, str]) -> bool:
    url = f"http://{endpoints.inbox.address}/api/v1/alerts?state=all&alertname={NAME}"
    try:
        found = client.request("GET", url)
    except client.NoAnswerError:
        return False
    # Whatever else may answer there has no list of alerts.
    return isinstance(found, list) and any(
        one["labels"].get("run") == labels["run"] for one in found
    )


def _post(endpoints: Endpoints, labels: Mapping[str, str], *, lasts: timedelta) -> None:
    url = f"http://{endpoints.alertmanager.address}/api/v2/alerts"
    annotations = {
        "summary": "A test alert: the way from Alertmanager to the inbox works",
        "description": "Sent by `lightship up`; nothing is wrong and nothing is to be done.",
    }
    now = datetime.now(UTC)
    alert = {
        "labels": dict(labels),
        "annotations": annotations,
        # Alertmanager takes an alert without a start to begin when it ends.
        "startsAt": now.isoformat(),
        "endsAt": (now + lasts).isoformat(),
    }
    client.request("POST", url, body=[alert])
