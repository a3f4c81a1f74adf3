"""Is every Alertmanager understood, and everything else refused with a reason?"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from compose.inbox.notification import MalformedError, parse

Recorded = Callable[..., dict[str, Any]]

VERSIONS = ("0.25", "0.33")


def read(document: Any) -> Any:
    return parse(json.dumps(document).encode(), received_at=1000.0)


@pytest.mark.parametrize("version", VERSIONS)
def test_reads_what_a_real_alertmanager_sends(recorded: Recorded, version: str) -> None:
    """A recorded notification keeps its group, its alerts and their times."""
    sent = read(recorded("first-resolves", version))

    assert (sent.receiver, sent.firing, len(sent.alerts)) == ("page", True, 2)
    assert sent.group_key == '{}:{alertname="CacheDown", service="sessions"}'
    over, fires = sent.alerts
    assert (over.firing, fires.firing) == (False, True)
    assert over.ends_at - over.starts_at == pytest.approx(4, abs=0.01)
    assert fires.ends_at is None


@pytest.mark.parametrize(
    "field",
    ["receiver", "status", "groupKey", "groupLabels", "commonLabels", "externalURL", "version"],
)
def test_fields_of_a_notification_may_be_missing(recorded: Recorded, field: str) -> None:
    """A notification without a field that some version leaves out is still one."""
    document = recorded("firing")
    del document[field]

    assert read(document).firing


@pytest.mark.parametrize(
    "field", ["status", "annotations", "startsAt", "endsAt", "generatorURL", "fingerprint"]
)
@pytest.mark.parametrize("null", [False, True])
def test_fields_of_an_alert_may_be_missing(recorded: Recorded, field: str, null: bool) -> None:
    """An alert without a field, or with null for it, is still one."""
    document = recorded("firing")
    alert = document["alerts"][0]
    if null:
        alert[field] = None
    else:
        del alert[field]

    (found,) = read(document).alerts
    assert found.firing
    assert found.fingerprint


def test_unknown_fields_are_no_mistake(recorded: Recorded) -> None:
    """A newer Alertmanager may say more than this inbox knows."""
    document = recorded("firing") | {"routeLabels": {"team": "x"}, "version": "5"}

    assert len(read(document).alerts) == 1


def test_the_fingerprint_of_an_alert_that_has_none_is_its_labels(recorded: Recorded) -> None:
    """Two notifications about the same labels are about the same alert."""
    first, second = recorded("firing"), recorded("firing")
    for document in (first, second):
        del document["alerts"][0]["fingerprint"]
    second["alerts"][0]["labels"] = dict(reversed(second["alerts"][0]["labels"].items()))

    assert read(first).alerts[0].fingerprint == read(second).alerts[0].fingerprint


@pytest.mark.parametrize(
    ("document", "problem"),
    [
        ([], "body: expected an object, got list"),
        ({}, "alerts: missing"),
        ({"alerts": {}}, "alerts: expected a list, got dict"),
        ({"alerts": [1]}, "alerts[0]: expected an object, got int"),
        ({"alerts": [{}]}, "alerts[0].labels: missing"),
        ({"alerts": [{"labels": {"a": 1}}]}, "alerts[0].labels.a: expected a string, got int"),
        ({"alerts": [], "status": "burning"}, "status: expected firing or resolved"),
        (
            {"alerts": [{"labels": {}, "startsAt": "yesterday"}]},
            "alerts[0].startsAt: expected a time",
        ),
        (
            {"alerts": [{"labels": {}, "endsAt": "9999-12-31T23:59:59-12:00"}]},
            "alerts[0].endsAt: expected a time",
        ),
    ],
)
def test_what_is_no_notification_is_refused_with_the_place(document: Any, problem: str) -> None:
    """The message names the field and what was expected of it."""
    with pytest.raises(MalformedError) as refusal:
        read(document)

    assert any(problem in found for found in refusal.value.problems)


@pytest.mark.parametrize(
    "body", [b"", b"{", b"\xff\xfe{", b'{"alerts": NaN}', b"[" * 100_000, b"9" * 10_000]
)
def test_what_is_not_json_is_refused(body: bytes) -> None:
    """Neither depth, nor digits, nor bytes that are no text do more harm than a refusal."""
    with pytest.raises(MalformedError):
        parse(body, received_at=0)


def test_more_alerts_than_a_body_can_hold_are_refused() -> None:
    """A few bytes each would become many in memory."""
    with pytest.raises(MalformedError, match="alerts: 25001 of them"):
        read({"alerts": [{"labels": {}}] * 25_001})


def test_a_problem_is_told_of_a_name_that_utf8_cannot_spell() -> None:
    """The place that is named in a refusal can be sent back and logged."""
    with pytest.raises(MalformedError) as refusal:
        parse(b'{"alerts": [{"labels": {"\\ud800": 1}}]}', received_at=0)

    assert str(refusal.value).encode() == (
        "alerts[0].labels.\ufffd: expected a string, got int".encode()
    )


def test_all_problems_are_told_at_once_but_not_without_end() -> None:
    """Several mistakes are several problems; a million mistakes are the first few."""
    with pytest.raises(MalformedError) as refusal:
        read({"alerts": [1] * 50_000, "receiver": 1})

    assert len(refusal.value.problems) == 10


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
)
ALERTS = st.fixed_dictionaries(
    {"labels": st.dictionaries(st.text(), JSON, max_size=3)},
    optional={"status": JSON, "annotations": JSON, "startsAt": JSON, "endsAt": JSON},
)


@given(
    st.fixed_dictionaries(
        {"alerts": JSON | st.lists(ALERTS, max_size=3)},
        optional={"status": JSON, "groupLabels": JSON, "receiver": JSON},
    )
)
def test_any_json_is_read_or_refused(document: Any) -> None:
    """Whatever is sent, the reader ends in a notification or in MalformedError."""
    try:
        sent = read(document)
    except MalformedError as refusal:
        assert refusal.problems  # noqa: PT017 - either outcome is right
    else:
        assert len(sent.alerts) == len(document["alerts"] or [])
