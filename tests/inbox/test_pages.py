"""Does the page show what an on-call person needs, and run nothing it was sent?"""

from __future__ import annotations

import re
from collections.abc import Callable
from html.parser import HTMLParser
from typing import Any

import httpx
import pytest

Recorded = Callable[..., dict[str, Any]]

SCRIPTS = ["/static/tell.js", "/static/inbox.js"]


class Page(HTMLParser):
    """Elements of a page as (tag, attributes), and its text."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text = f"{self.text} {data.strip()}".strip()

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for found, attributes in self.elements if found == tag]


def page(client: httpx.Client, path: str = "/") -> Page:
    answer = client.get(path)
    assert answer.status_code == 200
    return Page(answer.text)


def invented(recorded: Recorded, name: str, severity: str, count: int = 1) -> dict[str, Any]:
    document = recorded("firing") | {"groupKey": name}
    (alert,) = document["alerts"]
    document["alerts"] = [
        alert
        | {
            "labels": alert["labels"]
            | {"alertname": name, "severity": severity, "instance": f"{name}-{number}"},
            "fingerprint": f"{name}-{number}",
        }
        for number in range(count)
    ]
    return document


def test_a_card_says_what_where_how_bad_and_what_next(
    client: httpx.Client, recorded: Recorded
) -> None:
    """Severity, alert, service, instance, summary, impact, since when, receiver, and the links."""
    client.post("/webhook", json=recorded("firing"))

    shown = page(client)
    for words in (
        *("1 critical", "CacheDown", "sessions", "sessions-1:6379", "team platform"),
        *("sessions-1:6379 has not answered for 1 min", "Users are logged out at each request."),
        *("since", "receiver page", "after it fired", "Open the runbook", "I look after it"),
        *("Dashboard", "Graph", "Silence"),
    ):
        assert words in shown.text
    (runbook,) = [link for link in shown.all("a") if link.get("class") == "runbook"]
    assert runbook["href"] == "http://127.0.0.1:19080/runbooks/CacheDown"


def test_the_worst_comes_first_then_the_newest(client: httpx.Client, recorded: Recorded) -> None:
    """A page is read from the top."""
    for name, severity in (("A", "info"), ("B", "critical"), ("C", "warning"), ("D", "unheard")):
        client.post("/webhook", json=invented(recorded, name, severity))

    classes = [one["class"] for one in page(client).all("article")]
    assert classes == ["card critical", "card warning", "card warning", "card info"]


def test_a_group_is_one_card_and_its_storm_is_folded(
    client: httpx.Client, recorded: Recorded
) -> None:
    """The first alerts of a large group say what it is; the others unfold."""
    client.post("/webhook", json=invented(recorded, "Storm", "critical", count=30))

    shown = page(client)
    assert len(shown.all("article")) == 1
    assert len([one for one in shown.all("a") if one.get("class") == "runbook"]) == 1
    assert "30 alerts" in shown.text
    assert "25 more in this group" in shown.text


def test_a_flood_does_not_wash_away_what_is_critical(
    client: httpx.Client, recorded: Recorded
) -> None:
    """When there is more than a page can show, the worst is shown and the rest is counted."""
    client.post("/webhook", json=invented(recorded, "CacheDown", "critical"))
    client.post("/webhook", json=invented(recorded, "Noise", "info", count=700))

    shown = page(client)
    assert "CacheDown" in shown.text
    assert "201 more open alerts are not drawn" in shown.text


def test_what_is_over_says_how_long_it_lasted(client: httpx.Client, recorded: Recorded) -> None:
    """Resolved incidents are below, with their duration; unnamed ends are called at most."""
    client.post("/webhook", json=recorded("first-resolves"))
    client.post("/webhook", json=recorded("resolved"))

    shown = page(client)
    assert not shown.all("article")
    assert "Nothing is open" in shown.text
    assert "lasted 4 s" in shown.text
    assert "at most" not in shown.text

    client.post("/webhook", json=invented(recorded, "A", "info"))
    client.post("/webhook", json=invented(recorded, "A", "info", count=0) | {"status": "resolved"})
    assert "at most" in page(client).text


def test_an_empty_inbox_says_what_that_means(client: httpx.Client, recorded: Recorded) -> None:
    """Never told of anything is another kind of quiet than everything resolved."""
    assert "Alertmanager has not sent anything yet" in page(client).text

    for step in ("firing", "resolved"):
        client.post("/webhook", json=recorded(step))
    assert "Every alert that Alertmanager told of is resolved" in page(client).text


def test_an_alert_without_texts_and_labels_is_still_shown(client: httpx.Client) -> None:
    """The barest notification makes a card that says what is missing."""
    client.post("/webhook", json={"status": "firing", "alerts": [{"labels": {}}]})

    shown = page(client)
    for words in ("(no name)", "(the alert has no summary)", "No runbook", "receiver (none)"):
        assert words in shown.text


@pytest.mark.parametrize("version", ["0.25", "0.33"])
def test_hostile_labels_are_text(client: httpx.Client, recorded: Recorded, version: str) -> None:
    """HTML, quotes and template marks in labels are shown as they are and do nothing."""
    document = recorded("hostile", version)
    attack = "\"'><script>alert(1)</script><img src=x onerror=alert(1)>{{ 7*7 }}"
    for alert in document["alerts"]:
        alert["labels"] |= dict.fromkeys(("alertname", "service", "team", "severity"), attack)
        alert["annotations"] |= {"runbook_url": "javascript:alert(1)"}
    other = document["alerts"][0] | {"fingerprint": "other"}
    for alerts in ([document["alerts"][0]], [document["alerts"][0], other]):
        document |= {"alerts": alerts, "receiver": attack, "externalURL": "javascript:alert(1)"}
        client.post("/webhook", json=document)
        for status in ("firing", "resolved", "firing"):
            client.post("/webhook", json=document | {"status": status})

            shown = page(client)
            assert [one.get("src") for one in shown.all("script")] == SCRIPTS
            assert not shown.all("img")
            assert all(not name.startswith("on") for _, found in shown.elements for name in found)
            assert all((one["href"] or "").startswith(("http", "/")) for one in shown.all("a"))
            assert "<script>alert(1)</script>" in shown.text
            assert "{{ 7*7 }}" in shown.text


@pytest.mark.parametrize("path", ["/", "/incidents", "/runbooks/Missing", "/static/inbox.js"])
def test_browsers_are_told_to_run_nothing_else(client: httpx.Client, path: str) -> None:
    """A strict content security policy and its companions are on every answer."""
    headers = client.get(path).headers

    policy = headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "script-src 'self';" in policy
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"
    assert headers["x-frame-options"] == "DENY"
    assert headers["cache-control"] == "no-store"
    assert "server" not in headers


def test_pages_obey_their_own_policy(client: httpx.Client, recorded: Recorded) -> None:
    """No inline script or style, and nothing from another host, so the policy breaks nothing."""
    client.post("/webhook", json=recorded("second-fires"))
    html = client.get("/").text
    shown = Page(html)

    assert not re.search(r"<script(?![^>]*\bsrc=)", html)
    assert not shown.all("style")
    assert all("style" not in found for _, found in shown.elements)
    loaded = [one.get("src") or one.get("href") for one in shown.all("script") + shown.all("link")]
    assert all(address and address.startswith("/static/") for address in loaded)
    assert all(client.get(str(address)).status_code == 200 for address in loaded)


def test_a_card_is_the_same_until_something_changes(
    client: httpx.Client, recorded: Recorded
) -> None:
    """The page's script keeps what has the same version in place."""

    def versions() -> list[str | None]:
        return [one["data-version"] for one in page(client, "/incidents").all("article")]

    client.post("/webhook", json=recorded("firing"))
    before = versions()
    client.post("/webhook", json=recorded("firing"))
    assert versions() == before

    client.post("/webhook", json=recorded("second-fires"))
    assert versions() != before
