"""Do promtool and amtool, where they are installed, accept what is rendered?"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from generator import alertmanager, messages, prometheus
from generator.model import Model
from generator.problems import Problem
from generator.proofs import promtool
from generator.yamltext import dump


def check(model: Model) -> Iterator[Problem]:
    """Yield a problem for each rendered file that Prometheus or Alertmanager would refuse."""
    with TemporaryDirectory() as folder:
        if promtool.find("promtool"):
            yield from _rules(model, Path(folder))
        if promtool.find("amtool"):
            yield from _routing(model, Path(folder))


def _rules(model: Model, folder: Path) -> Iterator[Problem]:
    for stem, data in prometheus.rule_files(model).items():
        (folder / f"{stem}.yaml").write_text(dump(data, made_from=stem), encoding="utf-8")
        done = promtool.run("check", "rules", f"{stem}.yaml", cwd=folder)
        if done.returncode:
            made_from = str(model.root / "alerts" / f"{stem}.py")
            yield _problem(made_from, "promtool", done.stdout, "rule")


def _routing(model: Model, folder: Path) -> Iterator[Problem]:
    (folder / "templates").mkdir()
    (folder / "templates" / "lightship.tmpl").write_text(messages.template(model), encoding="utf-8")
    text = dump(alertmanager.configuration(model), made_from="alerts/routes.py")
    (folder / "alertmanager.yml").write_text(text, encoding="utf-8")
    done = promtool.run("check-config", "alertmanager.yml", cwd=folder, name="amtool")
    if done.returncode:
        made_from = str(model.root / "alerts" / "routes.py")
        yield _problem(made_from, "amtool", done.stdout, "routing or the receivers in the settings")


def _problem(made_from: str, program: str, said: str, what: str) -> Problem:
    words = " ".join(said.split())
    return Problem(made_from, 1, f"{program}: {words}; mend the {what}", "authority")
