"""Is a notification stored before it is acknowledged, and refused only for a reason?"""

from __future__ import annotations

import json
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, suppress
from typing import Any

import httpx
import pytest

from compose.inbox import body

Recorded = Callable[..., dict[str, Any]]

JSON = {"Content-Type": "application/json"}


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


def test_a_large_body_that_is_no_notification_is_refused(client: httpx.Client) -> None:
    """Nothing can be kept of it, and the sender is told how much would fit."""

    def large() -> Iterator[bytes]:
        for _ in range(body.MAX_BODY_BYTES // 1_000_000 + 1):
            yield b" " * 1_000_000

    answer = client.post("/webhook", content=large(), headers=JSON)

    assert answer.status_code == 413
    assert str(body.MAX_BODY_BYTES) in answer.text
    assert counted(client, 'inbox_notifications_refused_total{reason="too_large"}') == 1


def storm(document: dict[str, Any], count: int) -> dict[str, Any]:
    """Return a notification with so many alerts."""
    alert = document["alerts"][0]
    alerts = [
        alert | {"labels": alert["labels"] | {"instance": f"i{n}"}, "fingerprint": f"{n:016x}"}
        for n in range(count)
    ]
    return document | {"alerts": alerts}


@pytest.mark.parametrize("version", ["0.25", "0.33"])
def test_a_group_that_is_too_large_is_kept_as_far_as_it_fits(
    client: httpx.Client, recorded: Recorded, version: str
) -> None:
    """The page is not lost: alerts that fit are open, and the group's resolve ends them."""
    fires = storm(recorded("firing", version), 20_000)
    sent = json.dumps(fires, separators=(",", ":")).encode()
    assert len(sent) > 2 * body.MAX_BODY_BYTES

    assert client.post("/webhook", content=sent, headers=JSON).status_code == 200
    (one,) = client.get("/api/v1/notifications").json()
    kept = one["notification"].pop("alerts")
    assert one["notification"].pop("inboxShortened") is True
    assert one["notification"] == {k: v for k, v in fires.items() if k != "alerts"}
    assert kept == fires["alerts"][: len(kept)]
    assert len(json.dumps(kept, separators=(",", ":"))) > body.MAX_BODY_BYTES * 0.95
    assert counted(client, "inbox_alerts_open") == len(kept)

    over = json.dumps(fires | {"status": "resolved"}, indent=1).encode()
    assert client.post("/webhook", content=over, headers=JSON).status_code == 200
    assert counted(client, "inbox_alerts_open") == 0


def test_bodies_beyond_the_room_are_to_be_sent_again(
    client: httpx.Client, recorded: Recorded
) -> None:
    """Senders that stop halfway fill no memory; when they go, their room is free again."""
    address = client.base_url
    about = f"Host: {address.host}\r\nContent-Type: application/json\r\nContent-Length: 9999999"
    unfinished = f"POST /webhook HTTP/1.1\r\n{about}\r\n\r\n".encode() + b" " * 3_900_000
    refused = 'inbox_notifications_refused_total{reason="storage"}'
    with ExitStack() as senders:
        for _ in range(3):
            sender = socket.create_connection((address.host, address.port or 0))
            # Whoever does not fit is cut off.
            with suppress(OSError):
                senders.enter_context(sender).sendall(unfinished)
        _wait(lambda: counted(client, refused) >= 1)
        assert client.get("/readyz").status_code == 200
    large = storm(recorded("firing"), 5_000)
    _wait(lambda: client.post("/webhook", json=large).status_code == 200)


def _wait(met: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 20
    while not met():
        assert time.monotonic() < deadline


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Content-Type": "text/plain"}, 415),
        ({"Content-Type": "application/x-www-form-urlencoded"}, 415),
        ({"Content-Type": ""}, 415),
        ({"Origin": "http://evil.example"}, 403),
        ({"Origin": "null"}, 403),
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({"Sec-Fetch-Site": "same-origin"}, 403),
    ],
)
def test_no_web_page_forges_an_incident(
    client: httpx.Client, recorded: Recorded, headers: dict[str, str], status: int
) -> None:
    """What a page can send without asking is not JSON, or says that a browser sent it."""
    answer = client.post("/webhook", content=json.dumps(recorded("firing")), headers=JSON | headers)

    assert answer.status_code == status
    assert client.get("/api/v1/alerts").json() == []
    assert counted(client, 'inbox_notifications_refused_total{reason="foreign"}') == 1


@pytest.mark.parametrize("kind", ["application/json", "Application/JSON; charset=utf-8"])
@pytest.mark.parametrize("host", ["inbox:8080", "inbox.monitoring.svc.cluster.local"])
def test_alertmanager_may_call_the_inbox_what_it_likes(
    client: httpx.Client, recorded: Recorded, kind: str, host: str
) -> None:
    """A valid notification is stored under whatever name it came."""
    answer = client.post(
        "/webhook",
        content=json.dumps(recorded("firing")),
        headers={"Content-Type": kind, "Host": host},
    )

    assert answer.status_code == 200


def test_a_large_group_is_taken(client: httpx.Client, recorded: Recorded) -> None:
    """A storm of 5,000 alerts in one group is one notification like any other."""
    assert client.post("/webhook", json=storm(recorded("firing"), 5_000)).status_code == 200
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

    assert client.post("/webhook", content=json.dumps(document), headers=JSON).status_code == 200
    assert client.get("/").status_code == 200
    assert client.get("/api/v1/notifications").json()[0]["status"] == "firing"
