"""The whole graph: what definitions and settings say together, for checks and renderers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from types import ModuleType

from exporters.settings import Settings
from generator import catalog
from generator.annotations import Annotation
from generator.definitions import FOLDERS, Definitions, load
from generator.endpoints import COMPOSE, Endpoints
from generator.intervals import TimeInterval
from generator.labels import Provenance
from generator.objectives import Objective
from generator.objectives.dashboard import UID, error_budgets
from generator.objectives.rules import rules
from generator.panels import Dashboard, Panel, Query, Variable
from generator.problems import Level, Problem, shown
from generator.routes import BY_SEVERITY, Receiver, Routing
from generator.rules import Alert, Limit, Record, Source, promql
from generator.versions import CURRENT, Versions

Rule = Alert | Record


@dataclass(frozen=True)
class Expression:
    """A piece of PromQL: where it was written, what it belongs to, its text.

    ``of`` is what it belongs to: a rule, a panel's query, a dashboard's annotation or variable.
    """

    source: Source
    what: str
    text: str
    of: Alert | Record | Query | Annotation | Variable

    @property
    def in_rule(self) -> bool:
        """Whether Prometheus evaluates it, and not Grafana."""
        return isinstance(self.of, (Alert, Record))

    def problem(
        self, wrong: str, *, check: str, at: int = -1, severity: Level = "error"
    ) -> Problem:
        """Return a problem of this expression, ``at`` the place in its text."""
        found = Problem.at(self.source, f"{self.what}: {wrong}", check=check, severity=severity)
        return replace(found, query=self.text, caret=at)


# The least settings under which the stock definitions can be checked and rendered.
NO_SETTINGS = Settings(
    path=Path("lightship.yaml"),
    scrape_interval="15s",
    evaluation_interval="15s",
    targets={},
    services={},
    receivers={},
    links={},
    lines={},
)


@dataclass(frozen=True)
class Model:
    """One stack: its rules by group, its dashboards by uid, its routing and its settings.

    ``variants`` holds, by service that sets limits of its own, the rules that read
    differently for it. ``passed_over`` are dashboards that no file is about,
    and receivers and time intervals that no route names. ``complete``
    says that every file could be read: only then is what is missing really missing.
    """

    root: Path
    groups: Mapping[str, Mapping[str, Rule]]
    dashboards: Mapping[str, Dashboard]
    routing: Routing | None
    limits: Mapping[str, Limit]
    objectives: Mapping[str, Objective] = field(default_factory=dict)
    settings: Settings = NO_SETTINGS
    endpoints: Endpoints = COMPOSE
    versions: Versions = CURRENT
    variants: Mapping[str, Mapping[str, Rule]] = field(default_factory=dict)
    problems: Sequence[Problem] = ()
    passed_over: Sequence[Dashboard | Receiver | TimeInterval] = ()
    complete: bool = True

    @cached_property
    def alerts(self) -> dict[str, Alert]:
        """Every alert, by name."""
        return {n: r for g in self.groups.values() for n, r in g.items() if isinstance(r, Alert)}

    @cached_property
    def records(self) -> dict[str, Record]:
        """Every recording rule, by the name of what it records."""
        return {
            r.name: r for g in self.groups.values() for r in g.values() if isinstance(r, Record)
        }

    @cached_property
    def provenance(self) -> Provenance:
        """Knows which labels a query's result carries."""
        return Provenance(self.records)

    @cached_property
    def expressions(self) -> Sequence[Expression]:
        """Every piece of PromQL there is: of rules, panels, annotations and variables."""
        return (*self._of_rules(), *self._of_dashboards())

    def _of_rules(self) -> Iterator[Expression]:
        # What is wrong with one of an objective's rules is wrong with the objective.
        promised = {one.source: name for name, one in self.objectives.items()}
        for group in self.groups.values():
            for name, rule in group.items():
                what = promised.get(rule.source, name)
                yield Expression(rule.source, what, promql(rule.expr), rule)

    def _of_dashboards(self) -> Iterator[Expression]:
        for dashboard in self.dashboards.values():
            for panel in dashboard.panels:
                for query in panel.queries:
                    yield Expression(query.source, f"panel {panel.title!r}", query.expr, query)
            for one in dashboard.annotations:
                yield Expression(one.source, f"annotation {one.name!r}", one.expr, one)
            for variable in dashboard.variables:
                what = f"variable {variable.label!r}"
                yield Expression(variable.source, what, str(variable.of), variable)

    def panels_of(self, alert: str) -> Sequence[tuple[str, Panel]]:
        """Return the panels that explain an alert, each with its dashboard's uid."""
        return self._explaining.get(self.alerts[alert].source, ())

    @cached_property
    def _explaining(self) -> Mapping[Source, Sequence[tuple[str, Panel]]]:
        found: dict[Source, list[tuple[str, Panel]]] = {}
        for uid, dashboard in self.dashboards.items():
            for panel in dashboard.panels:
                for source in {alert.source for alert in panel.alerts}:
                    found.setdefault(source, []).append((uid, panel))
        return found


