"""Is what was found again, by a person and by a spreadsheet?"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from typing import Any

import httpx
import pytest

Recorded = Callable[..., dict[str, Any]]


def labelled(recorded: Recorded, number: int, **labels: str) -> dict[str, Any]:
    document = recorded("firing") | {"groupKey": f"g{number}"}
    (alert,) = document["alerts"]
    return document | {
        "alerts": [alert | {"labels": alert["labels"] | labels, "fingerprint": f"f{number}"}]
    }


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("", {"a", "b", "ü"}),
        ("CACHEDOWN", {"a", "b", "ü"}),
        ("100%", {"a"}),
        ("_", {"b"}),
        ("ü", {"ü"}),
        ("nothing like it", set()),
        ("'; DROP TABLE alerts; --", set()),
    ],
)
def test_a_text_is_found_wherever_it_stands(
    client: httpx.Client, recorded: Recorded, text: str, found: set[str]
) -> None:
    """Labels and annotations are searched; what is special to a database is not."""
    for number, labels in enumerate(
        [
            {"instance": "a", "tenant": "100%"},
            {"instance": "b", "tenant": "1_0"},
            {"instance": "ü", "tenant": "x"},
        ]
    ):
        sent = labelled(recorded, number, **labels)
        sent["alerts"][0]["annotations"] = {"summary": "down"}
        client.post("/webhook", json=sent)

    answer = client.get("/api/v1/alerts", params={"q": text})
    assert {one["labels"]["instance"] for one in answer.json()} == found
    shown = client.get("/history", params={"q": text}).text
    assert ("Nothing is found" in shown) == (not found)


def test_the_history_says_how_each_ended(client: httpx.Client, recorded: Recorded) -> None:
    """Open ones say since when; resolved ones how long they lasted."""
    client.post("/webhook", json=recorded("firing"))
    assert "open for" in client.get("/history").text
    assert "Nothing is found" in client.get("/history", params={"state": "resolved"}).text

    client.post("/webhook", json=recorded("firing") | {"status": "resolved"})
    assert "lasted" in client.get("/history", params={"state": "resolved"}).text


def test_a_spreadsheet_gets_text_and_no_formulas(client: httpx.Client, recorded: Recorded) -> None:
    """One line an incident; what a spreadsheet would run is quoted."""
    sent = labelled(recorded, 1, instance='=HYPERLINK("http://evil")', service='a "b", c')
    client.post("/webhook", json=sent)

    answer = client.get("/api/v1/alerts.csv", params={"state": "open"})
    assert answer.headers["content-type"].startswith("text/csv")
    assert "attachment" in answer.headers["content-disposition"]
    (line,) = csv.DictReader(io.StringIO(answer.text))
    assert line["alertname"] == "CacheDown"
    assert line["status"] == "firing"
    assert line["instance"] == '\'=HYPERLINK("http://evil")'
    assert line["service"] == 'a "b", c'


def test_a_search_is_text(client: httpx.Client) -> None:
    """What is looked for is shown again, and does nothing."""
    for path in ("/history", "/why"):
        shown = client.get(path, params={"q": '"><script>alert(1)</script>'}).text
        assert "<script>alert" not in shown
