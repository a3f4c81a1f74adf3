"""What Slack, PagerDuty and mail get from a real Alertmanager, as stand-ins for them take it."""

from __future__ import annotations

import shutil
import ssl
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from html import unescape
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest
import requests
import trustme

from compose.inbox.standins import mail
from compose.inbox.standins.app import build
from compose.inbox.standins.delivered import Delivered, Message
from compose.local import tools
from compose.local.ports import reserve
from exporters.settings import load
from generator.endpoints import COMPOSE, Endpoint
from generator.messages import MOST_LISTED
from generator.model import Model
from generator.proofs import amtool
from generator.routes import Receiver, Route, Routing

ROOT = Path(__file__).parents[2]

# What is waited for takes a few seconds where nothing else runs.
DEADLINE_SECONDS = 120
KINDS = ("slack", "pagerduty", "mail")

SLACK_PATH = "/slack/services/T0/B0/planted-slack"
PAGER_KEY = "planted0pager0key0planted0pager0"
MAIL_PASSWORD = "planted-mail-password"

SETTINGS = """
targets:
  till-1: {{kind: redis, url: "redis://till-1:6379", service: till}}
services: {{till: {{}}}}
receivers:
  everyone:
    - slack: {{api_url_file: slack, channel: "#till"}}
    - pagerduty: {{routing_key_file: pager, url: "http://{web}/pagerduty/v2/enqueue"}}
    - email:
        to: oncall@example.org
        from: lightship@example.org
        smarthost: {smarthost}
        auth_username: lightship
        auth_password_file: mail
        tls_config: {{ca_file: ca.pem}}
links:
  inbox: https://inbox.example.org
  alertmanager: https://alertmanager.example.org
"""
HOSTILE = "<script>alert(1)</script> <!channel> \"'&{{ .Nothing }}\u202e" + "x" * 1_200
EVIL_LINK = "javascript:alert(1)"


Answering = Any

# By receiver and service.
Messages = dict[tuple[str, str], Message]


@dataclass(frozen=True)
class Told:
    """What the stand-ins were told, their page of it, and what Alertmanager logged."""

    firing: Messages
    resolved: Messages
    log: str
    page: str


def alert(service: str, instance: str = "a", **annotations: str) -> dict[str, Any]:
    """Return an alert as Prometheus sends it, its times left out."""
    return {
        "labels": {
            "alertname": "TillDown",
            "severity": "critical",
            "service": service,
            "instance": instance,
        },
        "annotations": annotations,
        "generatorURL": "https://prometheus.example.org/graph?g0.expr=up",
    }


def telling(text: str) -> dict[str, str]:
    """Return the annotations of an alert, as the renderer writes them."""
    return {
        "summary": f"{text} answers in 7.5 s, above 2 s",
        "description": f"Nobody can pay at {text}.",
        "runbook_url": "https://inbox.example.org/runbooks/TillDown",
        "dashboard_url": "https://grafana.example.org/d/till?from=1",
    }


ALERTS = [
    # A test: nothing is known of it but its name.
    alert("bare"),
    alert("one", **telling("Till 1")),
    *(alert("many", f"i{number}", **telling(f"Till {number}")) for number in range(50)),
    alert(HOSTILE, **{**telling(HOSTILE), "runbook_url": EVIL_LINK}),
    # Alertmanager makes a template of whatever is YAML in what it tells a pager.
    alert("yaml", summary='{a: "{{ .Nothing }}"}'),
]
SERVICES = ("bare", "one", "many", HOSTILE, "yaml")
EXPECTED = len(SERVICES) * len(KINDS)


@contextmanager
def mailbox(delivered: Delivered, folder: Path) -> Iterator[str]:
    """Run a mail server that asks for TLS and a password; yield where."""
    issuer = trustme.CA()
    issuer.cert_pem.write_to_path(folder / "ca.pem")
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    issuer.issue_cert("127.0.0.1").configure_cert(context)
    login = mail.Login("lightship", MAIL_PASSWORD, context)
    server = mail.controller(delivered, "127.0.0.1", reserve(), login)
    mail.start(server)
    try:
        yield f"127.0.0.1:{server.port}"
    finally:
        server.stop()


