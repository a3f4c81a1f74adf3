"""Hours and inhibitions: what we say of them is what a running Alertmanager does."""

from __future__ import annotations

import random
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import requests

from compose.local import tools
from compose.local.ports import reserve
from generator.alertmanager import configuration
from generator.intervals import WEEKDAYS, TimeInterval, hour_classes
from generator.model import Model, build
from generator.routes import Inhibition, Receiver, Route, Routing
from generator.rules import DefinitionError
from generator.yamltext import dump

ROOT = Path(__file__).parents[2]
ZONES = ("UTC", "Europe/Berlin", "America/New_York", "Asia/Kolkata", "Pacific/Chatham")
DAY = 24 * 60


def _interval(rng: random.Random, name: str) -> TimeInterval:
    """Return any interval whose bounds are not so close to now that a slow test would cross one."""
    first, last = rng.choices(WEEKDAYS, k=2)
    zone = rng.choice(ZONES)
    while True:
        start, end = sorted(rng.sample(range(DAY), 2))
        found = TimeInterval(
            name=name,
            weekdays=(f"{first}:{last}",),
            location=zone,
            times=(_times(start, end),),
            dates=_dates(rng),
        )
        now = datetime.now(tz=UTC).timestamp()
        if len({found.holds(datetime.fromtimestamp(now + s, UTC)) for s in (-60, 0, 300)}) == 1:
            return found


def _dates(rng: random.Random) -> list[str]:
    """Return no dates, or some around today: of every year or of this one, as Alertmanager may."""
    today = datetime.now(tz=UTC).date()
    spans = []
    for _ in range(rng.choice((0, 0, 1, 2))):
        days = sorted(today + timedelta(days=rng.randint(-40, 40)) for _ in range(2))
        form = rng.choice(("%m-%d", "%Y-%m-%d"))
        spans.append(":".join(day.strftime(form) for day in days))
    return spans


def _times(start: int, end: int) -> str:
    return f"{start // 60:02}:{start % 60:02}-{end // 60:02}:{end % 60:02}"


def _routing(rng: random.Random) -> Routing:
    intervals = [_interval(rng, f"i{n}") for n in range(12)]
    return Routing(
        root=Route(
            to=Receiver("root"),
            group_by=["alertname"],
            wait="0s",
            routes=[
                Route(
                    to=Receiver("r"),
                    match={"alertname": f"A{n}"},
                    active=rng.sample(intervals, rng.choice((0, 1, 2))),
                    mute=rng.sample(intervals, rng.choice((0, 0, 1))),
                )
                for n in range(60)
            ],
        ),
        inhibitions=[
            Inhibition(
                name=f"inhibition {n}",
                cause={"kind": rng.choice("ab")},
                symptom={"kind": rng.choice("abc")},
                equal=rng.sample(("zone", "host", "none"), rng.choice((1, 2))),
            )
            for n in range(3)
        ],
    )


@contextmanager
def _alertmanager(folder: Path, config: Mapping[str, Any]) -> Iterator[str]:
    """Run an Alertmanager of this configuration, and yield its address."""
    program = tools.obtain(ROOT / tools.FOLDER).alertmanager
    (folder / "alertmanager.yml").write_text(dump(config, made_from="a test"), encoding="utf-8")
    address = f"127.0.0.1:{reserve()}"
    arguments = [
        str(program.path),
        f"--config.file={folder}/alertmanager.yml",
        f"--storage.path={folder}/data",
        f"--web.listen-address={address}",
        "--cluster.listen-address=",
    ]
    with (
        (folder / "log").open("w") as log,
        subprocess.Popen(arguments, cwd=program.directory, stdout=log, stderr=log) as server,
    ):
        try:
            yield f"http://{address}"
        finally:
            server.terminate()


def _told(url: str) -> dict[str, Any]:
    """Return the status of each alert, by its name."""
    groups = requests.get(f"{url}/api/v2/alerts/groups", timeout=10).json()
    return {a["labels"]["alertname"]: a["status"] for group in groups for a in group["alerts"]}


