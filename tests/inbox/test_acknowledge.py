"""Can a person say that they look after it, and nobody else for them?"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import httpx
import pytest

Recorded = Callable[..., dict[str, Any]]
Start = Callable[..., Any]


def open_ids(client: httpx.Client) -> list[int]:
    return [one["id"] for one in client.get("/api/v1/alerts", params={"state": "open"}).json()]


def test_who_and_when_is_kept(start: Start, recorded: Recorded) -> None:
    """A name and a time stay with the incident, through a kill -9 and its resolve."""
    first = start()
    httpx.post(f"{first.url}/webhook", json=recorded("second-fires"))
    with httpx.Client(base_url=first.url) as client:
        answer = client.post("/acknowledge", json={"incident": open_ids(client), "by": " Ana "})
    assert answer.json() == {"acknowledged": 2}
    first.process.kill()
    first.process.wait()

    second = start()
    httpx.post(f"{second.url}/webhook", json=recorded("resolved"))
    kept = httpx.get(f"{second.url}/api/v1/alerts").json()
    assert {one["acknowledged_by"] for one in kept} == {"Ana"}
    assert all(one["acknowledged_at"] for one in kept)
    assert "Ana looks after it" in httpx.get(second.url).text


def test_the_pages_form_works_without_a_script(client: httpx.Client, recorded: Recorded) -> None:
    """The button of a card acknowledges its whole group, and leads back to the page."""
    client.post("/webhook", json=recorded("second-fires"))
    form = {"incident": [str(number) for number in open_ids(client)], "by": "Ana"}
    answer = client.post(
        "/acknowledge", data=form, headers={"Origin": str(client.base_url).rstrip("/")}
    )

    assert (answer.status_code, answer.headers["location"]) == (303, "/")
    shown = client.get("/").text
    assert "Ana looks after it" in shown
    assert "I look after it" not in shown


def test_the_first_name_stays(client: httpx.Client, recorded: Recorded) -> None:
    """Whoever is second is told that there was nothing left to take."""
    client.post("/webhook", json=recorded("firing"))
    ids = open_ids(client)
    client.post("/acknowledge", json={"incident": ids, "by": "Ana"})

    answer = client.post("/acknowledge", json={"incident": ids, "by": "Bo"})
    assert answer.json() == {"acknowledged": 0}
    assert client.get("/api/v1/alerts").json()[0]["acknowledged_by"] == "Ana"


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "http://evil.example"},
        {"Origin": "null"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
    ],
)
def test_no_other_page_speaks_for_a_person(
    client: httpx.Client, recorded: Recorded, headers: dict[str, str]
) -> None:
    """What a page of somebody else's sends is refused."""
    client.post("/webhook", json=recorded("firing"))
    data = {"incident": str(open_ids(client)[0]), "by": "evil"}

    assert client.post("/acknowledge", data=data, headers=headers).status_code == 403
    assert client.get("/api/v1/alerts").json()[0]["acknowledged_by"] is None


@pytest.mark.parametrize(
    "body",
    [
        *("", "[]", "{}", '{"incident": 1, "by": "a"}', '{"incident": ["x"], "by": "a"}'),
        *('{"incident": [1], "by": " "}', '{"incident": [9999999999999999999999], "by": "a"}'),
        "x" * 200_000,
    ],
)
def test_what_is_no_acknowledgement_is_refused(client: httpx.Client, body: str) -> None:
    """It is told what is wrong, and nothing breaks."""
    answer = client.post("/acknowledge", content=body, headers={"Content-Type": "application/json"})

    assert answer.status_code == 400
    assert answer.json()["what is wrong"]


def test_a_name_is_text(client: httpx.Client, recorded: Recorded) -> None:
    """A name with HTML in it is shown and does nothing."""
    client.post("/webhook", json=recorded("firing"))
    client.post("/acknowledge", json={"incident": open_ids(client), "by": "<b onclick=x>"})

    assert "&lt;b onclick=x&gt; looks after it" in client.get("/").text
