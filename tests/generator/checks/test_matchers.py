"""Matchers that say nothing, or contradict each other."""

from __future__ import annotations

from collections.abc import Callable

import pytest

Found = Callable[..., list[str]]


@pytest.mark.parametrize(
    ("matchers", "wrong"),
    [
        ('job=~"a|b"', ""),
        ('job=~"a.*"', ""),
        ('job!="", job!="a"', ""),
        ('job="a", instance=~".+"', ""),
        ('job=~"a"', 'job=~"a" is no pattern; write job="a"'),
        ('job!~"a"', 'job!~"a" is no pattern; write job!="a"'),
        ('job=~"^a.*$"', "is a whole match anyway; leave ^ and $ out"),
        ('job=~".*"', 'job=~".*" matches everything; leave it out'),
        ('job="a", job="b"', 'no series is job="b" and job="a"; leave one out'),
        ('job="a", job!="a"', "no series is"),
        ('job="a", job=~"b|c"', "no series is"),
    ],
)
def test_matchers(found: Found, matchers: str, wrong: str) -> None:
    """A pattern is one, says something, and no two matchers exclude each other."""
    said = found("matchers", f"rate(cache_hits_total{{{matchers}}}[5m])")

    assert wrong in said[0] if wrong else said == []


def test_variables_are_patterns(drawn: Found) -> None:
    """What Grafana fills in is a pattern, whatever it looks like before."""
    query = 'rate(cache_hits_total{service=~"$service", instance=~"$instance"}[$__rate_interval])'

    assert drawn("matchers", query) == []
