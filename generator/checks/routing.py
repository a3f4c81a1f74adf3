"""Does amtool, where it is installed, accept Alertmanager's configuration?"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from generator import alertmanager, messages
from generator.model import Model
from generator.problems import Problem
from generator.proofs import promtool
from generator.yamltext import dump


def check(model: Model) -> Iterator[Problem]:
    """Yield a problem when Alertmanager would refuse the routing or the receivers."""
    if promtool.find("amtool") is None:
        return
    routes = str(model.root / "alerts" / "routes.py")
    with TemporaryDirectory() as folder:
        (Path(folder) / "templates").mkdir()
        template = Path(folder) / "templates" / "lightship.tmpl"
        template.write_text(messages.template(model), encoding="utf-8")
        text = dump(alertmanager.configuration(model), made_from=routes)
        (Path(folder) / "alertmanager.yml").write_text(text, encoding="utf-8")
        done = promtool.run("check-config", "alertmanager.yml", cwd=Path(folder), name="amtool")
    if done.returncode:
        words = " ".join(done.stdout.split())
        what = f"amtool: {words}; mend the routing, or the receivers in the settings"
        yield Problem(routes, 1, what, "routing")
