"""What an objective is: what is promised, over how long, and how fast its budget may burn."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from typing import Literal, get_args

from generator.drills import Drill
from generator.durations import seconds
from generator.objectives.decimals import decimal, exact
from generator.objectives.indicators import Indicator
from generator.objectives.supply import require
from generator.rules import DefinitionError, Source, Waiver, one_of, require_duration

Urgency = Literal["critical", "warning"]


@dataclass(frozen=True)
class BurnRate:
    """An alarm: so many percent of the budget within ``long``, and it still burns in ``short``."""

    budget_percent: str
    long: str
    short: str
    severity: Urgency
    source: Source = field(default_factory=Source.of_definition)

    def __post_init__(self) -> None:
        for what in ("long", "short"):
            if not getattr(self, what):
                raise DefinitionError(f"{self.source}: burn rate: {what} is empty; write one")
            require_duration(getattr(self, what), what, self.source)
        if seconds(self.short) >= seconds(self.long):
            what = f"short {self.short} is no less than long {self.long}; take a twelfth of it"
            raise DefinitionError(f"{self.source}: burn rate: {what}")
        if self.severity not in get_args(Urgency):
            wrong = one_of(self.severity, get_args(Urgency), what="severity")
            raise DefinitionError(f"{self.source}: burn rate: {wrong}")
        exact(self.budget_percent, "budget_percent", self.source)

    def factor(self, over: str) -> Fraction:
        """Return how many times as fast as it may the budget then burns."""
        share = Fraction(exact(self.budget_percent, "budget_percent", self.source)) / 100
        return share * Fraction(seconds(over)) / Fraction(seconds(self.long))


# What is judged as it is now: the shortest window of four scrapes a minute that bears a lost one.
NOW = "5m"

# https://sre.google/workbook/alerting-on-slos, table 5-8: over 30 days these are burn rates of
# 14.4 and 6, which page, and of 3 and 1, which are for working hours.
GOOGLE = (
    BurnRate("2", "1h", "5m", "critical"),
    BurnRate("5", "6h", "30m", "critical"),
    BurnRate("10", "1d", "2h", "warning"),
    BurnRate("10", "3d", "6h", "warning"),
)


@dataclass(frozen=True, kw_only=True, eq=False)
class Objective:
    """A promise to users. Its name is the variable it is assigned to.

    ``target`` are percent, as text, since 99.9 is no exact number otherwise; ``over`` is how
    long the promise is judged over. It is kept for each group of the labels ``by``.
    ``impact`` is what users notice while it is not. No alert fires for fewer than
    ``least_failures`` bad events; with ``absent`` one fires when nothing is measured any more.
    ``drill`` makes its budget burn, ``absent_drill`` ends what is measured.
    """

    promise: str
    target: str | int | Decimal
    indicator: Indicator
    impact: str
    by: Sequence[str] = ("service", "team", "instance")
    over: str = "30d"
    burn_rates: Sequence[BurnRate] = GOOGLE
    least_failures: int = 10
    absent: bool = True
    drill: Drill | None = None
    absent_drill: Drill | None = None
    waived: Sequence[Waiver] = ()
    source: Source = field(default_factory=Source.of_definition)

    def __post_init__(self) -> None:
        target = exact(self.target, "target", self.source)
        if not 0 < target < 100:
            what = f"target {target} is no percentage between 0 and 100; write one as '99.9'"
            raise DefinitionError(f"{self.source}: {what}")
        if not self.over:
            raise DefinitionError(f"{self.source}: over is empty; write how long, such as 30d")
        require_duration(self.over, "over", self.source)
        for rate in self.burn_rates:
            self._require_reachable(rate)
        try:
            require(self.indicator)
        except ValueError as error:
            raise DefinitionError(f"{self.source}: {error}") from None

    def _require_reachable(self, rate: BurnRate) -> None:
        factor = rate.factor(self.over)
        if factor * Fraction(self.budget) >= 1:
            what = (
                f"with {self.target} % even if everything is bad the budget burns "
                f"{decimal(1 / Fraction(self.budget))} times as fast as it may, so that "
                f"{decimal(factor)} over {rate.long} is never reached; raise target, or give "
                "burn_rates= that can be reached"
            )
            raise DefinitionError(f"{self.source}: {what}")

    @property
    def budget(self) -> Decimal:
        """The share of events, or of time, that may be bad; exact."""
        return (100 - exact(self.target, "target", self.source)) / 100

    @property
    def windows(self) -> list[str]:
        """Every window that is judged, the shortest first: now, those of burn rates, the whole."""
        judged = {window for rate in self.burn_rates for window in (rate.short, rate.long)}
        return sorted({NOW, *judged, self.over}, key=seconds)

    def said(self, rate: BurnRate) -> str:
        """Return a burn rate in words."""
        return f"{decimal(rate.factor(self.over))} over {rate.long} and {rate.short}"

    def rates(self, severity: Urgency) -> list[BurnRate]:
        """Return the burn rates of one severity."""
        return [rate for rate in self.burn_rates if rate.severity == severity]
