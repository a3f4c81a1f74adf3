"""What is drilled, by which faults, and what at the same time?"""

from __future__ import annotations

from dataclasses import replace

import pytest

from compose.demo.switches import FAULTS
from compose.drills.plan import Planned, lanes, planned
from exporters.errors import UserError
from generator.drills import Real, Simulated
from generator.model import Model


def test_every_alert_has_a_drill(shipped: Model) -> None:
    """T2: each of our alerts has a drill, whose fault the demo can make; few are simulated."""
    found = planned(shipped, "all")

    assert [one.alert for one in found if one.drill is None] == []
    assert {one.fault for one in found} - {""} <= FAULTS.keys()
    simulated = [one for one in found if one.kind == "simulated"]
    assert all(isinstance(one.drill, Simulated) and one.drill.reason for one in simulated)
    assert len(simulated) < len(found) / 4


def test_unknown(shipped: Model) -> None:
    """An alert, a receiver or a fault that there is not is told with the one that was meant."""
    with pytest.raises(UserError, match="alert 'CacheDwn': unknown; did you mean 'CacheDown'"):
        planned(shipped, "CacheDwn")
    with pytest.raises(UserError, match="unknown receiver 'pager'; did you mean 'page'"):
        planned(shipped, "CacheDown", through="pager")
    wrong = replace(shipped.alerts["CacheDown"], drill=Real("cache-stoped"))
    with pytest.raises(UserError, match="CacheDown: its drill's fault 'cache-stoped' is unknown"):
        planned(replace(shipped, groups={"cache": {"CacheDown": wrong}}), "CacheDown")


def test_through(shipped: Model) -> None:
    """With a receiver only those alerts are drilled that tell it, and it is the one awaited."""
    with pytest.raises(UserError, match="CacheDown: tells page, and not ticket"):
        planned(shipped, "CacheDown", through="ticket")
    paging = planned(shipped, "all", through="page")
    assert {shipped.alerts[one.alert].severity for one in paging} == {"critical"}
    assert {receiver for one in paging for receiver in one.receivers} == {"page"}


def test_lanes(shipped: Model) -> None:
    """One fault is made once for all its alerts; what disturbs another waits for its turn."""

    def drill(alert: str, fault: str = "") -> Planned:
        return Planned(alert, Real(fault) if fault else Simulated("why"), ["page"])

    found = [
        drill("TargetDown", "exporters-stopped"),
        drill("CacheDown", "cache-stopped"),
        drill("DatabaseDown", "database-stopped"),
        drill("QueueSourceDown", "cache-stopped"),
        drill("CacheHitRatioLow", "cache-misses"),
        drill("ClockSkewed"),
    ]
    said = [
        [[[drill.alert for drill in one.drills] for one in rounds] for rounds in together]
        for together in lanes(shipped, found)
    ]

    assert said == [
        [
            [["CacheHitRatioLow"], ["CacheDown", "QueueSourceDown"]],
            [["DatabaseDown"]],
            [["ClockSkewed"]],
        ],
        [[["TargetDown"]]],
    ]
