"""Queries that do not parse."""

from __future__ import annotations

from collections.abc import Callable

import pytest

Told = Callable[..., list[str]]


def test_syntax(told: Told) -> None:
    """A query that is not PromQL is told with the parser's reason and the query."""
    found, _ = told("dashboards/shop.py", "sum(increase(", "sum((increase(")

    assert found == (
        "shop.py:32: panel 'Reads': unclosed left parenthesis; mend the query [syntax]\n"
        '    sum((increase(cache_hits_total{service=~"$service", instance=~"$instance"}'
        "[$__range]))\n"
        f"{' ' * 89}^"
    )


def test_a_query_that_the_parser_cannot_bear(told: Told) -> None:
    """A query on which the parser itself breaks is a problem like any other."""
    found = told("dashboards/shop.py", "misses(service, instance)", '"cache_up[1e400]"')

    assert any("panel 'Misses': cannot convert float seconds to Duration" in w for w in found)


def test_what_promtool_reads_and_we_do_not(told: Told, monkeypatch: pytest.MonkeyPatch) -> None:
    """That promtool and our parser disagree is a finding of its own."""
    monkeypatch.setattr("generator.proofs.promtool.where_wrong", lambda _: None)

    found, *_ = told("dashboards/shop.py", "sum(increase(", "sum((increase(")

    assert "promtool reads it, and we do not: it goes unchecked; write it otherwise" in found


def test_what_only_promtool_reads(found: Callable[..., list[str]]) -> None:
    """A query in a form that promtool knows and our parser does not is told as that."""
    (wrong,) = found("syntax", "sum(rate(cache_hits_total[5m])) + 1_000")

    assert "promtool reads it, and we do not" in wrong