def _until(holds: Callable[[], object], *, seconds: float = 60) -> bool:
    """Wait until something holds, for a while; a server that does not answer yet holds nothing."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        with suppress(requests.ConnectionError):
            if holds():
                return True
        time.sleep(0.1)
    return False


@pytest.mark.parametrize("seed", range(2))
def test_we_read_hours_and_inhibitions_as_alertmanager_does(
    stack: Model, tmp_path: Path, seed: int
) -> None:
    """Alertmanager mutes and inhibits exactly the alerts that we say it does, right now."""
    rng = random.Random(seed)
    routing = _routing(rng)
    config = configuration(replace(stack, routing=routing))
    alerts = [
        {"alertname": f"A{n}", "kind": rng.choice("abc")}
        | {label: rng.choice("xy") for label in ("zone", "host") if rng.random() < 0.8}
        for n in range(60)
    ]
    now = datetime.now(tz=UTC)
    hours = frozenset(name for name, one in routing.intervals.items() if one.holds(now))

    inhibited = {
        symptom["alertname"]
        for symptom in alerts
        for cause in alerts
        if any(one.applies(cause, symptom) for one in routing.inhibitions)
    }
    # What is inhibited goes no further: Alertmanager does not look at its hours.
    muted = {a["alertname"] for a in alerts if not routing.told(a, hours)} - inhibited

    with _alertmanager(tmp_path, config) as url:
        assert _until(lambda: requests.get(f"{url}/-/ready", timeout=10).ok)
        body = [{"labels": labels} for labels in alerts]
        requests.post(f"{url}/api/v2/alerts", json=body, timeout=10).raise_for_status()
        # What is muted is known only when its route is due.
        _until(lambda: _silent(_told(url)) == (inhibited, muted), seconds=30)
        said = _told(url)

    assert _silent(said) == (inhibited, muted)
    assert inhibited
    assert muted
    assert len(inhibited | muted) < len(alerts) == len(said)


def _silent(said: Mapping[str, Any]) -> tuple[set[str], set[str]]:
    """Return which alerts Alertmanager says are inhibited, and which of the others muted."""
    inhibited = {name for name, status in said.items() if status["inhibitedBy"]}
    return inhibited, {name for name, status in said.items() if status["mutedBy"]} - inhibited


def test_hour_classes_are_those_that_there_are() -> None:
    """Hours are told apart by what holds in them, and what never meets makes no class."""
    day = TimeInterval(name="day", times=("08:00-20:00",))
    noon = TimeInterval(name="noon", times=("12:00-13:00",))
    weekend = TimeInterval(name="weekend", weekdays=("saturday:sunday",))

    found = [sorted(names) for names in hour_classes([day, noon, weekend])]

    assert found == [
        [], ["day"], ["weekend"], ["day", "noon"], ["day", "weekend"], ["day", "noon", "weekend"],
    ]  # fmt: skip
    assert hour_classes([]) == [frozenset()]


def test_holidays_are_a_class_of_their_own() -> None:
    """A date meets every day of the week in some year; one of a single year meets one day only."""
    weekend = TimeInterval(name="weekend", weekdays=("saturday:sunday",))
    christmas = TimeInterval(name="holiday", dates=("12-25",))
    friday = TimeInterval(name="holiday", dates=("2027-03-26",))

    assert [sorted(names) for names in hour_classes([weekend, christmas])] == [
        [], ["holiday"], ["weekend"], ["holiday", "weekend"],
    ]  # fmt: skip
    assert [sorted(names) for names in hour_classes([weekend, friday])] == [
        [], ["holiday"], ["weekend"],
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("dates", "held", "not_held"),
    [
        ("12-25", ["2027-12-25", "2031-12-25"], ["2027-12-24", "2027-12-26"]),
        ("2027-03-26", ["2027-03-26"], ["2028-03-26"]),
        ("12-24:01-02", ["2027-12-24", "2027-12-31", "2028-01-02"], ["2028-01-03", "2027-12-23"]),
        ("2027-12-24:2028-01-02", ["2027-12-31", "2028-01-01"], ["2028-12-31", "2027-01-01"]),
        ("2027-01-30:2027-03-02", ["2027-01-31", "2027-02-28", "2027-03-02"], ["2027-03-03"]),
        ("02-29", ["2028-02-29"], ["2027-02-28", "2027-03-01"]),
    ],
)
def test_dates(dates: str, held: list[str], not_held: list[str]) -> None:
    """Dates are days of every year, or of one; both ends of a span belong to it."""
    interval = TimeInterval(name="x", dates=(dates,))

    for days, holds in ((held, True), (not_held, False)):
        for day in map(date.fromisoformat, days):
            noon = datetime(day.year, day.month, day.day, 12, tzinfo=UTC)
            assert interval.holds(noon) is holds, day


def test_dates_are_written_as_alertmanager_reads_them() -> None:
    """A span over months is one entry for each month, all with the same hours of the week."""
    xmas = TimeInterval(name="x", dates=("12-24:01-02",), times=("08:00-12:00",))
    routing = Routing(
        root=Route(to=Receiver("r"), routes=[Route(to=Receiver("r"), mute=[xmas])]),
    )
    model = build(Path(__file__).parent / "stack")

    (found,) = configuration(replace(model, routing=routing))["time_intervals"]

    dates = [(at["months"], at["days_of_month"]) for at in found["time_intervals"]]
    assert dates == [(["12"], ["24:31"]), (["1"], ["1:2"])]
    assert {len(at["weekdays"]) for at in found["time_intervals"]} == {7}


def test_hours_follow_the_clocks_of_a_place() -> None:
    """Nine o'clock in Berlin is at eight in winter and at seven in summer, in UTC."""
    working = TimeInterval(name="x", times=("09:00-17:00",), location="Europe/Berlin")

    held = [
        [working.holds(datetime(2027, month, 4, hour, 59, tzinfo=UTC)) for hour in (6, 7, 8)]
        for month in (1, 7)
    ]

    assert held == [[False, False, True], [False, True, True]]


