"""How times read: the page's script says durations the same way."""

from __future__ import annotations

from datetime import UTC, datetime

_UNITS = ((86_400, "d"), (3_600, "h"), (60, "min"), (1, "s"))


def iso(moment: float | None) -> str | None:
    """Return Unix seconds as UTC in RFC 3339, to the millisecond.

    >>> iso(0.25)
    '1970-01-01T00:00:00.250Z'
    """
    if moment is None:
        return None
    text = datetime.fromtimestamp(moment, UTC).isoformat(timespec="milliseconds")
    return text.replace("+00:00", "Z")


def clock(moment: float) -> str:
    """Return Unix seconds as a person reads them, in UTC.

    >>> clock(0)
    '1 Jan 1970, 00:00:00 UTC'
    """
    then = datetime.fromtimestamp(moment, UTC)
    return f"{then.day} {then:%b %Y, %H:%M:%S} UTC"


def duration(seconds: float) -> str:
    """Return a duration in its two largest units.

    >>> duration(7384), duration(42.9), duration(0.4)
    ('2 h 3 min', '42 s', '0 s')
    """
    left = max(0, int(seconds))
    parts = []
    for size, unit in _UNITS:
        count, left = divmod(left, size)
        parts.append((count, unit))
    first = next((i for i, (count, _) in enumerate(parts) if count), len(parts) - 1)
    return " ".join(f"{count} {unit}" for count, unit in parts[first : first + 2] if count) or "0 s"


def latency(seconds: float) -> str:
    """Return how late something was told; clocks may disagree, so it can be negative.

    >>> latency(5.14), latency(95), latency(-3)
    ('5.1 s', '1 min 35 s', '-3.0 s')
    """
    return f"{seconds:.1f} s" if seconds < 60 else duration(seconds)
