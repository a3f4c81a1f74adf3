"""Do examples, played to whoever scrapes, say what promtool would read in them?"""

from __future__ import annotations

import pytest
import requests

from compose.drills import stories
from compose.drills.stories import Story, values
from generator.rules import Example

FULL = Example(
    "a disk fills, and is emptied",
    given={'free_bytes{disk="a"}': "5x2 4x5 6x10", "gone": "1x3 stale"},
    silent_at="3m",
    fires_at="4m",
    gone_at="9m",
)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Return the clock that stories go by: what stands in it."""
    now = [1_000_000.0]
    monkeypatch.setattr("compose.drills.stories.time.time", lambda: now[0])
    return now


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("1 2 3", [1, 2, 3]),
        ("0+60x3", [0, 60, 120, 180]),
        ("900-9x2", [900, 891, 882]),
        ("4e9x1 -1.5", [4e9, 4e9, -1.5]),
        ("1 _x2 stale _", [1, None, None, None, None]),
    ],
)
def test_values(text: str, read: list[float | None]) -> None:
    """Values mean what promtool's documentation says."""
    assert list(values(text)) == read


def test_no_value() -> None:
    """What is no value is refused by its name."""
    with pytest.raises(ValueError, match=r"'0\.\.5' is no value that promtool reads"):
        list(values("0..5"))


def test_a_story_waits_plays_stops_and_ends(clock: list[float]) -> None:
    """It stays at its beginning, runs to where its alert fires, stays, and comes to an end."""
    story = Story(FULL)

    def after(seconds: float) -> list[str]:
        clock[0] += seconds
        return list(story.lines(clock[0]))

    assert after(100) == ['free_bytes{disk="a"} 5.0', "gone 1.0"]
    story.play(on=True)
    assert after(2) == ['free_bytes{disk="a"} 5.0', "gone 1.0"]
    assert after(1) == ['free_bytes{disk="a"} 4.0', "gone 1.0"]
    assert after(60) == ['free_bytes{disk="a"} 4.0']
    story.play(on=False)
    assert after(4) == ['free_bytes{disk="a"} 4.0']
    assert after(60) == ['free_bytes{disk="a"} 6.0']


def test_times_of_a_story_are_as_long_ago_as_in_it(clock: list[float]) -> None:
    """What was an hour ago in an example was an hour ago when it is told."""
    given = {"warmed_timestamp_seconds": "0x90"}
    story = Story(Example("s", given=given, silent_at="50m", fires_at="1h", gone_at="2h"))
    story.play(on=True)
    clock[0] += 1000

    assert list(story.lines(clock[0])) == [f"warmed_timestamp_seconds {clock[0] - 3600}"]


def test_stories_are_told_to_whoever_scrapes() -> None:
    """All stories stand in one answer."""
    tellers = [Story(FULL), Story(FULL)]
    with stories.told(tellers) as address:
        said = requests.get(f"http://{address}/metrics", timeout=5)

    assert said.text.splitlines() == ['free_bytes{disk="a"} 5.0', "gone 1.0"] * 2
