"""Does time run faster by what was said, and is everything else as it was?"""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.durations import seconds
from generator.model import Model
from generator.queries import parse
from generator.scaling import Scale, duration, scaled, scaled_query

SCALE = Scale(by=60, least_range=15, least_interval=3)

# Prometheus writes whole milliseconds.
SPANS = st.integers(60, 100_000_000).map(lambda n: n / 1000)

# Queries with a range, a step and an offset, each where it can stand.
SHAPES = st.sampled_from([
    'sum by (a) (rate(m{{b="[5m] offset 1h"}}[{range}] offset {offset})) > 0.5',
    "max_over_time(m[{range}:{step}] offset {offset})",
    'm offset {offset} / ignoring (a) last_over_time({{__name__=~"n.+"}}[{range}] @ 1234)',
    "avg_over_time((a + b)[{range}:{step}]) or on () vector(1)",
    "quantile_over_time(0.5, rate(m[{range}])[{range}:{step}] @ end() offset -{offset})",
])  # fmt: skip


@given(SHAPES, SPANS, SPANS, SPANS)
def test_queries(shape: str, span: float, step: float, offset: float) -> None:
    """Each duration of a query is divided, down to the least, and nothing else is changed."""
    query = shape.format(range=duration(span), step=duration(step), offset=duration(offset))
    wanted = shape.format(
        range=duration(SCALE.range(span)),
        step=duration(SCALE.interval(step)),
        offset=duration(offset / SCALE.by),
    )

    assert scaled_query(query, SCALE) == parse(wanted).prettify()


@given(SHAPES, SPANS, SPANS, SPANS)
def test_divided_by_one(shape: str, span: float, step: float, offset: float) -> None:
    """Divided by one, a query is what it was."""
    query = shape.format(range=duration(span), step=duration(step), offset=duration(offset))

    assert scaled_query(query, Scale(1, 0, 0)) == parse(query).prettify()


@given(SPANS)
def test_durations(span: float) -> None:
    """A duration is read as it was written."""
    assert seconds(duration(span)) == pytest.approx(span)


def test_a_stack(stack: Model) -> None:
    """Rules, routes and settings wait for as much less; what they say and ask is the same."""
    faster = scaled(stack, SCALE)

    assert faster.alerts.keys() == stack.alerts.keys()
    for name, alert in stack.alerts.items():
        now = faster.alerts[name]
        assert abs(seconds(now.for_) - seconds(alert.for_) / 60) < 0.001
        assert (now.severity, now.summary, now.tests) == (
            alert.severity,
            alert.summary,
            alert.tests,
        )
    assert stack.routing
    assert faster.routing
    for before, after in zip(stack.routing.routes(), faster.routing.routes(), strict=True):
        assert (after.to, after.match, after.group_by) == (before.to, before.match, before.group_by)
        if before.interval and before.repeat:
            # Alertmanager leaves out messages where these are in another proportion.
            proportion = seconds(before.repeat) / seconds(before.interval)
            assert seconds(after.repeat) / seconds(after.interval) == pytest.approx(proportion)
    assert seconds(faster.settings.scrape_interval) == SCALE.least_interval