def build(
    root: Path,
    settings: Settings = NO_SETTINGS,
    endpoints: Endpoints = COMPOSE,
    versions: Versions = CURRENT,
) -> Model:
    """Load the definitions under ``root`` and put them together with the settings."""
    catalog.declare(settings.families)
    stock = load(root)
    groups = _groups(stock)
    return Model(
        root=root,
        groups=groups,
        dashboards={**_error_budgets(stock, groups), **dict(_dashboards(stock))},
        routing=_routing(stock),
        limits=dict(_limits(stock)),
        objectives=dict(_objectives(stock)),
        settings=settings,
        endpoints=endpoints.linked(settings.links),
        versions=versions,
        variants={
            name: _variant(groups, load(root, service.limits))
            for name, service in settings.services.items()
            if service.limits
        },
        problems=[
            *stock.problems,
            *_unnamed(stock, groups),
            *_twice(stock),
            *_without_routing(stock),
        ],
        passed_over=list(_passed_over(stock)),
        complete=not stock.problems,
    )


def _groups(definitions: Definitions) -> dict[str, dict[str, Rule]]:
    """Return each module's own rules in its own order: what it imports is another's."""
    return {
        stem: rules
        for stem, module in definitions.named("alerts").items()
        if (rules := dict(_rules(module)))
    }


def _rules(module: ModuleType) -> Iterator[tuple[str, Rule]]:
    for name, value in vars(module).items():
        if not isinstance(value, (Alert, Record, Objective)):
            continue
        if value.source.file != module.__file__:
            continue
        if isinstance(value, Objective):
            yield from rules(name, value).items()
        else:
            yield (value.name if isinstance(value, Record) else name), value


def _objectives(definitions: Definitions) -> Iterator[tuple[str, Objective]]:
    for module in definitions.named("alerts").values():
        for name, value in vars(module).items():
            if isinstance(value, Objective) and value.source.file == module.__file__:
                yield name, value


def _error_budgets(
    definitions: Definitions, groups: Mapping[str, Mapping[str, Rule]]
) -> dict[str, Dashboard]:
    """Return the page of all error budgets, where there are any."""
    objectives = dict(_objectives(definitions))
    alerts = [r for group in groups.values() for r in group.values() if isinstance(r, Alert)]
    return {UID: error_budgets(objectives, alerts)} if objectives else {}


def _variant(stock: Mapping[str, Mapping[str, Rule]], own: Definitions) -> dict[str, Rule]:
    """Return the rules that read differently under a service's own limits."""
    same = {n: r for g in stock.values() for n, r in g.items()}
    found = {n: r for g in _groups(own).values() for n, r in g.items()}
    return {n: r for n, r in found.items() if n in same and _words(r) != _words(same[n])}


def _words(rule: Rule) -> tuple[str, ...]:
    if isinstance(rule, Record):
        return (rule.expr,)
    return (rule.expr, rule.for_, rule.summary, rule.description)


def _dashboards(definitions: Definitions) -> Iterator[tuple[str, Dashboard]]:
    for stem, module in definitions.named("dashboards").items():
        if isinstance(found := getattr(module, "dashboard", None), Dashboard):
            yield stem, found


def _passed_over(definitions: Definitions) -> Iterator[Dashboard | Receiver | TimeInterval]:
    """Find dashboards beside a file's own, and receivers and intervals that no route names."""
    routing = _routing(definitions)
    named: set[int] = set()
    if routing is not None:
        named |= {id(one) for one in (*routing.receivers(), *routing.intervals.values())}
    for folder in FOLDERS:
        for module in definitions.named(folder).values():
            for name, value in vars(module).items():
                if not isinstance(value, (Dashboard, Receiver, TimeInterval)):
                    continue
                kept = id(value) in named or (folder, name) == ("dashboards", "dashboard")
                if not kept and value.source.file == module.__file__:
                    yield value


def _routing(definitions: Definitions) -> Routing:
    """Return who is told; where the definitions do not say, it goes by severity."""
    module = definitions.named("alerts").get("routes")
    found = getattr(module, "routing", None)
    return found if isinstance(found, Routing) else BY_SEVERITY


def _without_routing(definitions: Definitions) -> Iterator[Problem]:
    """Find a file of routes that says nothing: they would go by severity, unasked."""
    module = definitions.named("alerts").get("routes")
    if module is not None and not isinstance(getattr(module, "routing", None), Routing):
        what = "no `routing` here; assign it a Routing(...), or remove the file to go by severity"
        yield Problem(str(module.__file__), 1, what)


def _limits(definitions: Definitions) -> Iterator[tuple[str, Limit]]:
    for module in definitions.named("alerts").values():
        for value in vars(module).values():
            if isinstance(value, Limit):
                yield value.name, value


def _unnamed(
    definitions: Definitions, groups: Mapping[str, Mapping[str, Rule]]
) -> Iterator[Problem]:
    """Find alerts that no variable holds: lost in a list, or replaced by a second assignment."""
    kept = {id(rule) for group in groups.values() for rule in group.values()}
    for alert in definitions.alerts:
        if id(alert) not in kept:
            what = "alert has no name of its own; assign it to a variable that nothing else uses"
            yield Problem.at(alert.source, what, check="names")


def _twice(definitions: Definitions) -> Iterator[Problem]:
    """Find names that two rules share, in one file or in several."""
    first: dict[str, Rule] = {}
    for module in definitions.named("alerts").values():
        for name, rule in _rules(module):
            there = first.setdefault(name, rule)
            if there is not rule:
                where = f"{shown(there.source.file)}:{there.source.line}"
                what = f"{name} is already defined at {where}; give one of them another name"
                yield Problem.at(rule.source, what, check="names")
