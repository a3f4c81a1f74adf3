"""Sums of counters whose owners come and go."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from exporters.totals import Totals


def test_first_look() -> None:
    """What was counted before the first look is not ours to tell when."""
    totals = Totals(2)
    totals.update({"a": (7, 1.5)})
    assert totals.sums == [0, 0]
    totals.update({"a": (9, 2.0)})
    assert totals.sums == [2, 0.5]


def test_owners_come_and_go() -> None:
    """A new owner counts from zero, one that has gone leaves what it did, a restart adds."""
    totals = Totals(1)
    totals.update({})
    totals.update({"a": (5,)})
    totals.update({"b": (1,)})
    assert totals.sums == [6]
    assert totals.owners == ["b"]
    totals.update({"b": (0,)})
    totals.update({"b": (2,)})
    assert totals.sums == [8]


@given(st.lists(st.dictionaries(st.sampled_from("abc"), st.tuples(st.integers(0, 100)))))
def test_never_falls(looks: list[dict[str, tuple[int]]]) -> None:
    """Whatever owners do, the sum never falls: a fall would read as a restart of everything."""
    totals, before = Totals(1), 0.0
    for look in looks:
        totals.update(look)
        assert totals.sums[0] >= before
        before = totals.sums[0]
