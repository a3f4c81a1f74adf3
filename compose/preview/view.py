"""One dashboard as somebody looks at it: which values, which time, how finely."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from compose import client
from compose.preview.window import Window
from exporters.catalog.family import quoted
from exporters.errors import UserError

# Asked again before that, Grafana gives up as well.
SECONDS = 10.0

_LABEL_VALUES = re.compile(r"label_values\((.+),\s*(\w+)\)")
_NAME = re.compile(r"\$(?:\{(\w+)\}|(\w+))")
_REGEX = re.compile(r"[\\^$*+?.()|\[\]{}]")


@dataclass(frozen=True)
class View:
    """``board`` is what Grafana imports, ``chosen`` are the values of its variables, by name.

    A variable without any stands for all. ``interval`` is the seconds between two samples.
    """

    board: Mapping[str, Any]
    window: Window
    interval: int
    chosen: Mapping[str, Sequence[str]]

    def filled(self, query: str) -> str:
        """Return a query as Grafana would send it; a rate looks at four samples at least."""
        values = {v["name"]: self._matched(v) for v in self.board["templating"]["list"]}
        values |= {
            "__interval": f"{self.window.step}s",
            "__range": f"{self.window.end - self.window.start}s",
            "__rate_interval": f"{max(self.window.step + self.interval, 4 * self.interval)}s",
        }
        return _NAME.sub(lambda found: values.get(found[1] or found[2], found[0]), query)

    def offered(self, prometheus: str) -> dict[str, list[str]]:
        """Return the values that each variable offers, as Prometheus at ``host:port`` has them.

        Where it does not answer that is none. Raises UserError for another kind of query.
        """
        variables = self.board["templating"]["list"]
        return {v["name"]: self._values(prometheus, v) for v in variables}

    def _values(self, prometheus: str, variable: Mapping[str, Any]) -> list[str]:
        query = self.filled(variable["query"]["query"])
        asked = _LABEL_VALUES.fullmatch(query)
        if not asked:
            raise UserError(f"variable {variable['name']}: {query} is not drawn; use label_values")
        select = {"match[]": asked[1], "start": self.window.start, "end": self.window.end}
        url = f"http://{prometheus}/api/v1/label/{asked[2]}/values?{urlencode(select)}"
        try:
            found: list[str] = client.request("GET", url, seconds=SECONDS)["data"]
        except client.NoAnswerError:
            return []  # the panels say so
        return found

    def _matched(self, variable: Mapping[str, Any]) -> str:
        """Return the regular expression that stands for a variable, for use in quotes."""
        values = self.chosen.get(variable["name"]) or []
        if not values:
            return str(variable["allValue"])
        found = [_REGEX.sub(r"\\\g<0>", value) for value in values]
        return quoted(found[0] if len(found) == 1 else f"({'|'.join(found)})")[1:-1]
