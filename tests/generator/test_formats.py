"""What check finds, in the words of machines: JSON, SARIF and GitHub's annotations."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from generator.checks import Report
from generator.formats import as_github, as_json, as_sarif
from generator.problems import Problem
from generator.rules import Waiver
from generator.waivers import Waived


@pytest.fixture
def report(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Report:
    """Return a report with one problem of each weight, one waived, and one thing unchecked."""
    monkeypatch.chdir(tmp_path)
    file = str(tmp_path / "alerts" / "shop.py")
    query = 'sum(\n  rate(x{a="100%"}[5m])\n)'
    problems = [
        Problem(file, 3, "wrong, 100 %: mend it", "counters", "error", query, 7),
        Problem(file, 4, "odd", "windows", "warning"),
        Problem(file, 0, "idle", "unused", "info"),
    ]
    waived = Waived(Problem(file, 9, "meant", "units"), Waiver("units", "why", until="2027-01-01"))
    return Report(problems, [waived], ["rules against promtool: missing"])


def test_json(report: Report) -> None:
    """JSON has every field, what was waived with its reason, and what went unchecked."""
    told = json.loads(as_json(report))

    assert told["problems"][0] == {
        "check": "counters",
        "severity": "error",
        "file": "alerts/shop.py",
        "line": 3,
        "message": "wrong, 100 %: mend it",
        "query": 'sum(\n  rate(x{a="100%"}[5m])\n)',
        "caret": 7,
    }
    assert [p["severity"] for p in told["problems"]] == ["error", "warning", "info"]
    assert (told["waived"][0]["reason"], told["waived"][0]["until"]) == ("why", "2027-01-01")
    assert told["unchecked"] == ["rules against promtool: missing"]


def test_sarif(report: Report) -> None:
    """SARIF has a rule for each check, a level and a place for each problem, and suppressions."""
    (run,) = json.loads(as_sarif(report))["runs"]

    assert [r["id"] for r in run["tool"]["driver"]["rules"]] == [
        "counters", "units", "unused", "windows",
    ]  # fmt: skip
    assert [r["level"] for r in run["results"]] == ["error", "warning", "note", "error"]
    places = [r["locations"][0]["physicalLocation"] for r in run["results"]]
    assert {p["artifactLocation"]["uri"] for p in places} == {"alerts/shop.py"}
    assert [p["region"]["startLine"] for p in places] == [3, 4, 1, 9]
    assert run["results"][3]["suppressions"] == [{"kind": "inSource", "justification": "why"}]
    (notice,) = run["invocations"][0]["toolExecutionNotifications"]
    assert notice["message"]["text"] == "rules against promtool: missing"


def test_github(report: Report) -> None:
    """An annotation is one line, whatever stands in the message."""
    assert as_github(report) == (
        "::error file=alerts/shop.py,line=3,title=counters::wrong, 100 %25: mend it%0A"
        '      rate(x{a="100%25"}[5m])%0A      ^\n'
        "::warning file=alerts/shop.py,line=4,title=windows::odd\n"
        "::notice file=alerts/shop.py,line=1,title=unused::idle\n"
        "::warning title=not checked::rules against promtool: missing"
    )
