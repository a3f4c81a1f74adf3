"""What an alert, a recording rule, a limit and an example are."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import KW_ONLY, dataclass, field
from datetime import date
from textwrap import dedent
from types import MappingProxyType
from typing import Literal, Self, get_args

from exporters.catalog.family import Series
from exporters.errors import UserError
from exporters.hints import nearest
from generator.drills import Drill
from generator.lines import line_of

# critical = page now, warning = look at it in working hours, info = the inbox only.
Severity = Literal["critical", "warning", "info"]


class DefinitionError(UserError):
    """A definition that cannot be rendered, with the place it was written."""


@dataclass(frozen=True)
class Source:
    """Where in the user's files a definition was written."""

    file: str
    line: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}"

    @classmethod
    def of_definition(cls) -> Source:
        """Return the user's own statement: the line of a file, outside this package.

        A definition that a function of the user's makes belongs where it is called.
        """
        frame = sys._getframe(1)  # noqa: SLF001 -- the inspect module is 50 times slower
        while frame.f_back and (
            frame.f_code.co_name != "<module>"
            or frame.f_globals.get("__name__", "").startswith("generator.")
        ):
            frame = frame.f_back
        return cls(frame.f_code.co_filename, line_of(frame))


# As Prometheus and Alertmanager write them: 30s, 1h30m, 0s.
_DURATION = re.compile(r"(\d+(ms|[smhdwy]))+|0")


def require_duration(text: str, what: str, source: Source) -> None:
    """Raise DefinitionError unless a text is a duration, or empty where one may be left out."""
    if text and not _DURATION.fullmatch(text):
        raise DefinitionError(f"{source}: {what} {text!r} is no duration; write it like 30s or 1h")


def require_query(query: object, source: Source) -> None:
    """Raise DefinitionError unless a query is text, as an f-string is and a family is not."""
    if isinstance(query, Series):
        what = f'a query is text, and this is the metric itself; write f"{{{query}}}"'
        raise DefinitionError(f"{source}: {what}, with the name that Python knows it by")
    if not isinstance(query, str):
        what = f"a query is text, and this is {type(query).__name__}; write PromQL in quotes"
        raise DefinitionError(f"{source}: {what}")


def one_of(word: str, words: Sequence[str], *, what: str) -> str:
    """Return the sentence that refuses a word, with the one that was probably meant."""
    hint = nearest(word, words, before="; ", cutoff=0.4)
    return f"unknown {what} {word!r}{hint} (one of: {', '.join(sorted(words))})"


def promql(text: str) -> str:
    """Return PromQL as it should read in the rendered file."""
    return dedent(text).strip() if "\n" in text else text.strip()


_limits: ContextVar[Mapping[str, float]] = ContextVar("limits", default=MappingProxyType({}))


@contextmanager
def limits(of_service: Mapping[str, float]) -> Iterator[None]:
    """Let every Limit declared meanwhile take the value that a service sets for itself."""
    token = _limits.set(of_service)
    try:
        yield
    finally:
        _limits.reset(token)


class Limit(float):
    """A threshold: a plain number that a service may set for itself in the settings file.

    ``name`` is how the settings file calls it (``services.shop.limits.NAME``); the
    value is the stock one, or the service's own while its rules are rendered.
    """

    name: str
    source: Source
    waived: Sequence[Waiver]

    def __new__(cls, name: str, value: float, *, waived: Sequence[Waiver] = ()) -> Self:
        limit = super().__new__(cls, _limits.get().get(name, value))
        limit.name = name
        limit.source = Source.of_definition()
        limit.waived = waived
        return limit

    def __getnewargs__(self) -> tuple[str, float]:  # type: ignore[override]
        return self.name, float(self)

    def __str__(self) -> str:
        return str(int(self)) if self.is_integer() else repr(float(self))

    def __format__(self, spec: str) -> str:
        return format(float(self), spec) if spec else str(self)


@dataclass(frozen=True)
class Waiver:
    """A finding that is meant to be: which check, why it is no mistake, and until what day.

    ``until`` is a date such as ``2027-03-31``: from then on the check speaks again.
    """

    check: str
    reason: str
    _: KW_ONLY
    until: str
    source: Source = field(default_factory=Source.of_definition)

    def __post_init__(self) -> None:
        try:
            date.fromisoformat(self.until)
        except ValueError:
            wrong = f"waiver of {self.check!r}: {self.until!r} is no date; write one as 2027-03-31"
            raise DefinitionError(f"{self.source}: {wrong}") from None
        if not self.reason.strip():
            wrong = f"waiver of {self.check!r}: no reason; say why this is no mistake"
            raise DefinitionError(f"{self.source}: {wrong}")


