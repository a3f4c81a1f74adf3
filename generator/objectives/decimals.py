"""Numbers as they were written: a budget of 0.001 is that, and not 0.0009999999999999432."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from fractions import Fraction

from generator.rules import DefinitionError, Source

# Fewer than a number of Prometheus has; for what does not end, such as a third.
_DIGITS = 15


def exact(number: str | int | Decimal, what: str, source: Source) -> Decimal:
    """Return a number as it was written. Raises DefinitionError for one that is not exact."""
    if isinstance(number, float):
        wrong = f'{what} {number} is no exact number in Python; write it as text: "{number}"'
        raise DefinitionError(f"{source}: {wrong}")
    try:
        found = Decimal(number)
    except InvalidOperation:
        found = Decimal("nan")
    if not found.is_finite():
        raise DefinitionError(f'{source}: {what} {number!r} is no number; write one as "99.9"')
    return found


def decimal(number: Fraction | Decimal) -> str:
    """Return a number without noise: exact where its digits end, to 15 of them otherwise.

    >>> decimal(Fraction("14.4")), decimal(Fraction(28, 30)), decimal(Decimal("0.0010"))
    ('14.4', '0.933333333333333', '0.001')
    """
    whole = Fraction(number)
    found = Decimal(whole.numerator) / Decimal(whole.denominator)
    if Fraction(found) != whole:
        found = Decimal(f"{found:.{_DIGITS}g}")
    return f"{found.normalize():f}"
