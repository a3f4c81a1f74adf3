"""Are findings on rules and dashboards as other people write them right?

The corpus is written in the manner of published mixins, collections of rules and community
dashboards, as definitions of ours; the metrics of their exporters stand in for our catalog.
Whoever adds a check, or a rule to the corpus, judges what is found anew in verdicts.yaml.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from exporters.catalog import families
from exporters.catalog.family import Family
from generator import catalog, checks
from generator.model import Model, build
from generator.problems import Problem

CORPUS = Path(__file__).parent / "corpus"
VERDICTS = CORPUS / "verdicts.yaml"
MOST_FALSE = 0.02

# What these ask of definitions, published rules cannot have: examples, runbooks, routes of ours.
OF_OURS = {"examples", "panels", "routes", "runbooks"}


def _families() -> dict[str, Family]:
    """Return the metrics that the corpus declares, as if an exporter of ours gave them."""
    scope: dict[str, Any] = {}
    file = CORPUS / "alerts/_families.py"
    exec(compile(file.read_text(encoding="utf-8"), str(file), "exec"), scope)  # noqa: S102 -- ours
    return dict(scope["BY_NAME"])


def _forget() -> None:
    for known in (catalog.series, catalog.family_of, catalog.counters):
        known.cache_clear()


@pytest.fixture(scope="module")
def corpus() -> Iterator[Model]:
    """Return the corpus, with a catalog of what it speaks of."""
    ours = families()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(catalog, "families", lambda: {**ours, **_families()})
        _forget()
        yield build(CORPUS)
    _forget()


@pytest.fixture(scope="module")
def found(corpus: Model) -> list[Problem]:
    """Return everything that is found in it."""
    return [p for p in checks.run(corpus).problems if p.check not in OF_OURS]


def _said(problem: Problem) -> str:
    """Return what a finding says is wrong, without what to do about it."""
    return problem.message.partition("; ")[0]


def _verdicts() -> list[dict[str, Any]]:
    return list(yaml.safe_load(VERDICTS.read_text(encoding="utf-8")))


def test_it_is_large_enough_to_mean_something(corpus: Model) -> None:
    """Two in a hundred are more than one finding only if there is much to find something in."""
    assert len(corpus.alerts) + len(corpus.records) >= 170
    assert len(corpus.dashboards) >= 20
    assert not corpus.problems


def test_every_finding_is_judged(found: list[Problem]) -> None:
    """A finding that nobody has called right or wrong fails, as does a verdict on none."""
    judged = {(v["check"], v["finding"]) for v in _verdicts()}
    made = {(p.check, _said(p)) for p in found}

    assert made - judged == set(), "judge these in verdicts.yaml"
    assert judged - made == set(), "these are not found any more; take them out"


def test_false_findings_are_rare(found: list[Problem]) -> None:
    """Fewer than two in a hundred findings are wrong, and each verdict says why."""
    verdicts = {(v["check"], v["finding"]): v for v in _verdicts()}
    false = [p for p in found if verdicts[p.check, _said(p)]["verdict"] is False]

    assert all(str(v["why"]).strip() for v in verdicts.values())
    assert len(false) < MOST_FALSE * len(found), [_said(p) for p in false]
