"""Run amtool, the authority on Alertmanager's files, on what would be rendered."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from generator import alertmanager, messages
from generator.model import Model
from generator.proofs import promtool
from generator.yamltext import dump


@contextmanager
def rendered(model: Model) -> Iterator[Path]:
    """Yield a folder that holds Alertmanager's configuration and its templates, for a while."""
    with TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "templates").mkdir()
        for file, made in messages.templates(model).items():
            (folder / "templates" / file).write_text(made, encoding="utf-8")
        text = dump(alertmanager.configuration(model), made_from="alerts/routes.py")
        (folder / "alertmanager.yml").write_text(text, encoding="utf-8")
        yield folder


def refused(folder: Path) -> str:
    """Return why Alertmanager would refuse a folder's configuration; nothing if it takes it."""
    done = promtool.run("check-config", "alertmanager.yml", cwd=folder, name="amtool")
    return " ".join(done.stdout.split()) if done.returncode else ""


def text_of(folder: Path, template: str, data: Path, *, html: bool = False) -> tuple[bool, str]:
    """Return whether a text can be made of some alerts, and the text, or else why not."""
    done = promtool.run(
        "template", "render", "--template.glob=templates/*.tmpl", f"--template.text={template}",
        f"--template.data={data}", f"--template.type={'html' if html else 'text'}",
        cwd=folder, name="amtool",
    )  # fmt: skip
    return done.returncode == 0, done.stdout
