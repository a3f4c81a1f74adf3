"""What a probe says of itself: is the target up, how does each collector do?"""

from __future__ import annotations

from collections.abc import Sequence

from exporters.catalog import scrape
from exporters.catalog.family import Family
from exporters.collection import Collection
from exporters.exposition import Exposition
from exporters.format import Part


class Report:
    """A page that is written anew for every answer; its families are declared once."""

    def __init__(self, up: Family) -> None:
        self._page = page = Exposition()
        self._up = page.writer(up)
        self._success = page.writer(scrape.collector_success, "collector")
        self._duration = page.writer(scrape.collector_duration_seconds, "collector")
        self._stamp = page.writer(scrape.collector_last_success_timestamp_seconds, "collector")
        self._age = page.writer(scrape.collector_age_seconds, "collector")
        self._errors = page.writer(scrape.collector_errors_total, "collector", "reason")
        self._dropped = page.writer(scrape.series_dropped, "family")
        self._opened = page.writer(scrape.connections_opened_total, "collector")
        self._shared = page.writer(scrape.scrapes_shared_total)

    def parts(
        self, collections: Sequence[Collection], opened: tuple[str, int], shared: int, *, up: bool
    ) -> list[Part]:
        """Return the report; ``opened`` says who opened how many connections."""
        self._page.clear()
        self._up.add(up)
        for one in collections:
            self._add_run(one)
            self._add_failures(one)
        who, count = opened
        self._opened.add(count, who)
        self._shared.add(shared)
        return self._page.parts()

    def _add_run(self, one: Collection) -> None:
        name = one.collector.name
        if one.interval and not one.ran:
            return  # what has not ended yet has neither succeeded nor failed
        self._success.add(one.succeeded, name)
        self._duration.add(one.duration, name)
        if one.succeeded_at:
            self._stamp.add(one.succeeded_at, name)
            if one.interval:
                self._age.add(one.age, name)

    def _add_failures(self, one: Collection) -> None:
        for why, count in one.errors.items():
            self._errors.add(count, one.collector.name, why)
        for family, count in one.dropped.items():
            self._dropped.add(count, family)
