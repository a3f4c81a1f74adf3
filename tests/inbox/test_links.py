"""Do the links lead where they say, and nowhere a label's author should not lead?"""

from __future__ import annotations

from dataclasses import replace
from urllib.parse import parse_qs, unquote, urlsplit

import pytest

from compose.inbox.incidents import Incident
from compose.inbox.links import links

INCIDENT = Incident(
    id=1,
    fingerprint="f",
    receiver="page",
    group_key="{}",
    labels={"alertname": "CacheDown"},
    annotations={
        "runbook_url": "http://inbox.example/runbooks/CacheDown",
        "dashboard_url": "http://grafana.example/d/cache/cache?viewPanel=1&var-instance=a:1",
    },
    generator_url="http://prometheus.example/graph?g0.expr=up",
    external_url="http://alertmanager.example/am/",
    starts_at=10_000.5,
    received_at=10_005.0,
    ends_at=None,
    resolved_at=None,
)


def test_a_dashboard_opens_half_an_hour_before_the_alert_until_now() -> None:
    """While it fires, the end of the range is now."""
    url = links(INCIDENT).dashboard

    assert url == f"{INCIDENT.annotations['dashboard_url']}&from=8200500&to=now"


def test_a_dashboard_of_what_is_over_ends_with_it() -> None:
    """Last week's incident shows last week, not today."""
    over = replace(INCIDENT, ends_at=10_600.0, resolved_at=10_601.0)
    unnamed = replace(INCIDENT, ends_at=None, resolved_at=10_601.0)

    assert links(over).dashboard.endswith("&from=8200500&to=10600000")
    assert links(unnamed).dashboard.endswith("&from=8200500&to=10601000")


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("http://g.example/d/a", "http://g.example/d/a?from=8200500&to=now"),
        ("http://g.example/d/a#x", "http://g.example/d/a?from=8200500&to=now#x"),
        ("http://g.example/d/a?from=now-1h&to=now", "http://g.example/d/a?from=now-1h&to=now"),
        ("http://g.example/d/a?x=1&from=", "http://g.example/d/a?x=1&from="),
        (
            "http://g.example/d/a?var-from=b",
            "http://g.example/d/a?var-from=b&from=8200500&to=now",
        ),
    ],
)
def test_a_dashboard_link_that_says_when_is_left_as_it_is(url: str, expected: str) -> None:
    """The range is added where the link has none, before any fragment."""
    assert links(replace(INCIDENT, annotations={"dashboard_url": url})).dashboard == expected


@pytest.mark.parametrize(
    ("value", "matcher"),
    [
        ("a b", '"a b"'),
        ("a&b=c#d", '"a&b=c#d"'),
        ('"quoted"', r'"\"quoted\""'),
        ("back\\slash", r'"back\\slash"'),
        ("two\nlines", r'"two\nlines"'),
        ("grün €", '"grün €"'),
        ("50%+", '"50%+"'),
    ],
)
def test_a_silence_is_filled_in_with_the_labels(value: str, matcher: str) -> None:
    """Any label value arrives as it is, quoted as Alertmanager's matchers are."""
    url = links(replace(INCIDENT, labels={"alertname": "CacheDown", "tenant": value})).silence

    address, _, query = url.partition("?filter=")
    assert address == "http://alertmanager.example/am/#/silences/new"
    assert unquote(query) == f'{{alertname="CacheDown", tenant={matcher}}}'
    assert not set(query) & set(" +&#\"'<>")


def test_a_silence_quotes_names_that_are_no_plain_words() -> None:
    """Label names may be any UTF-8 since Alertmanager 0.27."""
    url = links(replace(INCIDENT, labels={"http.route": "/"})).silence

    assert unquote(url).endswith('filter={"http.route"="/"}')


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)",
        "JaVaScRiPt:alert(1)",
        "data:text/html,x",
        "//evil.example",
        "http:",
        "",
        "http://[",
        "\njavascript:alert(1)",
        "vbscript:x",
        "file:///etc/passwd",
    ],
)
def test_only_web_addresses_become_links(url: str) -> None:
    """An address that is not http or https is no link at all."""
    hostile = replace(
        INCIDENT,
        annotations={"runbook_url": url, "dashboard_url": url},
        generator_url=url,
        external_url=url,
    )

    found = links(hostile)
    assert (found.runbook, found.dashboard, found.graph, found.silence) == ("", "", "", "")


def test_links_survive_being_read_back() -> None:
    """The dashboard's own parameters are still there, once each."""
    query = parse_qs(urlsplit(links(INCIDENT).dashboard).query)

    assert query == {
        "viewPanel": ["1"],
        "var-instance": ["a:1"],
        "from": ["8200500"],
        "to": ["now"],
    }
