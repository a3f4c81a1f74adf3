"""Which time is shown: Grafana's words for it, and how finely."""

from __future__ import annotations

import pytest

from compose.preview.window import Window, window
from exporters.errors import UserError

NOW = 1_000_000_007.5


@pytest.mark.parametrize(
    ("since", "until", "wanted"),
    [
        ("now-5m", "now", Window(999_999_705, 1_000_000_005, 5)),
        ("now-1h", "now-30m", Window(999_996_405, 999_998_205, 5)),
        ("now-1d", "now", Window(999_913_531, 999_999_858, 173)),
        ("999999000000", "999999060000", Window(999_999_000, 999_999_060, 5)),
    ],
)
def test_windows(since: str, until: str, wanted: Window) -> None:
    """Times stand on multiples of the step, which is never finer than the samples."""
    assert window(since, until, now=NOW, interval=5) == wanted
    assert len(wanted.times) <= 501
    assert {time % wanted.step for time in wanted.times} == {0}


@pytest.mark.parametrize(
    ("since", "until", "said"),
    [
        ("yesterday", "now", "time 'yesterday': not one of Grafana's; write now, now-6h or"),
        ("now-5x", "now", "time 'now-5x'"),
        ("now", "now-5m", "from now to now-5m: it ends before it begins; exchange the two"),
    ],
)
def test_no_windows(since: str, until: str, said: str) -> None:
    """What is no time, and an end before its start, is refused with what to write."""
    with pytest.raises(UserError, match=said):
        window(since, until, now=NOW, interval=5)
