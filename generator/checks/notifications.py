"""Can amtool make every text of every receiver: of no alert, of many, of hostile ones?"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from exporters.settings import Integration
from generator import alertmanager
from generator.model import Model
from generator.problems import Problem
from generator.proofs import amtool, promtool
from generator.routes import Receiver

# What a template must bear: quotes and markup in labels, templates in texts, names of any length.
_HOSTILE = {
    "alertname": 'X"><script>alert(1)</script>',
    "severity": "critical\n* not a list",
    "service": '{{ .Nothing }} {{ template "no such" . }}',
    "instance": "é漢字\u202e\u0000" + "x" * 5_000,
    "a.b": "'; DROP TABLE alerts; --",
}  # fmt: skip
_PLAIN = {"alertname": "ShopDown", "severity": "critical", "service": "shop", "instance": "shop-1"}

_STARTED, _ENDED, _NEVER = "2027-01-31T08:00:00Z", "2027-01-31T09:00:00Z", "0001-01-01T00:00:00Z"


@dataclass(frozen=True)
class _Text:
    """One text of a receiver: where in its configuration it stands, and the template."""

    where: str
    template: str

    @property
    def html(self) -> bool:
        return self.where.rpartition(".")[2] == "html"


def check(model: Model) -> Iterator[Problem]:
    """Yield a problem for each text that cannot be made, with the alerts that it fails on."""
    if promtool.find("amtool") is None:
        return
    receivers = model.routing.receivers() if model.routing else [Receiver("inbox")]
    made = alertmanager.configuration(_with_every_kind(model, receivers))["receivers"]
    found = {receiver["name"]: receiver for receiver in made}
    with amtool.rendered(model) as folder:
        for receiver in receivers:
            texts = list(_texts(found[receiver.name]))
            for said, data in _stories(receiver.name) if texts else ():
                file = folder / "data.json"
                file.write_text(json.dumps(data), encoding="utf-8")
                for where, wrong in _wrong(folder, texts, file):
                    yield _problem(model, receiver, where, f"of {said}: {wrong}")


def _with_every_kind(model: Model, receivers: Sequence[Receiver]) -> Model:
    """Return the model with each receiver told in every way: our own texts must do for all."""
    stock = tuple(Integration(kind, {}) for kind in alertmanager.TEXTS)
    told = {r.name: (*model.settings.receivers.get(r.name, ()), *stock) for r in receivers}
    return replace(model, settings=replace(model.settings, receivers=told))


def _texts(value: Any, where: str = "") -> Iterator[_Text]:
    """Yield every template in a receiver's configuration, however deep."""
    if isinstance(value, str) and "{{" in value:
        yield _Text(where, value)
    pairs: Any = ()
    if isinstance(value, dict):
        pairs = value.items()
    elif isinstance(value, list):
        pairs = enumerate(value)
    for key, inner in pairs:
        yield from _texts(inner, f"{where}.{key}" if where else str(key))


def _stories(receiver: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
    yield "no alert", _data(receiver, _PLAIN, "resolved", 0)
    yield "one alert", _data(receiver, _PLAIN, "firing", 1)
    yield "one alert that is over", _data(receiver, _PLAIN, "resolved", 1)
    yield "50 alerts", _data(receiver, _PLAIN, "firing", 50)
    yield "alerts with hostile labels", _data(receiver, _HOSTILE, "firing", 2)


def _data(receiver: str, labels: Mapping[str, str], status: str, count: int) -> Mapping[str, Any]:
    notes = dict.fromkeys(
        ("summary", "description", "runbook_url", "dashboard_url"), labels["service"]
    )
    alert = {
        "status": status,
        "labels": labels,
        "annotations": notes,
        "startsAt": _STARTED,
        "endsAt": _ENDED if status == "resolved" else _NEVER,
        "generatorURL": "http://127.0.0.1/graph",
        "fingerprint": "0123456789abcdef",
    }
    common = labels if count else {}
    return {
        "receiver": receiver,
        "status": status,
        "alerts": [alert | {"labels": {**labels, "n": str(n)}} for n in range(count)],
        "groupLabels": {"alertname": labels["alertname"]},
        "commonLabels": common,
        "commonAnnotations": notes if count else {},
        "externalURL": "http://127.0.0.1",
    }


def _wrong(folder: Path, texts: list[_Text], data: Path) -> Iterator[tuple[str, str]]:
    """Make all plain texts at once, which is quick; one by one only if that fails."""
    plain = [text.template for text in texts if not text.html]
    made, _ = amtool.text_of(folder, "\n".join(plain), data)
    for text in texts:
        if text.html or not made:
            alone, said = amtool.text_of(folder, text.template, data, html=text.html)
            if not alone:
                yield text.where, f"{' '.join(said.split())}; mend the template"


def _problem(model: Model, receiver: Receiver, where: str, wrong: str) -> Problem:
    """Return a problem at the settings' key, if the text comes from there."""
    config, _, option = where.partition(".")
    kind, (number, _, key) = config.removesuffix("_configs"), option.partition(".")
    what = f"receiver {receiver.name!r}: the text '{kind}.{key}' {wrong}"
    same = [
        n for n, one in enumerate(model.settings.receivers.get(receiver.name, ()))
        if one.kind == kind
    ]  # fmt: skip
    if kind != "webhook" and int(number) < len(same):
        keys = ("receivers", receiver.name, str(same[int(number)]), kind, key)
        return Problem.at_key(model.settings, *keys, message=what, check="notifications")
    return Problem.at(receiver.source, what, check="notifications")
