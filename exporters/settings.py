"""The settings file: which servers, who is told, which limits, how often.

One YAML file (``lightship.yaml``) is all a stack needs to know about the world;
the demo is one such file. ``settings.schema.json`` beside this module describes
every key for editors, and is what the file is checked against.
"""

from __future__ import annotations

import os
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from exporters import definition, document, metrics, references, schema
from exporters.budget import DEFAULT_LIMIT
from exporters.catalog.family import Family
from exporters.definition import Definition
from exporters.document import Document, Keys
from exporters.errors import UserError
from exporters.outside import Expected
from exporters.references import EXPOSING, INTERVAL, PROBED
from exporters.scraping import Scraping

_SCHEMA = Path(__file__).with_name("settings.schema.json")


class SettingsError(UserError):
    """A settings file that cannot be used: every problem, as ``file:line: what; what to do``."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


@dataclass(frozen=True)
class KeyClasses:
    """What kinds of values a cache holds: the pattern of the keys, by the class's name.

    All keys are looked at once in ``interval``; so many ``tenants`` of a class, those with
    the most keys, are told apart.
    """

    patterns: Mapping[str, str]
    interval: str = "1m"
    tenants: int = 20


@dataclass(frozen=True)
class FailedJobs:
    """Where Laravel keeps the jobs that failed: a database, and a table of it."""

    url: str
    table: str = "failed_jobs"
    username: str = ""
    password_file: Path | None = None

    @property
    def kind(self) -> str:
        """What is spoken there, as a target's kind says it; nothing where nobody knows."""
        return references.database_kind(self.url)


@dataclass(frozen=True)
class Target:
    """A server that is measured. ``name`` becomes the label ``instance``.

    The keys after ``password_file`` are for queues, but for ``key_classes``, which are for
    caches; where one is not given, what the queue system itself uses unless told otherwise
    holds. Horizon is measured where its prefix is given, failed jobs are counted in a
    database where one is. For databases are ``queries`` to try, by name, of which tables the
    ``oldest`` row by which column is looked for, and ``metrics`` of one's own. A family may
    have ``series_limit`` series: the largest stay, the others are told as one. What is
    probed has an ``interval`` of its own, empty where it is that of all, and is ``expected``
    to answer in a certain way.
    """

    name: str
    kind: str
    url: str
    service: str
    username: str = ""
    password_file: Path | None = None
    queues: tuple[str, ...] = ()
    prefix: str | None = None
    priority_steps: tuple[int, ...] = ()
    priority_separator: str = ""
    horizon_prefix: str | None = None
    failed_jobs: FailedJobs | None = None
    key_classes: KeyClasses | None = None
    queries: Mapping[str, str] = field(default_factory=dict)
    oldest: Mapping[str, str] = field(default_factory=dict)
    metrics: tuple[Definition, ...] = ()
    series_limit: int = DEFAULT_LIMIT
    interval: str = ""
    expected: Expected = field(default_factory=Expected)


@dataclass(frozen=True)
class Service:
    """What targets belong to: who owns it, and the limits that are its own.

    ``limits`` maps a limit's name, as the alerts declare it, to the value that
    holds for this service instead of the stock one.
    """

    name: str
    team: str = ""
    limits: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class Integration:
    """One way in which a receiver is told: Alertmanager's own kind and keys.

    ``kind`` is ``slack``, ``pagerduty``, ``email`` or ``webhook``; ``options`` are
    what the settings file says, secrets being paths of files, made absolute.
    """

    kind: str
    options: Mapping[str, Any]


