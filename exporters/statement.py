"""What may be shown of a statement: its shape, and none of the values that were in it."""

from __future__ import annotations

import re

MAX_LENGTH = 120

# Only these are normalised by the server; others (ALTER ROLE … PASSWORD) may hold anything.
_PLAIN = frozenset({"select", "insert", "update", "delete", "merge", "with", "values"})

_WORD = re.compile(r"\s*([A-Za-z]{1,20})")

# In this order: what begins first decides where it ends, so that no quote is taken for another's.
_PARTS = re.compile(
    r"""
    (?P<comment> --[^\n]* | /\*(?:(?!/\*).)*?\*/ | /\*.*(?:\*/|$) )
    | (?P<name> "(?:[^"]|"")*" )
    | (?P<value>
        \$(?P<tag>[^\W\d]\w*)?\$ .*? (?:\$(?(tag)(?P=tag))\$|$)
        | \b[eE]'(?:\\.|''|[^'\\])*(?:'|$)
        | (?:\b[bBxXnN]|\b[uU]&)?'(?:[^']|'')*(?:'|$)
        | (?<![\w$])\.?\d[\w.]*
        | "(?:[^"]|"")*$
      )
    """,
    re.VERBOSE | re.DOTALL,
)
_LIST = re.compile(r"\((?:\s*(?:\?|\$\d+)\s*,)+\s*(?:\?|\$\d+)\s*\)")


def readable(sql: str) -> str:
    """Return a statement on one line, without comments and with ``?`` for values.

    >>> readable("select *  from users where name = 'Ada' and id in ($1, $2)")
    'select * from users where name = ? and id in (…)'
    >>> readable("ALTER ROLE me PASSWORD 'secret'")
    'ALTER …'
    """
    word = _WORD.match(sql)
    if not word:
        return "…"
    # A backslash may or may not end a string here: the server's settings decide.
    if word[1].lower() not in _PLAIN or "\\'" in sql:
        return word[1] if sql.strip() == word[1] else f"{word[1]} …"
    shape = " ".join(_LIST.sub("(…)", _PARTS.sub(_shown, sql)).split())
    return shape if len(shape) <= MAX_LENGTH else f"{shape[: MAX_LENGTH - 1]}…"


def _shown(match: re.Match[str]) -> str:
    if match["comment"] is not None:
        return " "
    return match["name"] or "?"
