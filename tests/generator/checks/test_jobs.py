"""Targets that no job scrapes, and jobs that nobody reads."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from generator.checks.jobs import check
from generator.model import Model, build

ROOT = Path(__file__).parents[3]

Told = Callable[..., list[str]]


def test_targets_that_no_job_scrapes(stack: Model) -> None:
    """A target of a kind that no job knows is told with the kinds that there are."""
    settings = stack.settings
    targets = {"a": replace(settings.targets["till-1"], name="a", kind="memcached")}
    changed = replace(stack, settings=replace(settings, targets=targets))

    (wrong,) = (p for p in check(changed) if p.severity == "error")

    assert wrong.message.startswith(
        "key 'targets.a.kind': no job scrapes a target of kind 'memcached'; use one of: "
    )


def test_targets_of_which_nothing_is_read(told: Told) -> None:
    """That no panel, alert or record reads what a kind of target says is told once."""
    queue = """  queue-1:
    kind: rq
    url: redis://queue-1:6379
    service: shop
services:
"""
    (wrong,) = told("lightship.yaml", "services:\n", queue, only="jobs")

    assert wrong == (
        "lightship.yaml:13: warning: key 'targets.queue-1': no panel, alert or record reads what "
        "targets of kind 'rq' say; draw it, or measure them no more [jobs]"
    )


def test_jobs_that_are_read(stack: Model) -> None:
    """Targets that are scraped, and whose families are drawn, are right."""
    assert [p for p in check(stack) if p.severity != "info"] == []


def test_jobs_of_the_stack_that_nothing_reads(stack: Model) -> None:
    """Where nothing reads whether the stack's own services answer, that is a note for each."""
    notes = [p.message for p in check(stack)]

    assert any("reads what the job 'alertmanager' brings, nor its up" in note for note in notes)
    assert list(check(build(ROOT))) == []
