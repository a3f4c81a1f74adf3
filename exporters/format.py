"""The two text formats in which samples are told, and which of them a scraper wants."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from exporters import catalog
from exporters.catalog.family import Family

_HELP = str.maketrans({"\\": r"\\", "\n": r"\n"})
_OPENMETRICS_HELP = str.maketrans({"\\": r"\\", "\n": r"\n", '"': r"\""})


class Head(NamedTuple):
    """What stands before the samples of a family: in Prometheus' own format, in OpenMetrics."""

    text: str
    openmetrics: str


# A family's head and all its samples; these read alike in both formats.
Part = tuple[Head, str]


@dataclass(frozen=True)
class Format:
    """A format: what it is called, which of a family's heads it has, and how it ends."""

    content_type: str
    head: int
    end: str = ""

    def render(self, parts: Sequence[Part]) -> str:
        """Return the parts in this format."""
        at = self.head
        return "".join([piece for head, body in parts for piece in (head[at], body)]) + self.end


TEXT = Format("text/plain; version=0.0.4; charset=utf-8", 0)
OPENMETRICS = Format("application/openmetrics-text; version=1.0.0; charset=utf-8", 1, end="# EOF\n")

# What scrapers call them. OpenMetrics 0.0.1 is how its first drafts were asked for.
_NAMES = {
    ("application/openmetrics-text", ""): OPENMETRICS,
    ("application/openmetrics-text", "0.0.1"): OPENMETRICS,
    ("application/openmetrics-text", "1.0.0"): OPENMETRICS,
    ("text/plain", ""): TEXT,
    ("text/plain", "0.0.4"): TEXT,
    ("text/*", ""): TEXT,
    ("*/*", ""): TEXT,
}


def negotiate(accept: str) -> Format:
    """Return the format that an ``Accept`` header likes best, Prometheus' own where it likes none.

    >>> negotiate("application/openmetrics-text;version=1.0.0,text/plain;q=0.5") is OPENMETRICS
    True
    >>> negotiate("application/json") is TEXT
    True
    """
    liked = sorted(_wishes(accept), key=lambda wish: -wish[0])
    return liked[0][1] if liked else TEXT


def _wishes(accept: str) -> Iterator[tuple[float, Format]]:
    for wish in accept.split(","):
        name, *parameters = (part.strip() for part in wish.lower().split(";"))
        values = dict(part.partition("=")[::2] for part in parameters)
        known = _NAMES.get((name, values.get("version", "")))
        try:
            quality = float(values.get("q", 1))
        except ValueError:
            continue
        if known and quality > 0:
            yield quality, known


def head(family: Family) -> Head:
    """Return what stands before a family's samples.

    OpenMetrics calls counters and info families by their names without the suffix; one
    whose name would then be another family's keeps it, and is of no type there.
    """
    shown = "gauge" if family.type == "info" else family.type
    text = f"# HELP {family.name} {family.help.translate(_HELP)}\n# TYPE {family.name} {shown}\n"
    name, kind = family.name, str(family.type)
    if kind in {"counter", "info"}:
        name = name.removesuffix("_total").removesuffix("_info")
    if name != family.name and name in catalog.families():
        name, kind = family.name, "unknown"
    lines = [f"# HELP {name} {family.help.translate(_OPENMETRICS_HELP)}", f"# TYPE {name} {kind}"]
    if family.unit and name.endswith(f"_{family.unit}"):
        lines.append(f"# UNIT {name} {family.unit}")
    return Head(text, "".join(f"{line}\n" for line in lines))
