"""Do notifications, in whatever order and number, become the right incidents?"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

Recorded = Callable[..., dict[str, Any]]

VERSIONS = ("0.25", "0.33")


def send(client: httpx.Client, *notifications: dict[str, Any]) -> None:
    for notification in notifications:
        assert client.post("/webhook", json=notification).status_code == 200


def incidents(client: httpx.Client, state: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = client.get("/api/v1/alerts", params={"state": state}).json()
    return found


def instances(client: httpx.Client, state: str) -> list[str]:
    return sorted(one["labels"]["instance"] for one in incidents(client, state))


def moved(notification: dict[str, Any], seconds: float) -> dict[str, Any]:
    """Return a notification whose alerts began so much after now."""
    began = (datetime.now(UTC) + timedelta(seconds=seconds)).isoformat()
    return notification | {"alerts": [one | {"startsAt": began} for one in notification["alerts"]]}


@pytest.mark.parametrize("version", VERSIONS)
def test_a_group_lives_and_ends_as_alertmanager_told(
    client: httpx.Client, recorded: Recorded, version: str
) -> None:
    """One alert fires, a second joins, the first resolves, then the group."""
    send(client, recorded("firing", version))
    assert instances(client, "open") == ["sessions-1:6379"]
    send(client, recorded("second-fires", version))
    assert instances(client, "open") == ["sessions-1:6379", "sessions-2:6379"]
    send(client, recorded("first-resolves", version))
    assert instances(client, "open") == ["sessions-2:6379"]
    send(client, recorded("resolved", version))
    assert instances(client, "open") == []
    assert instances(client, "resolved") == ["sessions-1:6379", "sessions-2:6379"]


def test_the_same_notification_again_is_no_second_incident(
    client: httpx.Client, recorded: Recorded
) -> None:
    """Alertmanager repeats itself after a restart; the incident stays one, since when it was."""
    firing, over = recorded("firing"), recorded("first-resolves")
    send(client, firing, firing)
    (before,) = incidents(client, "all")
    send(client, firing)
    assert incidents(client, "all") == [before]

    send(client, over, over)
    assert len(incidents(client, "all")) == 2


def test_a_resolve_told_twice_keeps_its_first_time(
    client: httpx.Client, recorded: Recorded
) -> None:
    """The time of a resolve is when it was first heard of."""
    send(client, recorded("firing"), recorded("resolved"))
    before = incidents(client, "resolved")
    send(client, recorded("resolved"))

    assert incidents(client, "resolved") == before


def test_a_resolved_group_resolves_alerts_that_it_does_not_name(
    client: httpx.Client, recorded: Recorded
) -> None:
    """After a restart Alertmanager names some alerts of a resolved group; all are over."""
    send(client, recorded("second-fires"), recorded("resolved"))

    assert incidents(client, "open") == []
    unnamed = next(
        one
        for one in incidents(client, "resolved")
        if one["labels"]["instance"] == "sessions-1:6379"
    )
    assert unnamed["ends_at"] is None
    assert unnamed["resolved_at"] is not None
    assert unnamed["resolve_latency_seconds"] is None


def test_a_resolved_group_that_names_no_alert_is_resolved_too(
    client: httpx.Client, recorded: Recorded
) -> None:
    """The status is the group's: an empty list does not keep its alerts open."""
    send(client, recorded("second-fires"), recorded("resolved") | {"alerts": []})

    assert incidents(client, "open") == []


@pytest.mark.parametrize("other", [{"receiver": "ticket"}, {"groupKey": '{}:{service="carts"}'}])
def test_a_resolve_is_of_its_own_group_and_receiver(
    client: httpx.Client, recorded: Recorded, other: dict[str, str]
) -> None:
    """The same alert in another group, or told to another receiver, stays open."""
    send(client, recorded("firing"), recorded("firing") | other, recorded("resolved"))

    assert len(incidents(client, "open")) == 1


@pytest.mark.parametrize("step", ["firing", "first-resolves"])
def test_an_edited_route_leaves_nothing_open_for_ever(
    client: httpx.Client, recorded: Recorded, step: str
) -> None:
    """What is told under a new group key is no longer open under the old one."""
    send(client, recorded("firing"), recorded(step) | {"groupKey": '{}/{team="x"}:{}'})

    (old,) = [
        one
        for one in incidents(client, "resolved")
        if one["group_key"] == recorded("firing")["groupKey"]
    ]
    assert old["resolved_at"] is not None
    (new,) = incidents(client, "open")
    assert new["group_key"] == '{}/{team="x"}:{}'

    send(client, recorded("resolved") | {"groupKey": '{}/{team="x"}:{}'})
    assert incidents(client, "open") == []


def test_an_alert_that_fires_again_is_a_new_incident(
    client: httpx.Client, recorded: Recorded
) -> None:
    """Between two incidents of an alert lies a resolve."""
    send(client, recorded("firing"), recorded("resolved"), moved(recorded("firing"), 0))

    assert len(incidents(client, "open")) == 1
    assert len(incidents(client, "resolved")) == 2


def test_an_alert_that_began_again_unheard_is_a_new_incident(
    client: httpx.Client, recorded: Recorded
) -> None:
    """When the resolve in between was lost, the old incident is over nevertheless."""
    send(client, recorded("firing"), moved(recorded("firing"), 5))

    assert len(incidents(client, "open")) == 1
    (old,) = incidents(client, "resolved")
    assert old["ends_at"] is None


def test_peers_that_disagree_on_the_beginning_tell_of_one_incident(
    client: httpx.Client, recorded: Recorded
) -> None:
    """Two Prometheus servers see a fault at two moments; it is one fault."""
    send(client, moved(recorded("firing"), -5), moved(recorded("firing"), -8))

    assert len(incidents(client, "all")) == 1


def test_an_incident_resolved_by_mistake_opens_again(
    client: httpx.Client, recorded: Recorded
) -> None:
    """When Prometheus was away its alerts expire, then fire on with the time they began."""
    send(client, recorded("firing"), recorded("resolved"), recorded("firing"))

    (one,) = incidents(client, "open")
    assert one["resolved_at"] is None
    assert one["ends_at"] is None


def test_an_alert_first_heard_of_when_resolved_still_happened(
    client: httpx.Client, recorded: Recorded
) -> None:
    """What came and went between two notifications is in the history."""
    send(client, recorded("first-resolves"))

    assert instances(client, "resolved") == ["sessions-1:6379"]


def test_texts_follow_the_last_notification(client: httpx.Client, recorded: Recorded) -> None:
    """A summary carries a value, and the newest value is the one to show."""
    newer = recorded("firing")
    newer["alerts"][0]["annotations"]["summary"] = "has not answered for 5 min"
    send(client, recorded("firing"), newer)

    (one,) = incidents(client, "open")
    assert one["annotations"]["summary"] == "has not answered for 5 min"
