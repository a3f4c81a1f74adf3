"""Reads what applications count of each class of cached value, in a hash for each class."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from exporters.catalog import classes
from exporters.exposition import Exposition
from exporters.redis_client import Command

PREFIX = "lightship:cache:"

# Whether a text is a number as applications count: never less than nothing.
is_number = re.compile(r"[0-9]{1,18}(?:\.[0-9]{1,18})?").fullmatch

_FIELDS = {
    "hits": classes.class_hits_total,
    "misses": classes.class_misses_total,
    "invalidations": classes.class_invalidations_total,
    "warmed_at": classes.class_warmed_timestamp_seconds,
    "warming_seconds": classes.class_warming_seconds,
    "warming_coverage": classes.class_warming_coverage_ratio,
}


class Effect:
    """The families that are fields of these hashes. What is not there, or no number, is absent."""

    def __init__(self, page: Exposition, names: Iterable[str]) -> None:
        self.questions: Mapping[Command, str] = {
            ("HMGET", f"{PREFIX}{name}", *_FIELDS): name for name in names
        }
        self._writers = [page.writer(family, "class") for family in _FIELDS.values()]

    def write(self, replies: Mapping[Command, Any]) -> None:
        """Add what the answers to the questions hold."""
        for question, name in self.questions.items():
            values = replies.get(question)
            if not isinstance(values, list) or len(values) != len(_FIELDS):
                continue
            for writer, value in zip(self._writers, values, strict=True):
                if isinstance(value, str) and is_number(value):
                    writer.add_text(value, (name,))
