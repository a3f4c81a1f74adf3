"""Does promtool, where it is installed, accept every rule file and every panel's query?"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from generator.model import Expression, Model
from generator.problems import Problem
from generator.prometheus import rule_files
from generator.proofs import promtool
from generator.queries import visits, without_macros
from generator.rules import promql
from generator.yamltext import dump

# Panels' queries are shown to promtool as if each were a recording rule, by its number.
_PANELS = "_panels"
_SAID = re.compile(r"^([\w.-]+)\.yaml: (?:\d+:\d+: )?(.*)$", re.MULTILINE)
_PLACE = re.compile(r"could not parse expression: (\d+):(\d+): ")
_RULE = re.compile(r'group "[^"]*", rule \d+, "([^"]*)": (.*)')


def check(model: Model) -> Iterator[Problem]:
    """Yield a problem for each thing that promtool refuses and our own parser let pass."""
    if promtool.find() is None:
        return
    queries = {
        f"panel:{n}": expression
        for n, expression in enumerate(model.expressions)
        if not expression.in_rule and visits(expression.text)
    }
    said = _said({**rule_files(model), _PANELS: _as_rules(queries)})
    found = dict.fromkeys(_SAID.findall(said))
    if said and not found:
        what = f"promtool: {' '.join(said.split())}; mend the rules"
        yield Problem(str(model.root / "alerts"), 1, what, "authority")
    for stem, words in found:
        rule = _RULE.match(words)
        if stem == _PANELS and rule:
            at = _place(rule[2], queries[rule[1]].text)
            what = f"promtool: {rule[2]}; mend the query"
            yield queries[rule[1]].problem(what, check="authority", at=at)
        elif stem in model.groups:
            yield _of_rule(model, stem, rule[1] if rule else "", words)


def _place(words: str, text: str) -> int:
    """Return the place in a query that promtool names by line and column; -1 if it names none."""
    found = _PLACE.search(words)
    if found is None:
        return -1
    before = text.splitlines(keepends=True)[: int(found[1]) - 1]
    return min(sum(map(len, before)) + int(found[2]) - 1, len(text) - 1)


def _as_rules(queries: Mapping[str, Expression]) -> dict[str, Any]:
    rules = [
        {"record": name, "expr": without_macros(expression.text)}
        for name, expression in queries.items()
    ]
    return {"groups": [{"name": _PANELS, "rules": rules}]}


def _said(files: Mapping[str, Any]) -> str:
    """Return what promtool says of all these files, in one call."""
    with TemporaryDirectory() as folder:
        for stem, data in files.items():
            (Path(folder) / f"{stem}.yaml").write_text(dump(data, made_from=stem), encoding="utf-8")
        done = promtool.run("check", "rules", *(f"{stem}.yaml" for stem in files), cwd=Path(folder))
    return done.stdout if done.returncode else ""


def _of_rule(model: Model, stem: str, name: str, words: str) -> Problem:
    """Return a problem at the rule that promtool names, else at the file it comes from."""
    rule = model.groups[stem].get(name)
    what = f"promtool: {' '.join(words.split())}; mend the rule"
    if rule is not None:
        found = Problem.at(rule.source, what, check="authority")
        # What services with limits of their own are given is not what was written.
        written = not any(name in rules for rules in model.variants.values())
        at = _place(words, text := promql(rule.expr))
        return replace(found, query=text, caret=at) if written and at >= 0 else found
    return Problem(str(model.root / "alerts" / f"{stem}.py"), 1, what, "authority")
