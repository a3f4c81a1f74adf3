"""What a time interval is, and which classes of hours several of them make."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from functools import cached_property
from zoneinfo import ZoneInfo

from generator.dates import Days, days_of
from generator.rules import DefinitionError, Source, Waiver, one_of

# In the order of datetime.weekday().
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")

_TIMES = re.compile(r"([01]\d|2[0-3]):([0-5]\d)-(?:([01]\d|2[0-3]):([0-5]\d)|24:00)")
_DAY = 24 * 60

# Any year shows every combination: one with a Monday first and both changes of the clocks.
_FIRST = datetime(2029, 1, 1, tzinfo=UTC)

# After so many, every date has been every day of the week, 29 February too.
_YEARS = 28

# The names of the intervals that hold at one moment: what routes can tell moments apart by.
HourClass = frozenset[str]


@dataclass(frozen=True, kw_only=True)
class TimeInterval:
    """Hours on the clock of a place, such as working hours in Berlin, or its holidays.

    ``weekdays`` are days or ranges of days (``monday:friday``), ``times`` are such as
    ``09:00-17:00``, the end not included; without them, all day. ``dates`` are days of
    every year (``12-25``) or of one (``2027-04-02``), or from one to another
    (``12-24:01-01``); without them, every day. ``location`` is a zone of the IANA database.
    """

    name: str
    weekdays: Sequence[str] = WEEKDAYS
    times: Sequence[str] = ()
    dates: Sequence[str] = ()
    location: str = "UTC"
    waived: Sequence[Waiver] = ()
    source: Source = field(default_factory=Source.of_definition)

    def __post_init__(self) -> None:
        try:
            _ = self.days, self.spans, self.days_of_year, self._zone
        except ValueError as error:
            wrong = f"{self.source}: time interval {self.name!r}: {error}"
            raise DefinitionError(wrong) from None

    @cached_property
    def days(self) -> tuple[int, ...]:
        """The days of the week, Monday being 0."""
        return tuple(sorted({day for text in self.weekdays for day in _days(text)}))

    @cached_property
    def spans(self) -> tuple[tuple[int, int], ...]:
        """Start and end of each span of the day, in minutes since midnight."""
        return tuple(_span(text) for text in self.times) or ((0, _DAY),)

    @cached_property
    def days_of_year(self) -> tuple[Days, ...]:
        """The days that the dates name, month by month; none where every day is meant."""
        return tuple(days for text in self.dates for days in days_of(text))

    @cached_property
    def _zone(self) -> ZoneInfo:
        try:
            return ZoneInfo(self.location)
        except (KeyError, ValueError, OSError):
            what = f"no time zone {self.location!r} on this machine"
            raise ValueError(f"{what}; write one of IANA's, such as Europe/Berlin") from None

    def holds(self, moment: datetime) -> bool:
        """Whether a moment, of whatever zone, lies in the interval."""
        local = moment.astimezone(self._zone)
        minute = local.hour * 60 + local.minute
        if self.dates and not any(days.holds(local.date()) for days in self.days_of_year):
            return False
        return local.weekday() in self.days and any(a <= minute < b for a, b in self.spans)

    def bounds_on(self, day: date) -> Iterator[datetime]:
        """Yield the moments of a day at which the interval may begin or end."""
        for minute in {0, *(bound for span in self.spans for bound in span)}:
            midnight = datetime.combine(day, time(), self._zone)
            yield (midnight + timedelta(minutes=minute)).astimezone(UTC)


def hour_classes(intervals: Sequence[TimeInterval]) -> list[HourClass]:
    """Return every combination of intervals that holds at some moment, the emptiest first."""
    days = _days_that_differ(intervals)
    moments = {at for one in intervals for day in days for at in one.bounds_on(day)} or {_FIRST}
    found = {frozenset(one.name for one in intervals if one.holds(at)) for at in moments}
    return sorted(found, key=lambda names: (len(names), sorted(names)))


def _days_that_differ(intervals: Sequence[TimeInterval]) -> set[date]:
    """Return days enough to see whatever can meet: a week, a year, or all dates of many years."""
    dated = {days for one in intervals for days in one.days_of_year}
    whole_year = dated or len({one.location for one in intervals}) > 1
    found = {_FIRST.date() + timedelta(days=n) for n in range(371 if whole_year else 7)}
    for days in dated:
        for year in range(_FIRST.year, _FIRST.year + _YEARS):
            # Elsewhere it is another day already, or still.
            found |= {day + timedelta(days=n) for day in days.of(year) for n in (-1, 0, 1)}
    return found


def _days(text: str) -> list[int]:
    first, _, last = text.partition(":")
    start, end = _day(first), _day(last or first)
    return [n % 7 for n in range(start, end + 1 if end >= start else end + 8)]


def _day(name: str) -> int:
    if name not in WEEKDAYS:
        raise ValueError(one_of(name, WEEKDAYS, what="weekday"))
    return WEEKDAYS.index(name)


def _span(text: str) -> tuple[int, int]:
    found = _TIMES.fullmatch(text)
    if found is None:
        raise ValueError(f"{text!r} are no times; write them like 09:00-17:00")
    start = int(found[1]) * 60 + int(found[2])
    end = int(found[3]) * 60 + int(found[4]) if found[3] else _DAY
    if start >= end:
        raise ValueError(f"{text!r} ends before it starts; write two: one until 24:00, one after")
    return start, end
