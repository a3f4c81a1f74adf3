"""Is a notification stored before it is acknowledged, and refused only for a reason?"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest

from compose.inbox.webhook import MAX_BODY_BYTES

Recorded = Callable[..., dict[str, Any]]


def counted(client: httpx.Client, sample: str) -> float:
    lines = client.get("/metrics").text.splitlines()
    return next(float(line.split()[-1]) for line in lines if line.startswith(sample + " "))


def test_a_notification_is_acknowledged_and_counted(
    client: httpx.Client, recorded: Recorded
) -> None:
    """The inbox counts what came, what it stored and what is open."""
    assert client.post("/webhook", json=recorded("second-fires")).json() == {"stored": True}

    assert counted(client, "inbox_notifications_received_total") == 1
    assert counted(client, "inbox_notifications_stored_total") == 1
    assert counted(client, "inbox_alerts_open") == 2


def test_what_is_no_notification_is_refused_with_what_is_wrong(client: httpx.Client) -> None:
    """The sender reads the reason, and the refusal is counted."""
    answer = client.post("/webhook", json={"alerts": [{"labels": "none"}]})

    assert answer.status_code == 400
    assert answer.json() == {
        "error": "malformed",
        "what is wrong": ["alerts[0].labels: expected an object, got str"],
    }
    assert counted(client, 'inbox_notifications_refused_total{reason="malformed"}') == 1
    assert counted(client, "inbox_notifications_stored_total") == 0


def test_a_body_without_end_is_refused(client: httpx.Client) -> None:
    """No sender can fill the memory, whether or not it says how much it will send."""

    def endless() -> Iterator[bytes]:
        for _ in range(MAX_BODY_BYTES // 1_000_000 + 1):
            yield b" " * 1_000_000

    answer = client.post("/webhook", content=endless())

    assert answer.status_code == 413
    assert "max_alerts" in answer.text
    assert counted(client, 'inbox_notifications_refused_total{reason="too_large"}') == 1


def test_a_large_group_is_taken(client: httpx.Client, recorded: Recorded) -> None:
    """A storm of 5,000 alerts in one group is one notification like any other."""
    document = recorded("firing")
    (alert,) = document["alerts"]
    document["alerts"] = [
        alert | {"labels": alert["labels"] | {"instance": f"i{n}"}, "fingerprint": f"{n:016x}"}
        for n in range(5_000)
    ]

    assert client.post("/webhook", json=document).status_code == 200
    assert counted(client, "inbox_alerts_open") == 5_000


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
def test_the_webhook_is_posted_to(client: httpx.Client, method: str) -> None:
    """Nothing but a POST does anything."""
    assert client.request(method, "/webhook").status_code == 405


def test_text_that_utf8_cannot_spell_is_stored_and_shown(
    client: httpx.Client, recorded: Recorded
) -> None:
    """Half a surrogate pair and a NUL in a label break neither storage nor page."""
    document = recorded("firing")
    document["alerts"][0]["labels"]["tenant"] = "\ud800 \x00"
    document["alerts"][0]["annotations"]["summary"] = "\udfff down"

    assert client.post("/webhook", content=json.dumps(document)).status_code == 200
    assert client.get("/").status_code == 200
    assert client.get("/api/v1/notifications").json()[0]["status"] == "firing"