@dataclass(frozen=True)
class Example:
    """A story with a known ending: given these series, when does the alert fire?

    ``given`` maps selectors to values as promtool writes them: ``"1x5 0x10"`` is a
    one for six minutes, then a zero for eleven. The times are counted from the
    first value; the alert is silent at the first, fires at the second, and is gone
    again at the third.

    ``says`` is the summary of the one alert that fires then, ``labels`` are what it
    carries beside its severity, and ``explains`` is its description, where that is a
    template.
    """

    story: str
    _: KW_ONLY
    given: Mapping[str, str]
    silent_at: str
    fires_at: str
    gone_at: str
    says: str = ""
    explains: str = ""
    labels: Mapping[str, str] = field(default_factory=dict)
    interval: str = "1m"
    source: Source = field(default_factory=Source.of_definition)


@dataclass(frozen=True)
class Vanished:
    """A story in which series come to an end: what of the alert that watches them?

    ``given`` is as in an Example, with ``stale`` where series end. At ``at`` the alert
    is silent, and ``instead`` fires: another alert, "this" one itself, or none. The
    story then says why silence is right.
    """

    story: str
    _: KW_ONLY
    given: Mapping[str, str]
    at: str
    instead: Alert | Literal["this"] | None
    interval: str = "1m"
    source: Source = field(default_factory=Source.of_definition)


@dataclass(frozen=True)
class Reading:
    """A story about a recording rule: given these series, what does it read ``at`` that time?

    ``reads`` maps the labels of each series, written ``{instance="a"}``, to its value;
    an empty one says that there is nothing to read.
    """

    story: str
    _: KW_ONLY
    given: Mapping[str, str]
    at: str
    reads: Mapping[str, float]
    interval: str = "1m"
    source: Source = field(default_factory=Source.of_definition)


@dataclass(frozen=True)
class Record(Series):
    """A recording rule: a metric that Prometheus computes for us.

    ``interval`` is how often, where that is not how often all rules are evaluated.
    """

    help: str
    expr: str
    tests: Sequence[Reading] = ()
    excused: Mapping[str, str] = field(default_factory=dict)
    waived: Sequence[Waiver] = ()
    source: Source = field(default_factory=Source.of_definition)
    interval: str = ""


def record(
    name: str,
    help: str,
    expr: str,
    *,
    labels: Sequence[str] = (),
    tests: Sequence[Reading] = (),
    excused: Mapping[str, str] = MappingProxyType({}),
    waived: Sequence[Waiver] = (),
) -> Record:
    """Declare a recording rule, named ``level:metric:operations``.

    ``labels`` are those its result carries beside the target's own; ``excused`` are
    mutants that are no mistake, each with the reason.
    """
    source = Source.of_definition()
    require_query(expr, source)
    return Record(name, tuple(labels), help, promql(expr), tests, excused, waived, source)


_made: ContextVar[list[Alert] | None] = ContextVar("made", default=None)


@contextmanager
def alerts_made() -> Iterator[list[Alert]]:
    """Collect every Alert constructed meanwhile, whether a variable keeps it or not."""
    made: list[Alert] = []
    token = _made.set(made)
    try:
        yield made
    finally:
        _made.reset(token)


@dataclass(frozen=True, kw_only=True, eq=False)
class Alert:
    """An alerting rule. Its name is the variable it is assigned to.

    ``summary`` says what is wrong, where, with the value; ``description`` what it
    means for users. Both are Prometheus' templates (``{{ $labels.instance }}``).
    ``runbook`` is the name of its runbook, where that is not its own.
    ``excused`` are mutants that are no mistake, each with the reason; ``drill`` is how it
    is made to fire in a stack that runs.
    """

    expr: str
    for_: str
    severity: Severity
    summary: str
    description: str
    keep_firing_for: str = ""
    runbook: str = ""
    drill: Drill | None = None
    tests: Sequence[Example | Vanished] = ()
    excused: Mapping[str, str] = field(default_factory=dict)
    waived: Sequence[Waiver] = ()
    source: Source = field(default_factory=Source.of_definition)

    def __post_init__(self) -> None:
        if self.severity not in get_args(Severity):
            wrong = one_of(self.severity, get_args(Severity), what="severity")
            raise DefinitionError(f"{self.source}: {wrong}")
        require_query(self.expr, self.source)
        require_duration(self.for_, "for_", self.source)
        require_duration(self.keep_firing_for, "keep_firing_for", self.source)
        made = _made.get()
        if made is not None:
            made.append(self)
