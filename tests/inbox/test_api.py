"""Does the API say what the inbox holds?"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

import httpx
import pytest

Recorded = Callable[..., dict[str, Any]]


def test_an_incident_says_everything_that_is_known(
    client: httpx.Client, recorded: Recorded
) -> None:
    """Labels, texts, times, latencies and links of an alert, as JSON."""
    document = recorded("firing")
    client.post("/webhook", json=document)

    (one,) = client.get("/api/v1/alerts", params={"state": "open"}).json()
    (sent,) = document["alerts"]
    assert one["labels"] == sent["labels"]
    assert one["annotations"] == sent["annotations"]
    assert (one["status"], one["receiver"]) == ("firing", "page")
    assert one["group_key"] == document["groupKey"]
    assert one["links"]["runbook"] == "http://127.0.0.1:19080/runbooks/CacheDown"
    assert one["links"]["graph"] == sent["generatorURL"]
    assert one["links"]["silence"].startswith("http://alertmanager.example:9093/#/silences/new")
    assert one["links"]["dashboard"].endswith("&to=now")
    assert (one["ends_at"], one["resolved_at"], one["resolve_latency_seconds"]) == (None,) * 3


def test_latencies_are_the_times_between_sender_and_inbox(
    client: httpx.Client, recorded: Recorded
) -> None:
    """From the beginning to the first notification, and from the end to the resolve."""
    for step in ("firing", "resolved"):
        client.post("/webhook", json=recorded(step))
    client.post("/webhook", json=recorded("first-resolves"))

    for one in client.get("/api/v1/alerts", params={"state": "resolved"}).json():
        times = {key: one[key] and datetime.fromisoformat(one[key]) for key in one if "_at" in key}
        told = (times["received_at"] - times["starts_at"]).total_seconds()
        assert one["latency_seconds"] == pytest.approx(told, abs=0.002)
        if one["resolve_latency_seconds"] is not None:
            told = (times["resolved_at"] - times["ends_at"]).total_seconds()
            assert one["resolve_latency_seconds"] == pytest.approx(told, abs=0.002)


def test_alerts_are_found_by_name_and_counted_off(client: httpx.Client, recorded: Recorded) -> None:
    """A program asks for the alerts it waits for, the newest first."""
    for step in ("second-fires", "hostile"):
        client.post("/webhook", json=recorded(step))

    def names(**query: Any) -> list[str]:
        found = client.get("/api/v1/alerts", params=query).json()
        return [one["labels"]["alertname"] for one in found]

    assert names() == ["CacheMemoryNearLimit", "CacheDown", "CacheDown"]
    assert names(alertname="CacheDown") == ["CacheDown", "CacheDown"]
    assert names(alertname="CacheDown", state="resolved") == []
    assert names(limit=1) == ["CacheMemoryNearLimit"]


def test_the_history_holds_what_was_sent_as_it_was_sent(
    client: httpx.Client, recorded: Recorded
) -> None:
    """Each notification that came, the newest first, repeats included."""
    documents = [recorded("firing"), recorded("hostile", "0.25"), recorded("hostile", "0.25")]
    for document in documents:
        client.post("/webhook", json=document)

    history = client.get("/api/v1/notifications").json()
    assert [one["notification"] for one in history] == documents[::-1]
    assert history[0]["id"] > history[1]["id"]
    assert len(client.get("/api/v1/notifications", params={"limit": 2}).json()) == 2


def test_a_long_history_is_told_whole_and_in_order(
    client: httpx.Client, recorded: Recorded
) -> None:
    """It is read a little at a time; nothing is missing or twice where the parts meet."""
    for number in range(25):
        large = {"groupKey": str(number), "x": "x" * 60_000}
        client.post("/webhook", json=recorded("firing") | large)

    def keys(limit: int) -> list[str]:
        history = client.get("/api/v1/notifications", params={"limit": limit}).json()
        return [one["group_key"] for one in history]

    newest_first = [str(number) for number in range(24, -1, -1)]
    assert keys(10_000) == newest_first
    assert keys(7) == newest_first[:7]


@pytest.mark.parametrize(
    ("query", "problem"),
    [
        ("state=opened", "did you mean 'open'?"),
        ("state=", "choose from 'all', 'open', 'resolved'"),
        ("limit=0", "no number from 1 to 10000"),
        ("limit=-1", "no number"),
        ("limit=many", "no number"),
        ("limit=99999999999999999999", "no number"),
        ("limit=%C2%B2", "no number"),
    ],
)
def test_a_question_that_means_nothing_is_refused(
    client: httpx.Client, query: str, problem: str
) -> None:
    """The answer says which parameter, and what would do."""
    answer = client.get(f"/api/v1/alerts?{query}")

    assert answer.status_code == 400
    assert problem in answer.json()["what is wrong"][0]


def test_a_running_inbox_is_alive_and_ready(client: httpx.Client) -> None:
    """Both answer 200; what readiness means beyond that is the storage's business."""
    assert client.get("/livez").status_code == 200
    assert client.get("/readyz").status_code == 200
