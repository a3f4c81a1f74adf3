"""Rules and settings in, Prometheus' rule files and configuration out."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import quote

from exporters import outside, web_address
from exporters.settings import Service, Target
from generator.durations import seconds
from generator.model import Model, Rule
from generator.panels import panel_id
from generator.queries import narrowed
from generator.rules import Alert, Record, promql
from generator.versions import KEEP_FIRING_FOR

# What a target's kind is measured as: the job that its metrics carry.
JOBS: Mapping[str, str] = {
    "redis": "cache",
    "sentinel": "sentinel",
    "rq": "queue",
    "celery": "queue",
    "laravel": "queue",
    "postgres": "database",
    "mysql": "database",
    "sqlite": "database",
    "nginx": "nginx",
    "phpfpm": "phpfpm",
    "python": "python",
    "application": "http",
    "host": "host",
    "probe": "probe",
}

# The stack's own services are scraped at least as often as this: how old samples are tells
# whether Prometheus still works, and must not depend on how seldom targets are measured.
OWN_INTERVAL = "15s"

# A target that suddenly gives more than this is broken: refuse it before it fills the disk.
SAMPLE_LIMIT = 50_000
BODY_SIZE_LIMIT = "20MB"


def rule_files(model: Model) -> dict[str, Any]:
    """Return each rule file's data, by the stem of the definitions file it comes from."""
    return {stem: _groups(model, stem, rules) for stem, rules in model.groups.items()}


def _groups(model: Model, stem: str, rules: Mapping[str, Rule]) -> dict[str, Any]:
    """Return a file's rules: a group of those evaluated as usual, and one for each interval."""
    by_interval: dict[str, list[dict[str, Any]]] = {"": []}
    for name, rule in rules.items():
        interval = rule.interval if isinstance(rule, Record) else ""
        by_interval.setdefault(interval, []).extend(_variants(model, name, rule))
    groups = [
        {"name": f"{stem} every {interval}", "interval": interval, "rules": out}
        if interval
        else {"name": stem, "rules": out}
        for interval, out in by_interval.items()
    ]
    return {"groups": groups}


def _variants(model: Model, name: str, rule: Rule) -> Iterator[dict[str, Any]]:
    """Yield a rule for everyone, and once more for each service with limits of its own."""
    own = {s: rules[name] for s, rules in model.variants.items() if name in rules}
    stock = promql(rule.expr)
    for service in own:
        stock = narrowed(stock, "service", "!=", service)
    yield _entry(model, name, rule, stock)
    for service, variant in own.items():
        only = narrowed(promql(variant.expr), "service", "=", service)
        entry = _entry(model, name, variant, only)
        # Said twice, so that two rules of one name differ in their labels, as promtool asks.
        entry.setdefault("labels", {})["service"] = service
        yield entry


def _entry(model: Model, name: str, rule: Rule, expr: str) -> dict[str, Any]:
    if isinstance(rule, Record):
        return {"record": name, "expr": expr}
    return alert_rule(model, name, rule, expr)


def alert_rule(model: Model, name: str, alert: Alert, expr: str) -> dict[str, Any]:
    """Return an alert as Prometheus reads it."""
    rule: dict[str, Any] = {"alert": name, "expr": expr, "for": alert.for_}
    if alert.keep_firing_for and KEEP_FIRING_FOR.known(model.versions):
        rule["keep_firing_for"] = alert.keep_firing_for
    rule["labels"] = {"severity": alert.severity}
    rule["annotations"] = {
        "summary": alert.summary,
        "description": alert.description,
        "runbook_url": f"{model.endpoints.inbox.url}/runbooks/{alert.runbook or name}",
    }
    if panels := model.panels_of(name):
        uid, panel = panels[0]
        rule["annotations"]["dashboard_url"] = _link(model, alert, uid, panel.title)
    return rule


def _link(model: Model, alert: Alert, uid: str, title: str) -> str:
    """Return the address of a panel, its variables filled in from the labels of the alert.

    A variable whose label an aggregation dropped stays as the dashboard has it: filled
    in with nothing, it would select nothing.
    """
    carried = model.provenance.of(alert.expr)
    chosen = "".join(
        f"&var-{v.label}={{{{ $labels.{v.label} | urlquery }}}}"
        for v in model.dashboards[uid].variables
        if carried.has(v.label)
    )
    panel = f"panel-{panel_id(uid, title)}"
    return f"{model.endpoints.grafana.url}/d/{quote(uid)}?viewPanel={panel}{chosen}"


