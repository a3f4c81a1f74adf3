"""Checks: each finds its mistake, and says what to do about it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from generator import checks
from generator.model import Model, build
from generator.versions import Versions

Told = Callable[..., list[str]]


def test_the_invented_stack_is_clean(stack: Model) -> None:
    """A stack that uses every feature as it is meant has no problems."""
    assert checks.run(stack).at_least("warning") == []


def test_syntax(told: Told) -> None:
    """A query that is not PromQL is told with the parser's reason and the query."""
    found, _ = told("dashboards/shop.py", "sum(increase(", "sum((increase(")

    assert found == (
        "shop.py:27: panel 'Reads': unclosed left parenthesis; mend the query [syntax]\n"
        '    sum((increase(cache_hits_total{service=~"$service"}[$__range]))\n'
        "                                                                  ^"
    )


def test_selectors_unknown_metric(told: Told) -> None:
    """A metric that nothing exposes is told with the one that was probably meant."""
    (wrong,) = told("alerts/shop.py", "{cache.misses_total}[5m]", "cache_mises_total[5m]")

    assert wrong == (
        "shop.py:8: instance:misses:rate5m: nothing exposes cache_mises_total, did you mean "
        "'cache_misses_total'?; declare it in exporters/catalog, or record it in alerts "
        "[selectors]\n"
        "    rate(cache_mises_total[5m])\n"
        "         ^"
    )


def test_selectors_unknown_label(told: Told) -> None:
    """A label that a metric never has is told with those that it has."""
    (wrong,) = told("alerts/shop.py", "{misses}\n", '{misses}{{instnce="a"}}\n')

    assert wrong == (
        "shop.py:22: ShopMisses: instance:misses:rate5m has no label 'instnce', did you mean "
        "'instance'?; use one of its labels: job, instance, service, team [selectors]\n"
        '    instance:misses:rate5m{instnce="a"}\n'
        "                           ^"
    )


def test_runbooks_missing(told: Told, tmp_path: Path) -> None:
    """An alert without a runbook is told with the file to write."""
    told("alerts/shop.py", "ShopDown", "ShopDown")
    (tmp_path / "docs/runbooks/ShopDown.md").unlink()

    (wrong,) = checks.run(build(tmp_path)).at_least("error")

    assert wrong.message == "ShopDown: no runbook; write docs/runbooks/ShopDown.md"


def test_runbooks_with_a_gap(told: Told) -> None:
    """A runbook's heading without words under it is told."""
    (wrong,) = told("docs/runbooks/ShopDown.md", "Some.", "")

    assert wrong.startswith("ShopDown.md:1: no words under '## Impact'; ")


def test_examples(stack: Model) -> None:
    """An alert that shows no example is told."""
    group = stack.groups["shop"]
    bare = {"ShopDown": replace(stack.alerts["ShopDown"], tests=[])}

    (wrong,) = checks.run(replace(stack, groups={"shop": {**group, **bare}})).at_least("error")

    assert wrong.message == ("ShopDown: no example; show when it fires and when it stays silent")


def test_panels_none(told: Told) -> None:
    """An alert that no panel explains is told."""
    (wrong,) = told("dashboards/shop.py", "alerts=[ShopDown]", "alerts=[]")

    assert "ShopDown: no panel explains it; name it in a panel's alerts=[...]" in wrong


def test_panels_several(told: Told) -> None:
    """An alert that two panels explain is told with both."""
    (wrong,) = told("dashboards/shop.py", "alerts=[ShopMisses]", "alerts=[ShopMisses, ShopDown]")

    assert "ShopDown: 2 panels explain it (shop: 'Open', shop: 'Misses'); leave it in one" in wrong


def test_panels_of_one_title(told: Told) -> None:
    """Two panels of one title would share an id."""
    (wrong,) = told("dashboards/shop.py", '"Reads"', '"Misses"')

    assert "dashboard 'shop': 2 panels are called 'Misses'; rename one" in wrong


def test_limits(told: Told) -> None:
    """A limit that no definition declares is told at its line of the settings file."""
    (wrong,) = told("lightship.yaml", "misses_per_second_max", "miss_per_second_max")

    assert wrong == (
        "lightship.yaml:17: key 'services.shop.limits.miss_per_second_max': no such limit, "
        "did you mean 'misses_per_second_max'?; use one of: misses_per_second_max [limits]"
    )


def test_receivers(told: Told) -> None:
    """A receiver of the settings that no route names is told: it would never hear."""
    (wrong,) = told("lightship.yaml", "  page:", "  pge:")

    assert wrong == (
        "lightship.yaml:21: key 'receivers.pge': no route leads there, did you mean 'page'?; "
        "use one of: everyone, page [receivers]"
    )


def test_versions_of_rules(told: Told) -> None:
    """What an older Prometheus does not understand is told where it is asked for."""
    (wrong,) = told("alerts/shop.py", "", "", Versions(prometheus=(2, 40)))

    assert wrong == (
        "shop.py:22: ShopMisses: keep_firing_for needs prometheus 2.42; "
        "leave it out or render for a newer version [versions]"
    )


def test_versions_of_receivers(told: Told) -> None:
    """What an older Alertmanager does not understand is told where it is asked for."""
    hours, wrong = told("lightship.yaml", "", "", Versions(alertmanager=(0, 24)))

    assert wrong.startswith(
        "lightship.yaml:26: key 'receivers.page.1.pagerduty.routing_key_file': "
        "pagerduty routing_key_file needs alertmanager"
    )
    assert hours.startswith("routes.py:7: time interval 'working hours': time intervals with a ")


def test_authority(told: Told) -> None:
    """What we let pass and promtool refuses is told with promtool's words."""
    (wrong,) = told("alerts/shop.py", "instance }} is down", "instance | no }} is down")

    assert "promtool: " in wrong
    assert 'function "no" not defined' in wrong


def test_routing(told: Told) -> None:
    """What we let pass and amtool refuses is told with amtool's words."""
    (wrong,) = told("alerts/routes.py", 'group_by=("alertname",)', 'group_by=("alertname",) * 2')

    assert wrong.startswith("routes.py:1: amtool: ")
    assert "duplicated label" in wrong


def test_authority_of_panels(told: Told) -> None:
    """A panel's query that our parser lets pass and promtool refuses is told with a place."""
    said = told("dashboards/shop.py", "misses(service, instance)", '"cache_up[99999y]"')
    (wrong,) = (w for w in said if "[authority]" in w)

    assert "panel 'Misses': promtool: could not parse expression: " in wrong
    assert "duration out of range; mend the query [authority]" in wrong


def test_a_query_that_the_parser_cannot_bear(told: Told) -> None:
    """A query on which the parser itself breaks is a problem like any other."""
    found = told("dashboards/shop.py", "misses(service, instance)", '"cache_up[1e400]"')

    assert any("panel 'Misses': cannot convert float seconds to Duration" in w for w in found)


def test_authority_in_words_that_we_do_not_know(
    stack: Model, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever promtool says when it refuses, it is told."""
    monkeypatch.setattr("generator.checks.authority._said", lambda _: "panic: no more memory")

    (wrong,) = checks.run(stack).at_least("error")

    assert wrong.message == "promtool: panic: no more memory; mend the rules"
