"""Limits: a service's own stand in for the stock ones, in the rule and in its words."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from exporters.settings import Service
from generator.model import NO_SETTINGS, Model, build
from generator.prometheus import rule_files
from generator.queries import narrowed
from generator.rules import Limit, limits


def test_a_limit_is_its_number_in_promql() -> None:
    """Whole numbers read as such, and others exactly."""
    assert f"{Limit('a', 5)} {Limit('b', 0.1)} {Limit('c', 500_000_000)}" == "5 0.1 500000000"
    assert f"{Limit('d', 0.75):.0%}" == "75%"


def test_a_service_may_set_a_limit_for_itself() -> None:
    """While a service's rules are read, its own value stands in for the stock one."""
    with limits({"a": 7}):
        assert float(Limit("a", 5)) == 7
        assert float(Limit("b", 5)) == 5
    assert float(Limit("a", 5)) == 5


def test_a_service_with_its_own_limit_gets_a_rule_of_its_own(stack: Model) -> None:
    """The stock rule leaves the service out; its own has its limit, in the text too."""
    rules = [r for r in rule_files(stack)["shop"]["groups"][0]["rules"] if "alert" in r]
    misses = [r for r in rules if r["alert"] == "ShopMisses"]

    assert [" ".join(r["expr"].split()) for r in misses] == [
        'instance:misses:rate5m{service!="shop"} > 5',
        'instance:misses:rate5m{service="shop"} > 50',
    ]
    assert [r["annotations"]["description"] for r in misses] == [
        "More than 5 a second.",
        "More than 50 a second.",
    ]
    assert len([r for r in rules if r["alert"] == "ShopDown"]) == 1


def test_a_limit_in_a_record_counts_too(tmp_path: Path) -> None:
    """A recording rule that uses a limit is split by service as an alert is."""
    (tmp_path / "alerts").mkdir()
    (tmp_path / "alerts" / "a.py").write_text(
        "from generator.rules import Limit, record\n"
        "LEAST = Limit('least', 1)\n"
        "busy = record('x:up:busy', 'Busy.', f'up > {LEAST}')\n"
    )
    shop = Service("shop", limits={"least": 5})
    model = build(tmp_path, replace(NO_SETTINGS, services={"shop": shop}))

    assert rule_files(model)["a"]["groups"][0]["rules"] == [
        {"record": "x:up:busy", "expr": 'up{service!="shop"} > 1'},
        {"record": "x:up:busy", "expr": 'up{service="shop"} > 5', "labels": {"service": "shop"}},
    ]


def test_narrowing_reaches_every_selector() -> None:
    """Ranges, subqueries, both sides of an operator and quoted values are narrowed alike."""
    query = r'rate(a{x=~"\\d\""}[5m]) / on (b) max_over_time(rate(c[1m])[5m:1m] offset 1h)'

    assert " ".join(narrowed(query, "service", "!=", 'sh"op').split()) == (
        r'rate(a{service!="sh\"op",x=~"\\d\""}[5m]) / on (b) '
        r'max_over_time(rate(c{service!="sh\"op"}[1m])[5m:1m] offset 1h)'
    )
