"""Would the examples notice a mistake? Change every rule a little, and see what survives."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from generator.model import Model, Rule
from generator.problems import shown
from generator.proofs.batches import run
from generator.proofs.cases import Case, cases_of, disagrees, needed
from generator.proofs.examples import chosen
from generator.proofs.mutants import Mutant, mutants
from generator.proofs.told import contradicted
from generator.proofs.variants import mutants_of, variants_of
from generator.rules import Alert, Record, Source

# What examples should notice, and how much of it may be declared no mistake.
LEAST_SCORE = 0.9
MOST_EXCUSED = 0.03


@dataclass(frozen=True)
class Verdict:
    """What became of one mutant. ``excused`` says why it is no mistake, if somebody did."""

    rule: str
    source: Source
    mutant: Mutant
    killed: bool
    excused: str = ""


@dataclass(frozen=True)
class Score:
    """What became of all mutants."""

    verdicts: Sequence[Verdict]
    idle: Sequence[str]

    @property
    def survivors(self) -> list[Verdict]:
        """The mutants that no example noticed, and that nobody excused."""
        return [v for v in self.verdicts if not v.killed and not v.excused]

    @property
    def excused(self) -> list[Verdict]:
        """The mutants that are declared to be no mistake."""
        return [v for v in self.verdicts if v.excused]

    @property
    def value(self) -> float:
        """Share of the mutants, less those excused, that an example noticed."""
        counted = len(self.verdicts) - len(self.excused)
        return (counted - len(self.survivors)) / counted if counted else 1.0

    @property
    def holds(self) -> bool:
        """Whether enough were noticed, and few enough were excused, each for good."""
        few = len(self.excused) <= max(1, MOST_EXCUSED * len(self.verdicts))
        return self.value >= LEAST_SCORE and few and not self.idle

    def text(self) -> str:
        """Return the survivors with what would notice them, those excused, and the score."""
        lines = []
        for v in self.survivors:
            lines.append(f"{_where(v)}: {v.rule}: {v.mutant.name}: survives")
            lines.append(f"    to notice it: {v.mutant.killer}")
        lines += [f"excused: {v.rule}: {v.mutant.name}: {v.excused}" for v in self.excused]
        lines += list(self.idle)
        killed = sum(v.killed for v in self.verdicts if not v.excused)
        counted = len(self.verdicts) - len(self.excused)
        lines.append(
            f"{killed} of {counted} mutants noticed: {self.value:.1%} "
            f"(at least {LEAST_SCORE:.0%}); {len(self.excused)} excused"
        )
        return "\n".join(lines)

    def to_json(self) -> dict[str, Any]:
        """Return the outcome for machines."""
        found = [
            {"rule": v.rule, "where": _where(v), "mutant": v.mutant.name, "killed": v.killed,
             "excused": v.excused, "killer": v.mutant.killer}
            for v in self.verdicts
        ]  # fmt: skip
        told = {"holds": self.holds, "score": round(self.value, 4), "mutants": found}
        return told | {"idle": list(self.idle)}


def _where(verdict: Verdict) -> str:
    return f"{shown(verdict.source.file)}:{verdict.source.line}"


def mutate(model: Model, only: Sequence[str] = ()) -> Score:
    """Run the examples of all rules, or of those named, on every mutant of theirs.

    Raises UserError for a rule that does not exist, and without promtool.
    """
    rules = chosen(model, only)
    found = [*_of_rules(model, rules), *_of_variants(model, rules)]
    noticed = _noticed([cases for _, _, cases in found])
    # Most are noticed by a rule's own stories: only for the others those of its readers are run.
    readers = [
        [] if killed else list(_cases_of_readers(model, name, mutant.rule))
        for (name, mutant, _), killed in zip(found, noticed, strict=True)
    ]
    verdicts = [
        Verdict(
            rule=name,
            source=mutant.rule.source,
            mutant=mutant,
            killed=killed or by_reader or _told_otherwise(model, name, mutant.rule),
            excused=mutant.rule.excused.get(mutant.name, ""),
        )
        for (name, mutant, _), killed, by_reader in zip(
            found, noticed, _noticed(readers), strict=True
        )
    ]
    return Score(verdicts, list(_idle(rules, verdicts)))


_Found = tuple[str, Mutant, list[Case]]


def _noticed(found: Sequence[Sequence[Case]]) -> list[bool]:
    """Return of each list of cases whether any of them ends otherwise than it is told."""
    cases = [case for part in found for case in part]
    said = iter(run(cases) if cases else ())
    told = [[disagrees(next(said)) for _ in part] for part in found]
    return [any(part) for part in told]


def _of_rules(model: Model, rules: Mapping[str, Rule]) -> Iterator[_Found]:
    for name, rule in rules.items():
        for mutant in mutants(rule):
            changed = _with_rule(model, name, mutant.rule)
            yield name, mutant, list(cases_of(changed, name, mutant.rule))


def _of_variants(model: Model, rules: Mapping[str, Rule]) -> Iterator[_Found]:
    for variant in variants_of(model, rules):
        for mutant, cases in mutants_of(model, variant):
            yield variant.name, mutant, cases


def _cases_of_readers(model: Model, name: str, rule: Rule) -> Iterator[Case]:
    """Yield the stories of alerts that read a record, and that do not just say what it reads."""
    changed = _with_rule(model, name, rule)
    for other, alert in model.alerts.items() if isinstance(rule, Record) else ():
        if name in needed(model.records, alert.expr):
            for case in cases_of(changed, other, alert):
                if any(one.get("record") == name for one in case.rules):
                    yield case


def _with_rule(model: Model, name: str, rule: Rule) -> Model:
    """Return the model with one rule changed."""
    groups = {
        stem: {n: (rule if n == name else r) for n, r in group.items()}
        for stem, group in model.groups.items()
    }
    return replace(model, groups=groups)


def _told_otherwise(model: Model, name: str, rule: Rule) -> bool:
    """Whether an assertion beside the routes notices."""
    if model.routing is None or not isinstance(rule, Alert):
        return False
    changed = _with_rule(model, name, rule)
    return any(t.alert == name and contradicted(changed, t) for t in model.routing.tells)


def _idle(rules: Mapping[str, Rule], verdicts: Sequence[Verdict]) -> Iterator[str]:
    """Yield what is wrong with excuses: they excuse nothing, or what an example notices."""
    by_name = {(v.rule, v.mutant.name): v for v in verdicts}
    for name, rule in rules.items():
        for mutant in rule.excused:
            verdict = by_name.get((name, mutant))
            if verdict is None:
                yield f"FAILED  {name}: excuses {mutant!r}, and there is no such mutant; remove it"
            elif verdict.killed:
                yield f"FAILED  {name}: excuses {mutant!r}, which an example notices; remove it"
