"""Does a server run what was rendered? What it says it runs, beside the files it was given."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml

from compose import client
from generator.durations import seconds
from generator.queries import parse

_DURATION = re.compile(r"(\d+(ms|[smhdwy]))+")

# What servers write in the place of what nobody is to read.
_SECRET = "<secret>"  # noqa: S105 -- it is none

# How many differences are told: the first say what is wrong.
_MOST = 5


def drift(name: str, address: str, folder: Path) -> list[str]:
    """Return in what a server, called as in ``_OF``, differs from the files in a folder.

    Raises NoAnswerError when it does not say what it runs.
    """
    found = list(_OF[name](address, folder))
    more = [f"and {len(found) - _MOST} more"] if len(found) > _MOST else []
    return found[:_MOST] + more


def _prometheus(address: str, folder: Path) -> Iterator[str]:
    rendered = _read(folder / "prometheus.yml")
    runs = _loaded(client.query(address, "/status/config").get("yaml"))
    yield from _differences(rendered, runs, "")
    wanted = dict(_rendered_rules(folder, rendered["global"]["evaluation_interval"]))
    groups = client.query(address, "/rules").get("groups", [])
    yield from _differences(wanted, dict(map(_running_rules, groups)), "rules")
    for name in sorted({_running_rules(group)[0] for group in groups} - set(wanted)):
        yield f"rules.{name}: runs, and was not rendered"


def _alertmanager(address: str, folder: Path) -> Iterator[str]:
    answer = client.request("GET", f"http://{address}/api/v2/status")
    config = answer.get("config") if isinstance(answer, dict) else None
    if not isinstance(config, dict):
        raise client.NoAnswerError("answers, but not as Alertmanager does")
    runs = _loaded(config.get("original"))
    yield from _differences(_read(folder / "alertmanager.yml"), runs, "")


def _blackbox(address: str, folder: Path) -> Iterator[str]:
    runs = _loaded(client.text(f"http://{address}/config"))
    yield from _differences(_read(folder / "blackbox.yml"), runs, "")


_OF: Mapping[str, Callable[[str, Path], Iterator[str]]] = {
    "prometheus": _prometheus,
    "alertmanager": _alertmanager,
    "blackbox": _blackbox,
}


def _read(file: Path) -> Any:
    return yaml.load(file.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)


def _loaded(text: Any) -> Any:
    if not isinstance(text, str):
        raise client.NoAnswerError("does not say what it runs")
    return yaml.load(text, Loader=yaml.CSafeLoader)


def _rendered_rules(folder: Path, interval: str) -> Iterator[tuple[str, Any]]:
    """Yield every group of rules in the files, by its file and name."""
    for file in sorted((folder / "rules").glob("*.yaml")):
        for group in _read(file)["groups"]:
            every = seconds(group.get("interval", interval))
            rules = [_rendered_rule(rule) for rule in group["rules"]]
            yield f"{file.stem}.{group['name']}", {"interval": every, "rules": rules}


def _rendered_rule(rule: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "name": rule.get("alert") or rule["record"],
        "expr": _normal(rule["expr"]),
        "for": seconds(rule.get("for", "")),
        "keep_firing_for": seconds(rule.get("keep_firing_for", "")),
        "labels": rule.get("labels", {}),
        "annotations": rule.get("annotations", {}),
    }


def _running_rules(group: Mapping[str, Any]) -> tuple[str, Any]:
    rules = [
        {
            "name": rule["name"],
            "expr": _normal(rule["query"]),
            "for": rule.get("duration", 0),
            "keep_firing_for": rule.get("keepFiringFor", 0),
            "labels": rule.get("labels", {}),
            "annotations": rule.get("annotations", {}),
        }
        for rule in group["rules"]
    ]
    name = f"{Path(group['file']).stem}.{group['name']}"
    return name, {"interval": group["interval"], "rules": rules}


def _normal(query: str) -> str:
    """Return a query as it would be written by one hand."""
    try:
        return str(parse(query).prettify())
    except ValueError:
        return " ".join(query.split())


def _differences(wanted: Any, runs: Any, where: str) -> Iterator[str]:
    """Yield where what runs is not what is wanted; what was not said may be anything."""
    if isinstance(wanted, Mapping) and isinstance(runs, Mapping):
        for key, value in wanted.items():
            # What is empty is left out where it is read back.
            if key in runs or value not in ({}, [], "", None):
                yield from _differences(value, runs.get(key), f"{where}.{key}".lstrip("."))
    elif isinstance(wanted, list) and isinstance(runs, list) and len(wanted) == len(runs):
        # All matchers hold at once, in whatever order.
        pairs = (sorted(wanted), sorted(runs)) if where.endswith("matchers") else (wanted, runs)
        for n, (one, other) in enumerate(zip(*pairs, strict=True)):
            yield from _differences(one, other, f"{where}.{_called(one, n)}")
    elif not _same(wanted, runs):
        yield f"{where}: {_shown(wanted)} was rendered, and {_shown(runs)} runs"


def _called(one: Any, n: int) -> str:
    """Return how one of a list is called: by its name, where it has one."""
    if not isinstance(one, Mapping):
        return str(n)
    return str(one.get("job_name") or one.get("name") or one.get("receiver") or n)


def _shown(value: Any) -> str:
    if isinstance(value, list):
        return f"a list of {len(value)}"
    if isinstance(value, Mapping):
        return "something"
    return "nothing" if value is None else repr(value)


def _same(wanted: Any, runs: Any) -> bool:
    """Whether two values mean the same: servers write durations, sizes and paths their own way."""
    if runs in (wanted, _SECRET):
        return True
    if not (isinstance(wanted, str) and isinstance(runs, str)):
        return False
    if _DURATION.fullmatch(wanted) and _DURATION.fullmatch(runs):
        return seconds(wanted) == seconds(runs)
    # Sizes are powers of two, whatever they are called, and paths count from the file.
    return wanted.replace("MB", "MiB") == runs or runs.endswith(f"/{wanted}")
