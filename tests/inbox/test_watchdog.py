"""Does the inbox notice that nobody would tell it anything any more?"""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest
import yaml

from compose.inbox.peers import Seen
from compose.inbox.surroundings import Surroundings, SurroundingsFile
from compose.inbox.watchdog import Heartbeat, Watchdog, notification
from exporters.errors import UserError

Recorded = Callable[..., dict[str, Any]]
Start = Callable[..., Any]

NOWHERE = {"address": "127.0.0.1:9", "url": "http://127.0.0.1:9"}
RENDERED = {
    "url": "http://127.0.0.1:19080",
    "prometheus": NOWHERE,
    "alertmanager": NOWHERE,
    "held_seconds": {},
    "resolve_seconds": 1,
    "watchdog": {"alert": "Watchdog", "silence_seconds": 1},
}
PATIENT = {"watchdog": {"alert": "Watchdog", "silence_seconds": 3600}}


@pytest.fixture
def surroundings(tmp_path: Path) -> Path:
    """Return a file as it is rendered for a stack of which nothing answers."""
    file = tmp_path / "inbox.yaml"
    file.write_text(yaml.safe_dump(RENDERED))
    return file


def watchdog(recorded: Recorded, status: str = "firing") -> dict[str, Any]:
    document = recorded("firing") | {"status": status, "groupKey": "watchdog", "receiver": "inbox"}
    (alert,) = document["alerts"]
    labels = {"alertname": "Watchdog", "severity": "info"}
    return document | {"alerts": [alert | {"labels": labels, "status": status}]}


def post(inbox: Any, document: dict[str, Any]) -> None:
    assert httpx.post(f"{inbox.url}/webhook", json=document).status_code == 200


def deaths(inbox: Any, state: str = "all") -> list[dict[str, Any]]:
    params = {"alertname": "MonitoringDead", "state": state}
    found: list[dict[str, Any]] = httpx.get(f"{inbox.url}/api/v1/alerts", params=params).json()
    return found


def is_over(inbox: Any, recorded: Recorded) -> bool:
    """Let the Watchdog come, and see whether the incident is resolved."""
    post(inbox, watchdog(recorded))
    return deaths(inbox, "open") == []


def wait(met: Callable[[], Any]) -> Any:
    deadline = time.monotonic() + 30
    while not (found := met()):
        assert time.monotonic() < deadline
        time.sleep(0.05)
    return found


def test_a_watchdog_that_stops_is_an_incident_until_it_comes_again(
    start: Start, recorded: Recorded, surroundings: Path
) -> None:
    """Silence opens a critical incident that says who does not answer; a beat resolves it."""
    inbox = start("--surroundings", str(surroundings))
    post(inbox, watchdog(recorded))

    (incident,) = wait(lambda: deaths(inbox, "open"))
    assert incident["labels"]["severity"] == "critical"
    assert incident["annotations"]["summary"] == (
        "Monitoring is dead: Prometheus does not answer and Alertmanager does not answer"
    )
    assert incident["links"]["runbook"] == "http://127.0.0.1:19080/runbooks/Watchdog"
    assert "MonitoringDead" in httpx.get(inbox.url).text

    wait(lambda: is_over(inbox, recorded))
    assert deaths(inbox)[0]["status"] == "resolved"


def test_a_watchdog_that_ends_is_an_incident_at_once(
    start: Start, recorded: Recorded, surroundings: Path
) -> None:
    """Alertmanager says that it has ended: no need to wait for silence."""
    surroundings.write_text(yaml.safe_dump(RENDERED | PATIENT))
    inbox = start("--surroundings", str(surroundings))
    post(inbox, watchdog(recorded))
    assert deaths(inbox) == []

    post(inbox, watchdog(recorded, "resolved"))
    wait(lambda: deaths(inbox, "open"))


def test_heartbeats_fill_no_history(start: Start, recorded: Recorded, surroundings: Path) -> None:
    """The Watchdog is neither an incident nor a notification to look up, but a time."""
    surroundings.write_text(yaml.safe_dump(RENDERED | PATIENT))
    inbox = start("--surroundings", str(surroundings))
    before = time.time()
    post(inbox, watchdog(recorded))

    assert httpx.get(f"{inbox.url}/api/v1/alerts", params={"alertname": "Watchdog"}).json() == []
    assert httpx.get(f"{inbox.url}/api/v1/notifications").json() == []
    text = httpx.get(f"{inbox.url}/metrics").text
    (seen,) = [
        float(line.split()[1])
        for line in text.splitlines()
        if line.startswith("inbox_watchdog_last_seen_timestamp_seconds ")
    ]
    assert before <= seen <= time.time()


def test_death_outlives_the_inbox(start: Start, recorded: Recorded, surroundings: Path) -> None:
    """Killed while monitoring is dead, the inbox goes on with the same incident."""
    inbox = start("--surroundings", str(surroundings))
    post(inbox, watchdog(recorded))
    wait(lambda: deaths(inbox, "open"))
    (death,) = deaths(inbox)
    inbox.process.kill()
    inbox.process.wait()

    again = start("--surroundings", str(surroundings))
    assert [one["id"] for one in deaths(again, "open")] == [death["id"]]
    post(again, watchdog(recorded))
    wait(lambda: death["id"] not in [one["id"] for one in deaths(again, "open")])


def test_without_a_watchdog_nothing_is_awaited(start: Start, recorded: Recorded) -> None:
    """An inbox by itself takes a Watchdog for an alert like any other, and misses none."""
    inbox = start()
    post(inbox, watchdog(recorded))

    params = {"alertname": "Watchdog"}
    assert len(httpx.get(f"{inbox.url}/api/v1/alerts", params=params).json()) == 1
    assert not Watchdog(None).is_dead(Surroundings())


def test_the_reason_is_what_is_known() -> None:
    """Who does not answer, else stale samples, else silence on the way."""
    all_up = (Seen("prometheus", up=True), Seen("alertmanager", up=True))

    def says(last: Heartbeat, *seen: Seen) -> str:
        (alert,) = notification(last, Surroundings(), seen, dead=True).alerts
        return alert.annotations["summary"].removeprefix("Monitoring is dead: ")

    beaten = Heartbeat(1, time.monotonic() - 40)
    assert says(beaten, all_up[0], Seen("alertmanager", up=False)) == "Alertmanager does not answer"
    assert says(Heartbeat(1, 0, firing=False), *all_up).endswith("has no fresh samples")
    assert says(beaten, *all_up).endswith("the Watchdog has not come for 40 s")


def test_a_file_that_is_rendered_anew_is_read_anew(surroundings: Path) -> None:
    """What holds is what the file says now; while it is broken, what it said before."""
    file = SurroundingsFile(surroundings)
    assert file.read().silence_seconds == 1

    surroundings.write_text(json.dumps(RENDERED | {"watchdog": None}))
    assert file.read().watchdog == ""
    surroundings.write_text("{")
    assert file.read().url == "http://127.0.0.1:19080"


@pytest.mark.parametrize("text", ["", "[]", "url: x", "{"])
def test_a_file_that_is_not_ours_says_what_to_do(surroundings: Path, text: str) -> None:
    """No traceback: the file, what is wrong with it, and the command that writes it."""
    surroundings.write_text(text)

    with pytest.raises(UserError, match=r"not what is rendered .*; run: lightship render"):
        SurroundingsFile(surroundings)
