"""Metrics and labels that there are not."""

from __future__ import annotations

from collections.abc import Callable

Told = Callable[..., list[str]]


def test_selectors_unknown_metric(told: Told) -> None:
    """A metric that nothing exposes is told with the one that was probably meant."""
    said = told(
        "alerts/shop.py", "{cache.misses_total}[5m]", "cache_mises_total[5m]", only="selectors"
    )
    (wrong,) = (p for p in said if "[selectors]" in p)

    assert wrong == (
        "shop.py:8: instance:misses:rate5m: nothing exposes cache_mises_total, did you mean "
        "'cache_misses_total'?; declare it in exporters/catalog, or record it in alerts "
        "[selectors]\n"
        "    rate(cache_mises_total[5m])\n"
        "         ^"
    )


def test_selectors_unknown_label(told: Told) -> None:
    """A label that a metric never has is told with those that it has."""
    (wrong,) = told("alerts/shop.py", "{misses}\n", '{misses}{{instnce="a"}}\n', only="selectors")

    assert wrong == (
        "shop.py:22: ShopMisses: instance:misses:rate5m has no label 'instnce', did you mean "
        "'instance'?; use one of its labels: job, instance, service, team [selectors]\n"
        '    instance:misses:rate5m{instnce="a"}\n'
        "                           ^"
    )