@pytest.mark.parametrize(
    ("given", "wrong"),
    [
        ({"weekdays": ["mnday"]}, "unknown weekday 'mnday'; did you mean 'monday'?"),
        ({"times": ["9-17"]}, "'9-17' are no times; write them like 09:00-17:00"),
        ({"times": ["22:00-06:00"]}, "ends before it starts; write two: one until 24:00"),
        ({"dates": ["25-12"]}, "'25-12' are no dates; write them like 12-25, 12-24:01-01 or"),
        ({"dates": ["2027-02-29"]}, "'2027-02-29' are no dates"),
        ({"dates": ["2027-12-24:01-02"]}, "has a year on one side only"),
        ({"dates": ["2027-12-24:2027-12-01"]}, "ends before it starts"),
        ({"location": "Berlin"}, "no time zone 'Berlin' on this machine; write one of IANA's"),
        ({"location": "../etc"}, "no time zone '../etc'"),
    ],
)
def test_hours_that_are_none(given: Any, wrong: str) -> None:
    """An interval that Alertmanager would refuse is refused where it is written."""
    with pytest.raises(DefinitionError, match="time interval 'x': ") as raised:
        TimeInterval(name="x", **given)

    assert wrong in str(raised.value)


def test_two_intervals_of_one_name() -> None:
    """Two time intervals of one name are refused: Alertmanager would take one for both."""
    one, other = (
        TimeInterval(name="x", times=(times,)) for times in ("01:00-02:00", "03:00-04:00")
    )
    routes = [Route(to=Receiver("r"), match={"a": "b"}, active=[one], mute=[other])]

    with pytest.raises(DefinitionError, match="two time intervals 'x'"):
        Routing(root=Route(to=Receiver("r"), routes=routes))


def test_a_root_that_is_not_for_all() -> None:
    """A root that matches, or keeps hours, is refused, as Alertmanager would."""
    with pytest.raises(DefinitionError, match="the root takes every alert at every hour"):
        Routing(root=Route(to=Receiver("r"), match={"a": "b"}))
