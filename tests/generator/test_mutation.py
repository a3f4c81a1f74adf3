"""Mutation: the operators are those of the docs, and what survives is told with its killer."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from generator.model import Model
from generator.proofs.mutants import mutants
from generator.proofs.mutation import Score, mutate
from generator.proofs.variants import mutants_of, variants_of
from generator.queries import parse

PAGE = Path(__file__).parents[2] / "docs" / "mutation.md"


def _mutants_of(stack: Model, expr: str) -> dict[str, str]:
    """Return the mutants of a query, by name, without those of the rule around it."""
    alert = replace(stack.alerts["ShopDown"], expr=expr, for_="0s")
    found = {m.name: m.rule.expr for m in mutants(alert)}
    return {name: text for name, text in found.items() if not name.startswith("severity")}


def _score(stack: Model, name: str, **changed: Any) -> Score:
    group: Mapping[str, Any] = stack.groups["shop"]
    rule = replace(group[name], **changed)
    return mutate(replace(stack, groups={"shop": {**group, name: rule}}), [name])


@pytest.mark.parametrize(
    ("expr", "wanted"),
    [
        ("cache_up == 0", {"== -> !=": "((cache_up) != (0))"}),
        (
            "cache_keys > 3",
            {
                "> -> <": "((cache_keys) < (3))",
                "threshold 3 -> 6": "((cache_keys) > 6)",
                "threshold 3 -> 1.5": "((cache_keys) > 1.5)",
            },
        ),
        (
            "cache_keys >= bool on (instance) group_left (role) cache_replicas",
            {
                ">= -> <=": (
                    "((cache_keys) <= bool on (instance) group_left (role) (cache_replicas))"
                )
            },
        ),
        (
            'rate(cache_hits_total{job="a}[", service!="b"}[5m] offset 1h)',
            {
                'matcher job="a}[" of cache_hits_total dropped': (
                    'rate(cache_hits_total{service!="b"}[5m] offset 1h)'
                ),
                'matcher service!="b" of cache_hits_total dropped': (
                    'rate(cache_hits_total{job="a}["}[5m] offset 1h)'
                ),
                "range 5m -> 20m of cache_hits_total": (
                    'rate(cache_hits_total{job="a}[", service!="b"}[20m] offset 1h)'
                ),
            },
        ),
        (
            "sum by (job, instance) (cache_keys)",
            {
                "label job dropped from sum by": "sum by (instance) (cache_keys)",
                "label instance dropped from sum by": "sum by (job) (cache_keys)",
            },
        ),
        (
            "max without (database) (cache_keys)",
            {"label database dropped from max without": "max without () (cache_keys)"},
        ),
        (
            "rate(cache_hits_total[5m]) + rate(cache_hits_total[5m])",
            {
                "range 5m -> 20m of cache_hits_total": (
                    "rate(cache_hits_total[20m]) + rate(cache_hits_total[5m])"
                ),
                "range 5m -> 20m of cache_hits_total (2)": (
                    "rate(cache_hits_total[5m]) + rate(cache_hits_total[20m])"
                ),
            },
        ),
        ("cache_up * 2", {}),
    ],
)
def test_operators_on_queries(stack: Model, expr: str, wanted: dict[str, str]) -> None:
    """Each operator changes one place and leaves the rest of the query as it was."""
    found = _mutants_of(stack, expr)

    assert {n: parse(t).prettify() for n, t in found.items()} == {
        n: parse(t).prettify() for n, t in wanted.items()
    }


def test_operators_on_alerts(stack: Model) -> None:
    """An alert's duration is removed and tripled, and its severity is taken for another."""
    alert = replace(stack.alerts["ShopMisses"], expr="cache_up")

    found = {m.name: m.rule for m in mutants(alert)}

    assert list(found) == ["for removed", "for 2m -> 6m", "severity warning -> critical"]


def test_operators_are_those_of_the_page(stack: Model) -> None:
    """The page lists every operator, and no other."""
    queries = (
        'rate(cache_hits_total{job="a"}[5m]) > 3 and sum by (job) (cache_keys) < 3',
        "cache_up",
    )
    names = [m.name for q in queries for m in mutants(replace(stack.alerts["ShopMisses"], expr=q))]
    names += [m.name for v in variants_of(stack, stack.alerts) for m, _ in mutants_of(stack, v)]
    told = re.findall(r"^\| `([^`]+)` \|", PAGE.read_text(encoding="utf-8"), re.MULTILINE)
    patterns = [re.sub(r"[A-Z]\b", ".+", re.escape(one).replace(r"\ ", " ")) for one in told]

    assert [n for n in names if not any(re.fullmatch(p, n) for p in patterns)] == []
    assert [p for p in patterns if not any(re.fullmatch(p, n) for n in names)] == []


def test_sharp_examples_notice_every_mistake(stack: Model) -> None:
    """Of the invented stack's alert whose examples are sharp, no mutant survives."""
    score = _score(stack, "ShopDown")

    assert score.survivors == []
    assert score.text() == "3 of 3 mutants noticed: 100.0% (at least 90%); 0 excused"


def test_what_survives_is_told_with_what_would_notice_it(stack: Model) -> None:
    """A survivor is told at its rule, with the example that is missing."""
    score = _score(stack, "ShopMisses")
    (survivor,) = (v for v in score.survivors if "-> 2.5" in v.mutant.name)

    assert not score.holds
    assert re.search(
        rf"stack/alerts/shop\.py:{survivor.source.line}: ShopMisses: threshold 5 -> 2.5: survives\n"
        r"    to notice it: an Example with a value between 5 and 2\.5\n",
        score.text(),
    )


def test_severity_is_noticed_by_what_the_routes_are_to_come_to(stack: Model) -> None:
    """Examples know nothing of receivers: the assertion beside the routes notices a severity."""
    assert stack.routing
    silent = replace(stack, routing=replace(stack.routing, tells=()))

    assert "severity critical -> warning: survives" in mutate(silent, ["ShopDown"]).text()
    assert "survives" not in mutate(stack, ["ShopDown"]).text()


def test_an_excuse_needs_a_survivor(stack: Model) -> None:
    """A mutant is excused singly; an excuse for none, or for one that is noticed, fails."""
    good = _score(stack, "ShopMisses", excused={"threshold 5 -> 2.5": "for the sake of it"})
    assert [v.mutant.name for v in good.excused] == ["threshold 5 -> 2.5"]
    assert "excused: ShopMisses: threshold 5 -> 2.5: for the sake of it" in good.text()

    idle = _score(stack, "ShopDown", excused={"== -> !=": "noticed", "for removed": "none"})
    assert not idle.holds
    assert "excuses '== -> !=', which an example notices; remove it" in idle.text()
    assert "excuses 'for removed', and there is no such mutant; remove it" in idle.text()


def test_a_rule_that_is_not_changed_is_noticed_by_nothing(
    stack: Model, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What counts as noticed is a story that ends otherwise, not promtool's refusal of a file."""
    monkeypatch.setattr(
        "generator.proofs.mutation.mutants",
        lambda rule: [replace(m, rule=rule) for m in mutants(rule)],
    )
    monkeypatch.setattr("generator.proofs.mutation.mutants_of", lambda *_: [])

    assert not any(v.killed for v in mutate(stack).verdicts)


def test_rules_of_services_with_limits_of_their_own(stack: Model) -> None:
    """That the stock rule spares such a service, and its own rule all others, is noticed too."""
    found = {v.mutant.name: v.killed for v in mutate(stack, ["ShopMisses"]).verdicts}

    assert found['matcher service="shop" dropped']
    assert found['matcher service!="shop" dropped']