def model(folder: Path, web: str, smarthost: str) -> Model:
    """Return a stack that tells one receiver in every way, its secrets in files."""
    secrets = {"slack": f"http://{web}{SLACK_PATH}", "pager": PAGER_KEY, "mail": MAIL_PASSWORD}
    for name, text in secrets.items():
        (folder / name).write_text(text)
    (folder / "lightship.yaml").write_text(SETTINGS.format(web=web, smarthost=smarthost))
    routing = Routing(
        root=Route(
            to=Receiver("everyone"),
            group_by=("alertname", "service"),
            wait="2s",
            interval="1s",
            repeat="1h",
        )
    )
    settings = load(folder / "lightship.yaml")
    # Nobody is there: what cannot reach the inbox reaches the others all the same.
    nowhere = Endpoint(f"127.0.0.1:{reserve()}", "https://inbox.example.org")
    endpoints = replace(COMPOSE, inbox=nowhere).linked(settings.links)
    return Model(folder, {}, {}, routing, {}, settings=settings, endpoints=endpoints)


@contextmanager
def alertmanager(folder: Path, stack: Model, log: Path) -> Iterator[str]:
    """Run an Alertmanager with what is rendered for a stack; yield where."""
    found = tools.find(ROOT / tools.FOLDER)
    assert found, "alertmanager is missing; run: lightship tools"
    port = reserve()
    url = f"http://127.0.0.1:{port}"
    with amtool.rendered(stack) as rendered, log.open("w") as output:
        assert not amtool.refused(rendered)
        shutil.copytree(rendered, folder / "rendered")
        process = subprocess.Popen(
            [
                str(found.alertmanager.path),
                f"--config.file={folder}/rendered/alertmanager.yml",
                f"--storage.path={folder}/data",
                f"--web.listen-address=127.0.0.1:{port}",
                f"--web.external-url={stack.endpoints.alertmanager.url}",
                "--web.route-prefix=/",
                "--cluster.listen-address=",
            ],
            cwd=found.alertmanager.directory,
            stderr=output,
        )
        try:
            wait_for(lambda: ready(f"{url}/-/ready"), log)
            yield url
        finally:
            process.terminate()
            process.wait()


def ready(url: str) -> bool:
    try:
        return requests.get(url, timeout=5).ok
    except requests.ConnectionError:
        return False


def wait_for(what: Any, log: Path) -> None:
    deadline = time.monotonic() + DEADLINE_SECONDS
    while not what():
        assert time.monotonic() < deadline, log.read_text()[-4_000:]
        time.sleep(0.1)


def by_service(messages: Sequence[Message]) -> Messages:
    """Return the newest messages by receiver and the service that their title names."""
    signs = {name: f"· {name}" for name in SERVICES} | {HOSTILE: "script"}
    return {
        (one.kind, name): one
        for one in reversed(messages)
        for name, sign in signs.items()
        if sign in one.title
    }


def by_incident(messages: Sequence[Message], firing: Messages) -> Messages:
    """Return what is over; of that a pager is told by the key of its incident, without words."""
    keys = {
        one.said["dedup_key"]: place for place, one in firing.items() if place[0] == "pagerduty"
    }
    resolves = [one for one in messages if one.said.get("event_action") == "resolve"]
    pager = {keys[one.said["dedup_key"]]: one for one in resolves}
    return by_service([one for one in messages if "[RESOLVED]" in one.title]) | pager


@pytest.fixture(scope="session")
def told(tmp_path_factory: pytest.TempPathFactory, answering: Answering) -> Told:
    """Let a real Alertmanager tell of every group that it fires, and then that it is over."""
    folder = tmp_path_factory.mktemp("receivers")
    log = folder / "alertmanager.log"
    delivered = Delivered()

    def messages() -> list[Message]:
        return [one.message for one in delivered.newest()]

    def all_fire() -> bool:
        found = by_service(messages())
        return len(found) == EXPECTED and all(
            "[FIRING:50]" in found[kind, "many"].title for kind in KINDS
        )

    with (
        answering(build(delivered)) as web,
        mailbox(delivered, folder) as smarthost,
        alertmanager(folder, model(folder, web.base_url.netloc.decode(), smarthost), log) as url,
    ):
        now = datetime.now(UTC)
        send(url, began=now, ends=now + timedelta(hours=1))
        wait_for(all_fire, log)
        firing = by_service(messages())
        # Alertmanager takes the earlier of two beginnings: it lasted for a minute and a half.
        now = datetime.now(UTC)
        began = now - timedelta(seconds=90)
        send(url, began=began, ends=now)
        wait_for(lambda: len(by_incident(messages(), firing)) == EXPECTED, log)
        resolved = by_incident(messages(), firing)
        page = web.get("/").text
    return Told(firing, resolved, log.read_text(), page)