@dataclass(frozen=True)
class Settings:
    """A settings file, read and checked. Durations are Prometheus' (``15s``, ``1m``).

    ``links`` says where people reach a service (``grafana``, ``inbox``,
    ``prometheus``, ``alertmanager``) when that differs from the stack's own ports.
    """

    path: Path
    scrape_interval: str
    evaluation_interval: str
    targets: Mapping[str, Target]
    services: Mapping[str, Service]
    receivers: Mapping[str, tuple[Integration, ...]]
    links: Mapping[str, str]
    lines: Mapping[Keys, int]
    metrics: Mapping[str, Definition] = field(default_factory=dict)
    metrics_files: tuple[Path, ...] = ()
    scraping: Scraping = field(default_factory=Scraping)
    written: Mapping[Keys, Path] = field(default_factory=dict)

    @property
    def families(self) -> Collection[Family]:
        """The families that are declared here, and not in the catalog."""
        given = (family for one in self.metrics.values() for family in one.values.values())
        return [family for family in given if family.own]

    @property
    def measured(self) -> Mapping[str, Target]:
        """The targets that the exporters ask."""
        others = EXPOSING | PROBED
        return {name: one for name, one in self.targets.items() if one.kind not in others}

    @property
    def exposing(self) -> Mapping[str, Target]:
        """The targets that Prometheus asks without the exporters."""
        return {name: one for name, one in self.targets.items() if one.kind in EXPOSING}

    @property
    def probed(self) -> Mapping[str, Target]:
        """The targets that are asked from outside."""
        return {name: one for name, one in self.targets.items() if one.kind in PROBED}

    def where(self, *keys: str) -> str:
        """Return ``file:line`` of a key, or of its nearest parent that is written."""
        while keys and keys not in self.lines:
            keys = keys[:-1]
        file = document.written_in(self.written, keys) or self.path
        return f"{file}:{self.lines.get(keys, 1)}"


def load(path: Path) -> Settings:
    """Read and check a settings file.

    Raises SettingsError with every problem found: key, line and what to do.
    """
    found = document.read(path)
    if not found.problems or found.value is not None:
        metrics.include(found)
        schema.check(found, _SCHEMA)
        references.check(found)
        definition.check(found)
    if found.problems:
        raise SettingsError(found.report())
    return _settings(found)


def _settings(found: Document) -> Settings:
    value = found.value
    defined = definition.definitions(value.get("metrics", {}))
    scrape_interval = value.get("scrape_interval", INTERVAL)
    return Settings(
        path=found.path,
        scrape_interval=scrape_interval,
        evaluation_interval=value.get("evaluation_interval", scrape_interval),
        targets={
            name: _target(found, name, keys, defined) for name, keys in value["targets"].items()
        },
        services={name: Service(name, **keys) for name, keys in value["services"].items()},
        receivers={
            role: tuple(_integration(found, item) for item in items)
            for role, items in value.get("receivers", {}).items()
        },
        links=value.get("links", {}),
        lines=found.lines,
        metrics=defined,
        metrics_files=tuple(metrics.files(found)),
        written=found.files,
        scraping=_scraping(found.path, value.get("exporters", {})),
    )


def _scraping(path: Path, keys: Mapping[str, Any]) -> Scraping:
    """Return how the exporters are guarded and asked, the paths made absolute."""
    made = _absolute(path, keys)
    file = made.pop("web_config_file", None)
    return Scraping(Path(file) if file else None, **made)


def _target(
    found: Document, name: str, keys: Mapping[str, Any], defined: Mapping[str, Definition]
) -> Target:
    lists = {key: tuple(value) for key, value in keys.items() if isinstance(value, list)}
    failed, expected = keys.get("failed_jobs"), keys.get("expected", {})
    made = {
        "key_classes": KeyClasses(**keys["key_classes"]) if "key_classes" in keys else None,
        "failed_jobs": FailedJobs(**_filed(found, failed)) if failed else None,
        "metrics": tuple(defined[one] for one in keys.get("metrics", ())),
        "expected": Expected(**{**expected, "status": tuple(expected.get("status", ()))}),
    }
    return Target(name, **{**_filed(found, keys), **lists, **made})


def _filed(found: Document, keys: Mapping[str, Any]) -> dict[str, Any]:
    """Return the keys, the file of the password as a path."""
    file = keys.get("password_file")
    return {**keys, "password_file": Path(_beside(found.path, file)) if file else None}


def _integration(found: Document, item: Mapping[str, Mapping[str, Any]]) -> Integration:
    ((kind, options),) = item.items()
    return Integration(kind, _absolute(found.path, options))


def _absolute(path: Path, keys: Mapping[str, Any]) -> dict[str, Any]:
    """Return keys, the files among them by their absolute paths."""
    return {key: _made_absolute(path, key, value) for key, value in keys.items()}


def _made_absolute(path: Path, key: str, value: Any) -> Any:
    if isinstance(value, dict):
        return _absolute(path, value)
    return _beside(path, value) if key.endswith("_file") else value


def _beside(path: Path, name: str) -> str:
    """Return the absolute path of a file named in the settings file at ``path``."""
    return os.path.abspath(path.parent / name)  # noqa: PTH100 - a link stays a link
