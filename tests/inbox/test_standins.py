"""Do the stand-ins refuse what the services that they stand in for refuse?"""

from __future__ import annotations

import json
import signal
import smtplib
import ssl
import subprocess
import sys
from collections.abc import Iterator
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import httpx
import pytest
import trustme

from compose.inbox.standins import body, mail
from compose.inbox.standins.app import build
from compose.inbox.standins.delivered import KEPT, Delivered, Message
from compose.local.ports import reserve

ROOT = Path(__file__).parents[2]

Answering = Any

KEY = "0" * 32
PAYLOAD = {"summary": "Till 1 is down", "source": "till-1", "severity": "critical"}
TRIGGER = {"routing_key": KEY, "event_action": "trigger", "payload": PAYLOAD}
RESOLVE = {"routing_key": KEY, "event_action": "resolve", "dedup_key": "a"}


@pytest.fixture
def delivered() -> Delivered:
    """Return an empty list of deliveries."""
    return Delivered()


@pytest.fixture
def client(delivered: Delivered, answering: Answering) -> Iterator[httpx.Client]:
    """Talk to the stand-ins in this process."""
    with answering(build(delivered)) as client:
        yield client


@pytest.mark.parametrize(
    ("sent", "answer"),
    [
        (b"{", "invalid_payload"),
        (b"[]", "invalid_payload"),
        (b'{"attachments": [1]}', "invalid_payload"),
        (b'{"attachments": 1}', "invalid_payload"),
        (b'{"text": " "}', "no_text"),
        (b'{"attachments": [{"title": "only"}]}', "no_text"),
        (json.dumps({"attachments": [{"text": "a"}] * 101}).encode(), "too_many_attachments"),
        (b" " * (body.MAX_BYTES + 1), "invalid_payload"),
    ],
)
def test_slack_refuses(
    client: httpx.Client, delivered: Delivered, sent: bytes, answer: str
) -> None:
    """What is no message is answered with 400 and Slack's word for it, and not kept."""
    found = client.post("/slack/services/a", content=sent)

    assert (found.status_code, found.text) == (400, answer)
    assert not delivered.newest()


def test_slack_takes_attachments_and_blocks(client: httpx.Client, delivered: Delivered) -> None:
    """Both ways to say something are read, fields among them."""
    said = {
        "channel": "#till",
        "attachments": [{"title": "Down", "text": "a", "fields": [{"title": "b", "value": "c"}]}],
        "blocks": [{"type": "section", "text": {"type": "mrkdwn", "text": "d"}}],
    }

    assert client.post("/slack/services/a", json=said).text == "ok"
    (found,) = delivered.newest()
    assert (found.message.title, found.message.text) == ("Down", "a\nb: c\nd")


@pytest.mark.parametrize(
    ("event", "wrong"),
    [
        (TRIGGER | {"routing_key": "short"}, "'routing_key'"),
        (TRIGGER | {"event_action": "fire"}, "'event_action'"),
        (TRIGGER | {"payload": None}, "'payload' is missing"),
        (TRIGGER | {"payload": PAYLOAD | {"severity": "page"}}, "'payload.severity'"),
        (TRIGGER | {"payload": PAYLOAD | {"source": ""}}, "'payload.source'"),
        (TRIGGER | {"payload": PAYLOAD | {"summary": "a" * 1025}}, "'payload.summary'"),
        (RESOLVE | {"dedup_key": ""}, "'dedup_key' is missing"),
        (RESOLVE | {"dedup_key": "a" * 256}, "'dedup_key' has more than 255"),
    ],
)
def test_pagerduty_refuses(
    client: httpx.Client, delivered: Delivered, event: dict[str, Any], wrong: str
) -> None:
    """An event that its reference rules out is answered with 400, and why."""
    found = client.post("/pagerduty/v2/enqueue", json=event)

    assert found.status_code == 400
    (said,) = found.json()["errors"]
    assert said.startswith(wrong)
    assert not delivered.newest()


