"""Which days a date names, or two dates and all between, such as ``12-24:01-01``."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

_DATE = re.compile(r"(?:(\d{4})-)?(\d{2})-(\d{2})")

# Any leap year: it has all days.
_LEAP = 2028


@dataclass(frozen=True)
class Days:
    """Days of one month, the last one included, of one year or (0) of every year."""

    year: int
    month: int
    first: int
    last: int

    def holds(self, day: date) -> bool:
        """Whether a day is one of them."""
        in_month = day.month == self.month and self.first <= day.day <= self.last
        return in_month and self.year in {0, day.year}

    def of(self, year: int) -> Iterator[date]:
        """Yield those days of a year that there are."""
        for n in range(self.first, self.last + 1):
            try:
                yield date(self.year or year, self.month, n)
            except ValueError:
                return  # 29 February, in most years


def days_of(text: str) -> list[Days]:
    """Return the days that a text names, month by month, as Alertmanager tells them apart.

    Raises ValueError where it names none.
    """
    start, _, end = text.partition(":")
    (year, first), (last_year, last) = _date(text, start), _date(text, end or start)
    if bool(year) != bool(last_year):
        raise ValueError(f"{text!r} has a year on one side only; write it on both, or on neither")
    if (last_year, last) < (year, first) and year:
        raise ValueError(f"{text!r} ends before it starts; exchange them")
    at, found = (year, first.month, first.day), []
    until = (last_year + (not year and last < first), last.month)
    while at[:2] < until:
        found.append(Days(at[0] if year else 0, at[1], at[2], 31))
        at = (at[0] + 1, 1, 1) if at[1] == 12 else (at[0], at[1] + 1, 1)
    return [*found, Days(at[0] if year else 0, at[1], at[2], last.day)]


def _date(whole: str, text: str) -> tuple[int, date]:
    """Return the year of a date, or 0, and its day in a year that has all days."""
    found = _DATE.fullmatch(text)
    try:
        if found:
            if found[1]:
                date.fromisoformat(text)
            return int(found[1] or 0), date(_LEAP, int(found[2]), int(found[3]))
    except ValueError:
        pass
    raise ValueError(
        f"{whole!r} are no dates; write them like 12-25, 12-24:01-01 or 2027-04-02"
    ) from None
