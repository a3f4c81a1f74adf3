"""Lines in columns: whole ones, however narrow the terminal, so that grep finds them."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence


def padded(rows: Sequence[Sequence[str]], right: Collection[int] = ()) -> Iterator[list[str]]:
    """Yield the cells of each row, as wide as their columns; those of ``right`` to the right.

    >>> list(padded([("job", "12"), ("a", "3")], right=[1]))
    [['job', '12'], ['a  ', ' 3']]
    """
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        yield [
            cell.rjust(width) if at in right else cell.ljust(width)
            for at, (cell, width) in enumerate(zip(row, widths, strict=True))
        ]


def lines(rows: Sequence[Sequence[str]], right: Collection[int] = ()) -> Iterator[str]:
    """Yield rows as lines, two spaces between columns."""
    for cells in padded(rows, right):
        yield "  ".join(cells).rstrip()
