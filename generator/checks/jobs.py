"""Does a job scrape every target, and does anybody use what each job brings?"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from exporters.catalog.family import Family
from generator import catalog, prometheus
from generator.model import Model
from generator.problems import Problem
from generator.queries import selectors_in


def check(model: Model) -> Iterator[Problem]:
    """Yield a problem for each target that no job scrapes, and each job that nothing reads."""
    jobs = {
        job["job_name"]: {t for group in job["static_configs"] for t in group["targets"]}
        for job in prometheus.configuration(model)["scrape_configs"]
    }
    scraped = set().union(*jobs.values())
    for name, target in model.settings.measured.items():
        if name not in scraped:
            what = (
                f"key 'targets.{name}.kind': no job scrapes a target of kind {target.kind!r}; "
                f"use one of: {', '.join(sorted(prometheus.JOBS))}"
            )
            keys = ("targets", name, "kind")
            yield Problem.at_key(model.settings, *keys, message=what, check="jobs")
    used = {
        family.name
        for expression in model.expressions
        for selector in selectors_in(expression.text)
        if (family := catalog.family_of().get(selector.name))
    }
    yield from _idle(model, used)
    yield from _unasked(model)
    of_targets = {*prometheus.JOBS.values()}
    for job in (name for name in jobs if name not in of_targets):
        # That every target answers is what most of the stack's own jobs are scraped for.
        if not used & {"up", *(f.name for f in catalog.by_file().get(job, ()))}:
            what = (
                f"no panel, alert or record reads what the job {job!r} brings, nor its up; "
                "alert on up, as the stock TargetDown does"
            )
            yield Problem(str(model.root / "alerts"), 0, what, "jobs", "info")


def _idle(model: Model, used: set[str]) -> Iterator[Problem]:
    told: set[str] = set()
    for name, target in model.settings.targets.items():
        families = [f.name for f in families_of(target.kind)]
        if families and target.kind not in told and not used & {*families}:
            told.add(target.kind)
            what = (
                f"key 'targets.{name}': no panel, alert or record reads what targets of kind "
                f"{target.kind!r} say; draw it, or measure them no more"
            )
            keys = ("targets", name)
            found = Problem.at_key(model.settings, *keys, message=what, check="jobs")
            yield replace(found, severity="warning")


def _unasked(model: Model) -> Iterator[Problem]:
    asked = {one.name for target in model.settings.targets.values() for one in target.metrics}
    for name in model.settings.metrics:
        if name not in asked:
            what = f"key 'metrics.{name}': asks no target; name it under the 'metrics' of one"
            found = Problem.at_key(model.settings, "metrics", name, message=what, check="jobs")
            yield replace(found, severity="warning")


def families_of(kind: str) -> list[Family]:
    """Return the families that a target of a kind has: its job's, and those of its own."""
    files = {prometheus.JOBS.get(kind, kind), kind}
    return [family for stem in sorted(files) for family in catalog.by_file().get(stem, ())]