def configuration(model: Model) -> dict[str, Any]:
    """Return ``prometheus.yml``: what is scraped, which rules run, who is told."""
    return {
        "global": {
            "scrape_interval": model.settings.scrape_interval,
            "scrape_timeout": model.settings.scrape_interval,
            "evaluation_interval": model.settings.evaluation_interval,
        },
        "rule_files": ["rules/*.yaml"],
        "alerting": {
            "alertmanagers": [
                {"static_configs": [{"targets": [model.endpoints.alertmanager.address]}]}
            ]
        },
        "scrape_configs": [
            *_own_jobs(model),
            *_measured_jobs(model),
            *_exposing_jobs(model),
            *_probed_jobs(model),
        ],
    }


def _own_jobs(model: Model) -> Iterator[dict[str, Any]]:
    """Yield a job for each service of the stack itself."""
    seldom = seconds(model.settings.scrape_interval) > seconds(OWN_INTERVAL)
    interval = {"scrape_interval": OWN_INTERVAL, "scrape_timeout": OWN_INTERVAL} if seldom else {}
    for name in ("prometheus", "alertmanager", "exporters", "inbox", "blackbox"):
        address = getattr(model.endpoints, name).address
        asked = model.settings.scraping.configuration() if name == "exporters" else {}
        labels = {"instance": name, "service": "lightship"}
        yield {
            **_guarded(name),
            **interval,
            **asked,
            "static_configs": [{"targets": [address], "labels": labels}],
        }


def _measured_jobs(model: Model) -> Iterator[dict[str, Any]]:
    """Yield a job for each domain of targets: Prometheus asks the exporters about them by name."""
    by_job: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for target in model.settings.measured.values():
        if target.kind not in JOBS:
            continue  # a check tells
        group = {
            "targets": [target.name],
            "labels": _labels(model.settings.services[target.service]),
        }
        by_job[JOBS[target.kind]].append(group)
    for job, groups in by_job.items():
        yield _guarded(job) | {
            **model.settings.scraping.configuration(),
            "metrics_path": "/probe",
            "static_configs": groups,
            "relabel_configs": [
                {"source_labels": ["__address__"], "target_label": "__param_target"},
                {"source_labels": ["__address__"], "target_label": "instance"},
                {"target_label": "__address__", "replacement": model.endpoints.exporters.address},
            ],
        }


def _exposing_jobs(model: Model) -> Iterator[dict[str, Any]]:
    """Yield a job for each domain of targets that expose metrics themselves."""
    by_job: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for target in model.settings.exposing.values():
        at = web_address.parse(target.url)
        labels = {
            "instance": target.name,
            **_labels(model.settings.services[target.service]),
            "__scheme__": at.scheme,
            "__metrics_path__": at.path,
        }
        by_job[JOBS[target.kind]].append({"targets": [at.server], "labels": labels})
    for job, groups in by_job.items():
        yield _guarded(job) | {"static_configs": groups}


def _probed_jobs(model: Model) -> Iterator[dict[str, Any]]:
    """Yield a job of the targets that are asked from outside: blackbox_exporter asks them."""
    groups = [_probed(model, target) for target in model.settings.probed.values()]
    if groups:
        yield _guarded(JOBS["probe"]) | {
            "metrics_path": "/probe",
            "static_configs": groups,
            "relabel_configs": [
                {"source_labels": ["__address__"], "target_label": "__param_target"},
                {"target_label": "__address__", "replacement": model.endpoints.blackbox.address},
            ],
        }


def _probed(model: Model, target: Target) -> dict[str, Any]:
    labels = {
        "instance": target.name,
        **_labels(model.settings.services[target.service]),
        "__param_module": target.name,
    }
    if target.interval:
        labels |= {"__scrape_interval__": target.interval, "__scrape_timeout__": target.interval}
    return {"targets": [outside.parse(target.url).target], "labels": labels}


def _labels(service: Service) -> dict[str, str]:
    return {"service": service.name} | ({"team": service.team} if service.team else {})


def _guarded(job: str) -> dict[str, Any]:
    return {"job_name": job, "sample_limit": SAMPLE_LIMIT, "body_size_limit": BODY_SIZE_LIMIT}
