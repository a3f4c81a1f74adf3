"""What a person reads in chat, mail or pager, as Alertmanager's own templates make it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest

from generator import messages
from generator.model import Model
from generator.proofs import promtool

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
    (folder / "lightship.tmpl").write_text(messages.template(stack), encoding="utf-8")
    done = promtool.run(
        *("template", "render", "--template.glob=lightship.tmpl", "--template.data=data.json"),
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


@pytest.mark.parametrize(("count", "listed"), [(0, 0), (1, 1), (50, messages.MOST_LISTED)])
def test_a_storm_lists_a_few_and_counts_the_rest(
    stack: Model, tmp_path: Path, count: int, listed: int
) -> None:
    """Nobody reads fifty alerts in a message."""
    said = rendered(stack, tmp_path, "lightship.text", *(alert(n) for n in range(count)))

    assert said.count("does not answer") == listed
    assert ("50 alerts in all" in said) == (count == 50)


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
