"""What a person reads in chat, mail or pager, as Alertmanager's own templates make it."""

from __future__ import annotations

import json
from collections.abc import Callable
from email.header import Header
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest

from generator import messages
from generator.model import Model
from generator.proofs import promtool

MESSAGES = Path(__file__).parent / "messages"

HOSTILE = 'a b&c="d" é+\\ü <!channel> {{ 7 }}'


def alert(number: int, *, ends: str = "", **labels: str) -> dict[str, Any]:
    return {
        "status": "resolved" if ends else "firing",
        "labels": {"alertname": "ShopDown", "severity": "critical", **labels},
        "annotations": {
            "summary": f"Till {number} does not answer",
            "description": "Nobody can pay.",
            "runbook_url": "http://127.0.0.1:19080/runbooks/ShopDown",
            "dashboard_url": "http://127.0.0.1:3001/d/shop",
        },
        "startsAt": "2026-01-01T10:00:00Z",
        "endsAt": ends or "0001-01-01T00:00:00Z",
        "generatorURL": "http://127.0.0.1:19090/graph?g0.expr=up",
        "fingerprint": f"{number:016x}",
    }


def rendered(stack: Model, folder: Path, template: str, *alerts: dict[str, Any]) -> str:
    """Return what a template makes of a group, rendered by amtool."""
    firing = any(one["status"] == "firing" for one in alerts)
    common = dict(alerts[0]["labels"].items()) if alerts else {}
    data = {
        "receiver": "page",
        "status": "firing" if firing else "resolved",
        "alerts": alerts,
        "groupLabels": {"alertname": "ShopDown"},
        "commonLabels": common,
        "commonAnnotations": {},
        "externalURL": "http://127.0.0.1:19093",
    }
    (folder / "data.json").write_text(json.dumps(data))
    for name, text in messages.templates(stack).items():
        (folder / name).write_text(text, encoding="utf-8")
    done = promtool.run(
        *("template", "render", "--template.glob=*.tmpl", "--template.data=data.json"),
        f"--template.type={'html' if '.html' in template else 'text'}",
        f'--template.text={{{{ template "{template}" . }}}}',
        cwd=folder,
        name="amtool",
    )
    assert done.returncode == 0, done.stdout
    return done.stdout


def test_a_firing_message_says_what_to_do(stack: Model, tmp_path: Path) -> None:
    """Summary, impact, since when, runbook, dashboard, graph and silence."""
    said = rendered(stack, tmp_path, "lightship.text", alert(1, instance="a"))

    for words in (
        "Till 1 does not answer",
        "Nobody can pay.",
        "since 2026-01-01 10:00:00 UTC",
        "runbook: http://127.0.0.1:19080/runbooks/ShopDown",
        "dashboard: http://127.0.0.1:3001/d/shop",
        "graph: http://127.0.0.1:19090/graph?g0.expr=up",
        "silence all of these: http://127.0.0.1:19093/#/silences/new?filter=%7B",
    ):
        assert words in said


def test_a_resolved_message_says_how_long_it_lasted(stack: Model, tmp_path: Path) -> None:
    """The duration, both ends, and where to see whether it is really over; nothing to silence."""
    said = rendered(stack, tmp_path, "lightship.text", alert(1, ends="2026-01-01T10:04:30.4Z"))

    assert "over: Till 1 does not answer" in said
    assert "after 4m30s, from 2026-01-01 10:00:00 to 2026-01-01 10:04:30 UTC" in said
    assert "/history" in said
    assert "silence" not in said


@pytest.mark.parametrize("template", ["lightship.text", "lightship.slack.text", "lightship.html"])
@pytest.mark.parametrize(("count", "listed"), [(0, 0), (1, 1), (50, messages.MOST_LISTED)])
def test_a_storm_lists_a_few_and_counts_the_rest(
    stack: Model, tmp_path: Path, count: int, listed: int, template: str
) -> None:
    """Nobody reads fifty alerts in a message."""
    said = rendered(stack, tmp_path, template, *(alert(n) for n in range(count)))

    assert said.count("does not answer") == listed
    assert ("50 alerts in all" in said) == (count == 50)


@pytest.mark.parametrize(
    ("template", "name"),
    [
        ("lightship.html", "mail.html"),
        ("lightship.text", "text"),
        ("lightship.slack.text", "slack"),
    ],
)
def test_a_message_as_it_is(
    stack: Model, tmp_path: Path, golden: Callable[[Path, str], None], template: str, name: str
) -> None:
    """One that fires with labels that mean harm, and one that is over, word for word."""
    harmful = alert(1, service=HOSTILE)
    harmful["annotations"] |= {"summary": HOSTILE, "runbook_url": "javascript:alert(1)"}
    said = rendered(stack, tmp_path, template, harmful, alert(2, ends="2026-01-01T10:04:30Z"))

    golden(MESSAGES / name, said)


@pytest.mark.parametrize("letter", ["x", "é", "漢"])
def test_a_subject_is_a_line_that_mail_servers_take(
    stack: Model, tmp_path: Path, letter: str
) -> None:
    """However long labels are, and whatever they are written in."""
    harmful = alert(1, severity=letter * 2_000, service=letter * 2_000)
    (said,) = rendered(stack, tmp_path, "lightship.subject", harmful).splitlines()

    assert len(Header(said, "utf-8", maxlinelen=10_000).encode()) < 998


def test_a_silence_is_for_the_very_labels(stack: Model, tmp_path: Path) -> None:
    """Spaces, quotes, plus signs and foreign letters come back as they were."""
    said = rendered(stack, tmp_path, "lightship.text", alert(1, tenant=HOSTILE))

    (line,) = [one for one in said.splitlines() if one.startswith("silence all of these: ")]
    query = line.rpartition("filter=")[2]
    escaped = HOSTILE.replace("\\", "\\\\").replace('"', '\\"')
    assert unquote(query) == f'{{alertname="ShopDown",severity="critical",tenant="{escaped}"}}'
    assert "+" not in query


def test_a_title_is_one_short_line(stack: Model, tmp_path: Path) -> None:
    """State, severity, alert and service."""
    said = rendered(stack, tmp_path, "lightship.title", alert(1, service="till"), alert(2))

    assert said.strip() == "[FIRING:2] critical · ShopDown · till"