def send(url: str, *, began: datetime, ends: datetime) -> None:
    """Give an Alertmanager all ALERTS."""
    times = {"startsAt": began.isoformat(), "endsAt": ends.isoformat()}
    said = [{**one, **times} for one in ALERTS]
    requests.post(f"{url}/api/v2/alerts", json=said, timeout=10).raise_for_status()


def shown(message: Message) -> str:
    """Return all words and addresses of a message, as its reader's program shows them."""
    texts = message.text + unescape(message.html)
    return unquote(unescape(texts) if message.kind == "slack" else texts)


@pytest.mark.parametrize("service", SERVICES, ids=("bare", "one", "many", "hostile", "yaml"))
@pytest.mark.parametrize("kind", KINDS)
def test_every_way_is_taken(told: Told, kind: str, service: str) -> None:
    """Whatever fires is told to every receiver, and so is that it is over."""
    assert (kind, service) in told.firing
    assert (kind, service) in told.resolved


@pytest.mark.parametrize("kind", KINDS)
def test_a_message_says_what_to_do(told: Told, kind: str) -> None:
    """Summary with the value, impact, since when, runbook, dashboard, graph and silence."""
    words = shown(told.firing[kind, "one"])

    for said in (
        "Till 1 answers in 7.5 s, above 2 s",
        "Nobody can pay at Till 1.",
        "since 20",
        "https://inbox.example.org/runbooks/TillDown",
        "https://grafana.example.org/d/till?from=1",
        "https://prometheus.example.org/graph?g0.expr=up",
        "https://alertmanager.example.org/#/silences/new?filter={",
        'service="one"',
    ):
        assert said in words


@pytest.mark.parametrize("kind", ["slack", "mail"])
def test_what_is_over_says_how_long_it_lasted(told: Told, kind: str) -> None:
    """How long, and where to see whether it really is over; nothing to silence."""
    words = shown(told.resolved[kind, "one"])

    assert "over: Till 1 answers" in words
    assert "after 1m30s" in words
    assert "https://inbox.example.org/history" in words
    assert "silences" not in words


def test_the_pager_closes_the_same_incident(told: Told) -> None:
    """What was triggered is resolved by its key."""
    for service in SERVICES:
        fired, over = (found["pagerduty", service].said for found in (told.firing, told.resolved))
        assert (fired["event_action"], over["event_action"]) == ("trigger", "resolve")
        assert fired["dedup_key"] == over["dedup_key"]
        assert fired["payload"]["severity"] == "critical"


@pytest.mark.parametrize("kind", KINDS)
def test_many_are_one_message(told: Told, kind: str) -> None:
    """Fifty alerts are one message that lists a few, counts all and leads to the rest."""
    message = told.firing[kind, "many"]

    assert "[FIRING:50]" in message.title
    assert message.text.count("Nobody can pay") == MOST_LISTED
    assert "50 alerts in all" in shown(message)


def test_labels_are_words_and_nothing_else(told: Told) -> None:
    """Markup in a label calls no channel, is no script, and links nowhere."""
    slack, letter = (told.firing[kind, HOSTILE] for kind in ("slack", "mail"))

    assert "<!" not in slack.text + slack.title
    assert "<script" not in slack.text + slack.title
    assert "&lt;!channel&gt;" in slack.text
    assert "<script" not in letter.html
    assert "&lt;script&gt;" in letter.html
    assert f'href="{EVIL_LINK}' not in letter.html
    assert "{{ .Nothing }}" in shown(letter)
    assert "<script>" not in told.page


def test_mail_is_html_and_text(told: Told) -> None:
    """Both parts say the same, behind TLS, with a subject of one line."""
    letter = told.firing["mail", "one"]

    assert letter.said["tls"] is True
    assert letter.to == "oncall@example.org"
    assert letter.title == "[FIRING:1] critical · TillDown · one"
    assert 'name="viewport"' in letter.html
    for part in (letter.text, letter.html):
        assert "Till 1 answers in 7.5 s, above 2 s" in part


def test_no_secret_is_told(told: Told) -> None:
    """Neither the log of Alertmanager nor what the page shows has a secret."""
    said = told.log + told.page

    assert not any(secret in said for secret in ("planted-slack", PAGER_KEY, MAIL_PASSWORD))
