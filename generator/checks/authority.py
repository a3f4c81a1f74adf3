"""Does promtool, where it is installed, accept every rule file?"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from generator.model import Model
from generator.problems import Problem
from generator.prometheus import rule_files
from generator.proofs import promtool
from generator.yamltext import dump


def check(model: Model) -> Iterator[Problem]:
    """Yield a problem for each rule file that promtool refuses."""
    if promtool.find() is None:
        return
    with TemporaryDirectory() as folder:
        for stem, data in rule_files(model).items():
            made_from = model.root / "alerts" / f"{stem}.py"
            (Path(folder) / f"{stem}.yaml").write_text(dump(data, made_from=stem), encoding="utf-8")
            done = promtool.run("check", "rules", f"{stem}.yaml", cwd=Path(folder))
            if done.returncode:
                said = " ".join(done.stdout.split())
                yield Problem(str(made_from), 1, f"promtool: {said}; mend the rule", "authority")
