"""The options that commands on a stack share: which one, and where it runs."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

F = TypeVar("F", bound=Callable[..., Any])

of_state = click.option(
    "--state",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path(".lightship"),
    show_default=True,
    help="Folder of a local stack: its files, data, logs and pids.",
)
of_tools = click.option(
    "--tools",
    "tools_folder",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path(".lightship/tools"),
    show_default=True,
    envvar="LIGHTSHIP_TOOLS",
    help="Folder of fetched programs.",
)
_local = click.option("--local", "how", flag_value="local", help="Local processes, in any case.")
_compose = click.option("--compose", "how", flag_value="compose", help="Containers, in any case.")
in_json = click.option("--json", "as_json", is_flag=True, help="Print it for machines.")
of_settings = click.option(
    "--settings",
    type=click.Path(path_type=Path, dir_okay=False, exists=True),
    envvar="LIGHTSHIP_SETTINGS",
    help="Settings file (default: lightship.yaml here, else the demo's).",
)


def placed(command: F) -> F:
    """Add the options that say where a stack runs."""
    return of_state(_local(_compose(command)))


def uses_compose(how: str | None, state: Path) -> bool:
    """Whether the containers are meant: as said, else by what runs, else by what can."""
    from compose import engine  # noqa: PLC0415 -- `--help` stays fast
    from compose.local.stack import Stack  # noqa: PLC0415
    from compose.local.state import State  # noqa: PLC0415

    if how == "compose":
        engine.require()
    if how:
        return how == "compose"
    return not Stack(State.at(state)).exists and engine.answers()


def prometheus_of(state: Path, how: str | None) -> str:
    """Return ``host:port`` of the stack's Prometheus. Raises UserError when nothing runs."""
    from compose import engine  # noqa: PLC0415
    from compose.local.stack import Stack  # noqa: PLC0415
    from compose.local.state import State  # noqa: PLC0415

    if uses_compose(how, state):
        return next((r.address for r in engine.rows() if r.name == "prometheus"), "")
    return f"127.0.0.1:{Stack(State.at(state)).record.ports['prometheus']}"
