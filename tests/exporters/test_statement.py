"""Statements as they may be shown: their shape, and nothing that was in them."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exporters.monotone import Monotone
from exporters.statement import MAX_LENGTH, readable

PLANTED = "zqplanted"


@pytest.mark.parametrize(
    ("sql", "shown"),
    [
        ("SELECT 1", "SELECT ?"),
        ("select a.b1, $1 from t2 where x = 1.5e3", "select a.b1, $1 from t2 where x = ?"),
        ("SELECT E'a\\\\b', N'c', B'01' FROM t", "SELECT ?, ?, ? FROM t"),
        ("SELECT $$a$$, $tag$ b $$ $tag$, c", "SELECT ?, ?, c"),
        ('SELECT "it\'s" FROM "a""b"', 'SELECT "it\'s" FROM "a""b"'),
        ("SELECT 'it''s', 2 -- 'who'\n FROM t /* x /* y */ z */", "SELECT ?, ? FROM t"),
        ("SELECT /* one */ a /* two */ FROM t", "SELECT a FROM t"),
        ("INSERT INTO t VALUES ($1, $2, $3), (4,5)", "INSERT INTO t VALUES (…), (…)"),
        ("SELECT 'never ends", "SELECT ?"),
        ("SELECT 'a\\' , secret , '", "SELECT …"),
        ("CREATE USER me PASSWORD 'x'", "CREATE …"),
        (" COMMIT ", "COMMIT"),
        ("/* hello */ SELECT 1", "…"),
        ("", "…"),
    ],
)
def test_readable(sql: str, shown: str) -> None:
    """Values and comments are gone, names and parameters stay."""
    assert readable(sql) == shown


QUOTED = st.sampled_from(["'{}'", "E'{}'", "$${}$$", "$x${}$x$", "/* {} */", "-- {}\n"])
CUT_OFF = st.sampled_from(["", "'{}", "/* {}", "$${}", "-- {}"])
AROUND = st.text(st.sampled_from("ab 12*-/(),\n"), max_size=8)
PARTS = st.lists(st.tuples(AROUND, QUOTED), max_size=4)


@given(st.sampled_from(["SELECT ", "ALTER ROLE me PASSWORD ", "with a as "]), PARTS, CUT_OFF)
def test_no_value_gets_through(begin: str, parts: list[tuple[str, str]], end: str) -> None:
    """Whatever stands in quotes or comments is not shown, however they are mixed."""
    text = "".join(around + quoted.format(PLANTED) for around, quoted in parts)
    shown = readable(begin + text + end.format(PLANTED))

    assert PLANTED not in shown
    assert "\n" not in shown
    assert len(shown) <= MAX_LENGTH


@given(st.text())
def test_anything(text: str) -> None:
    """Whatever a statement is, it is shown on one line of bounded length."""
    assert len(readable(text)) <= MAX_LENGTH


@given(st.lists(st.floats(0, 1e9)))
def test_monotone(totals: list[float]) -> None:
    """A sum that may fall is told as one that does not, and never less than it is."""
    add = Monotone()
    told = [add("a", total) for total in totals]

    assert all(later >= before * (1 - 1e-9) for before, later in pairwise(told))
    assert all(one >= total for one, total in zip(told, totals, strict=True))