def test_pagerduty_names_the_incident(client: httpx.Client) -> None:
    """Whoever names no incident is told the name of the new one."""
    found = client.post("/pagerduty/v2/enqueue", json=TRIGGER)

    assert found.status_code == 202
    assert len(found.json()["dedup_key"]) == 32
    known = client.post("/pagerduty/v2/enqueue", json=RESOLVE).json()["dedup_key"]
    assert known == "a"


@pytest.fixture
def guarded(delivered: Delivered) -> Iterator[tuple[int, ssl.SSLContext]]:
    """Run a mail server that asks who is there; give its port, and how to trust it."""
    issuer = trustme.CA()
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    issuer.issue_cert("127.0.0.1").configure_cert(context)
    server = mail.controller(
        delivered, "127.0.0.1", reserve(), mail.Login("lightship", "right", context)
    )
    mail.start(server)
    trusting = ssl.create_default_context()
    issuer.configure_trust(trusting)
    yield server.port, trusting
    server.stop()


def letter() -> EmailMessage:
    found = EmailMessage()
    found["From"], found["To"], found["Subject"] = "a@example.org", "b@example.org", "c"
    found.set_content("d")
    return found


def test_mail_is_guarded(guarded: tuple[int, ssl.SSLContext], delivered: Delivered) -> None:
    """Without TLS nothing is taken, with the wrong password neither; with the right one it is."""
    port, trusting = guarded
    with (
        smtplib.SMTP("127.0.0.1", port, timeout=60) as plain,
        pytest.raises(smtplib.SMTPSenderRefused),
    ):
        plain.send_message(letter())
    with smtplib.SMTP("127.0.0.1", port, timeout=60) as sender:
        sender.starttls(context=trusting)
        with pytest.raises(smtplib.SMTPAuthenticationError):
            sender.login("lightship", "wrong")
        sender.login("lightship", "right")
        sender.send_message(letter())

    (found,) = delivered.newest()
    assert (found.message.title, found.message.text.strip()) == ("c", "d")


def test_only_the_newest_are_kept(client: httpx.Client, delivered: Delivered) -> None:
    """A storm takes no more memory than that of so many messages."""
    for number in range(KEPT + 1):
        delivered.add(Message("mail", "a", str(number), "", {}))

    found = client.get("/api/v1/delivered").json()
    assert len(found) == KEPT
    assert found[0]["title"] == str(KEPT)


def test_a_mail_is_shown_as_it_is_and_can_do_nothing(
    client: httpx.Client, delivered: Delivered
) -> None:
    """Its styles hold, its scripts do not; one that is not there is not found."""
    delivered.add(Message("mail", "a", "b", "", {}, html="<p style='color:red'>c</p>"))

    found = client.get("/mail/1")
    assert found.text == "<p style='color:red'>c</p>"
    assert found.headers["Content-Security-Policy"].endswith("sandbox")
    assert client.get("/mail/2").status_code == 404
    assert client.get("/").headers["Content-Security-Policy"].startswith("default-src 'none'")


def stand_ins(*options: str) -> subprocess.Popen[str]:
    """Start the stand-ins as a process."""
    command = [sys.executable, "-m", "compose.inbox", "stand-ins", *options]
    return subprocess.Popen(command, cwd=ROOT, stderr=subprocess.PIPE, text=True)


def test_they_run_and_stop() -> None:
    """As a process they take mail and web requests, and end when told to."""
    port = reserve()
    process = stand_ins("--listen=127.0.0.1:0", f"--mail=127.0.0.1:{port}")
    assert process.stderr
    try:
        assert json.loads(process.stderr.readline())["mail"] == f"127.0.0.1:{port}"
        with smtplib.SMTP("127.0.0.1", port, timeout=60) as sender:
            sender.send_message(letter())
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=60) == 0
    finally:
        process.kill()
        process.communicate()


def test_others_are_kept_out() -> None:
    """Beyond this machine they listen only where that is said."""
    process = stand_ins("--listen=0.0.0.0:0", f"--mail=127.0.0.1:{reserve()}")
    _, said = process.communicate(timeout=60)

    assert process.returncode == 1
    assert "others than this machine could read and forge messages" in said
