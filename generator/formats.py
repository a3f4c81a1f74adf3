"""What was found, for people, for editors and for CI."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

from generator.checks import Report, question
from generator.problems import Level, Problem, shown

_SARIF_LEVELS: Mapping[Level, str] = {"error": "error", "warning": "warning", "info": "note"}
_GITHUB_LEVELS: Mapping[Level, str] = {"error": "error", "warning": "warning", "info": "notice"}


def as_json(report: Report) -> str:
    """Return everything as JSON: problems, what was waived, and what went unchecked."""
    waived = [
        w.problem.to_json() | {"reason": w.waiver.reason, "until": w.waiver.until}
        for w in report.waived
    ]
    found = [p.to_json() for p in report.problems]
    told = {"problems": found, "waived": waived, "unchecked": list(report.unchecked)}
    return json.dumps(told, indent=2)


def as_sarif(report: Report) -> str:
    """Return everything as SARIF 2.1.0, which code hosts and editors show beside the line."""
    results = [_result(p) for p in report.problems] + [
        _result(w.problem)
        | {"suppressions": [{"kind": "inSource", "justification": w.waiver.reason}]}
        for w in report.waived
    ]
    rules = [
        {"id": name, "shortDescription": {"text": question(name)}}
        for name in sorted({r["ruleId"] for r in results})
    ]
    notes = [{"level": "warning", "message": {"text": text}} for text in report.unchecked]
    run = {
        "tool": {"driver": {"name": "lightship", "rules": rules}},
        "invocations": [{"executionSuccessful": True, "toolExecutionNotifications": notes}],
        "results": results,
    }
    schema = "https://json.schemastore.org/sarif-2.1.0.json"
    return json.dumps({"$schema": schema, "version": "2.1.0", "runs": [run]}, indent=2)


def _result(problem: Problem) -> dict[str, Any]:
    place = {
        "artifactLocation": {"uri": shown(problem.file)},
        "region": {"startLine": problem.line or 1},
    }
    return {
        "ruleId": problem.check,
        "level": _SARIF_LEVELS[problem.severity],
        "message": {"text": problem.message},
        "locations": [{"physicalLocation": place}],
    }


def as_github(report: Report) -> str:
    """Return workflow commands, which GitHub shows as annotations of the lines."""
    lines = [_annotation(p) for p in report.problems]
    lines += [f"::warning title=not checked::{_escaped(text)}" for text in report.unchecked]
    return "\n".join(lines)


def _annotation(problem: Problem) -> str:
    excerpt = f"\n{problem.excerpt()}" if problem.excerpt() else ""
    where = f"file={_property(shown(problem.file))},line={problem.line or 1},title={problem.check}"
    level = _GITHUB_LEVELS[problem.severity]
    return f"::{level} {where}::{_escaped(problem.message + excerpt)}"


def _escaped(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _escaped(text).replace(":", "%3A").replace(",", "%2C")


FORMATS: Mapping[str, Callable[[Report], str]] = {
    "json": as_json,
    "sarif": as_sarif,
    "github": as_github,
}
