"""Are the facts of redis_exporter here, as the table in the docs says?"""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from prometheus_client.parser import text_string_to_metric_families

from exporters.collectors.redis import RedisCollector
from exporters.exposition import Exposition
from exporters.settings import Target

HERE = Path(__file__).parent
PAGE = HERE.parents[2] / "docs/redis.md"
THEIRS: dict[str, float] = json.loads((HERE / "recorded/redis_exporter.json").read_text())

# What of their facts must be here.
SHARE = 0.95

# Theirs in units that are not ours, and ours that are not the same number.
UNITS = {"_ms": 0.001, "_ms_total": 0.001, "percentage": 0.01, "active_defrag_running": 0.01}
OTHER_NUMBERS = {
    "redis_slowlog_last_id": "a number, of which ours is the next",
    "redis_start_time_seconds": "a time, of which ours is the distance",
}


@pytest.fixture(scope="module")
def mapped() -> dict[str, str]:
    """Return the table: their families, and ours where there is one."""
    rows = re.findall(r"^\| `(redis_\w+)` \| (?:`(\w+)`)? ?\|", PAGE.read_text(), re.MULTILINE)
    return dict(rows)


@pytest.fixture(scope="module")
def ours() -> dict[str, float]:
    """Return the families that we show of the same two servers, and the sum of each."""
    recorded = json.loads((HERE / "recorded/redis-7.0.json").read_text())
    sums: dict[str, float] = {}
    # In the order of theirs: where both servers have a family, it is the primary's.
    for answers in (recorded["replica"], recorded["primary"]):
        page = Exposition()
        redis = RedisCollector(Target("t", "redis", "redis://127.0.0.1", "s"), page)
        others = {tuple(command.split()): answer for command, answer in answers.items()}
        redis.write("\r\n".join(answers["INFO all"]), others)
        sums |= summed(page.text())
    return sums


def summed(text: str) -> dict[str, float]:
    """Return the sum of each family; of distributions, how much was counted."""
    sums: defaultdict[str, float] = defaultdict(float)
    for family in text_string_to_metric_families(text):
        name = family.name + "_total" * (family.type == "counter")
        sums[name] += sum(
            sample.value
            for sample in family.samples
            if family.type != "histogram" or sample.name.endswith("_count")
        )
    return dict(sums)


def test_table(mapped: dict[str, str]) -> None:
    """The table names every family that redis_exporter shows, and no other."""
    assert sorted(mapped) == sorted(THEIRS)


def test_coverage(mapped: dict[str, str]) -> None:
    """At least 95 % of their facts are here."""
    assert sum(map(bool, mapped.values())) >= SHARE * len(THEIRS)


def test_real(
    mapped: dict[str, str],
    ours: dict[str, float],
    start_cache: Callable[..., Any],
    run_exporters: Callable[..., Any],
) -> None:
    """What the table says is here comes from a real server, or from the exporters themselves."""
    url = start_cache().url
    exporters = run_exporters(
        f"targets: {{t: {{kind: redis, url: '{url}', service: s}}}}\nservices: {{s: {{}}}}\n"
    )
    texts = [exporters.get(path)[1] for path in ("/metrics", "/probe?target=t")]
    shown = {*ours, *summed("".join(texts))}

    assert {name for name in mapped.values() if name} <= shown


def test_same_numbers(mapped: dict[str, str], ours: dict[str, float]) -> None:
    """Asked at the same time about the same servers, both say the same."""
    differing = {
        name: (their, ours[mapped[name]])
        for name, their in THEIRS.items()
        if mapped[name] in ours and name not in OTHER_NUMBERS
        if not alike(their * unit(name), ours[mapped[name]])
    }
    assert not differing


def unit(name: str) -> float:
    """Return what their number is to be multiplied with."""
    return next((factor for end, factor in UNITS.items() if name.endswith(end)), 1.0)


def alike(theirs: float, ours: float) -> bool:
    """Return whether two numbers are one, but for what happened in the moment between."""
    return abs(theirs - ours) <= max(0.5 * abs(theirs), 0.05 if abs(theirs) < 1 else 30)
