"""Is there something in every secret file that the settings name?"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from generator.definitions import DEMO_SETTINGS
from generator.model import Model
from generator.problems import Problem, shown


def check(model: Model) -> Iterator[Problem]:
    """Yield a problem for each secret that is missing, empty or not to be read.

    The demo's are made when it starts, and so are none of its faults.
    """
    if model.settings.path.absolute() == DEMO_SETTINGS:
        return
    for keys, file in _files(model):
        if wrong := _wrong(file):
            what = f"key '{'.'.join(keys)}': {shown(str(file))} {wrong}"
            found = Problem.at_key(model.settings, *keys, message=what, check="secrets")
            if not file.parent.is_dir():
                # Secrets are kept elsewhere: where the stack runs, it may be there.
                found = replace(found, severity="info")
            yield found


def _files(model: Model) -> Iterator[tuple[tuple[str, ...], Path]]:
    for name, target in model.settings.targets.items():
        if target.password_file:
            yield ("targets", name, "password_file"), target.password_file
    if user := model.settings.scraping.basic_auth:
        yield ("exporters", "basic_auth", "password_file"), Path(user["password_file"])
    for receiver, integrations in model.settings.receivers.items():
        for n, integration in enumerate(integrations):
            for option, value in integration.options.items():
                if option.endswith("_file"):
                    yield ("receivers", receiver, str(n), integration.kind, option), Path(value)


def _wrong(file: Path) -> str:
    try:
        empty = not file.read_bytes().strip()
    except FileNotFoundError:
        return "is not here; write the secret to it, for the stack to read"
    except OSError as error:
        return f"cannot be read ({error.strerror}); make it a file that you may read"
    return "is empty; write the secret to it" if empty else ""
