"""Commands of the exporters: run them, ask whether they run, and look where they look."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from exporters.settings import Settings

LISTEN = "127.0.0.1:19101"

_settings = click.option(
    "--settings",
    "path",
    type=click.Path(path_type=Path),
    help="Settings file (default: that of the command above, else lightship.yaml here).",
)
_targets = click.argument("targets", nargs=-1, metavar="[TARGET]...")
_json = click.option("--json", "as_json", is_flag=True, help="For programs.")


def _file(above: dict[str, Path | None] | None, path: Path | None) -> Path:
    """Return the settings file that a command line names."""
    return path or (above or {}).get("settings") or Path("lightship.yaml")


def _load(above: dict[str, Path | None] | None, path: Path | None) -> Settings:
    """Return the settings that a command line names. Raises SettingsError."""
    from exporters import settings  # noqa: PLC0415 - keeps --help fast

    return settings.load(_file(above, path))


def _print(lines: Iterable[str]) -> None:
    for line in lines:
        click.echo(line)


@click.group()
def exporters() -> None:
    """Measure the servers that a settings file names."""


@exporters.command()
@_settings
@click.option(
    "--listen", default=LISTEN, show_default=True, metavar="HOST:PORT", help="Where to answer."
)
@click.option(
    "--web-config",
    "web",
    type=click.Path(path_type=Path),
    help="File with certificates and passwords, as Prometheus' exporters have it (web.yml);"
    " unless said, the one that the settings name.",
)
@click.option(
    "--pace",
    type=click.FloatRange(min=1),
    default=1,
    show_default=True,
    help="How many times as often to ask what is asked seldom: for drills, not for servers in use.",
)
@click.pass_obj
def run(
    above: dict[str, Path | None] | None,
    path: Path | None,
    listen: str,
    web: Path | None,
    pace: float,
) -> None:
    """Answer scrapes until told to stop (SIGTERM, or Ctrl-C).

    Both files are read again when they change, and on SIGHUP; what is wrong is refused.
    """
    from exporters import serve  # noqa: PLC0415 - keeps --help fast

    serve.run(_file(above, path), web, listen, pace)


@exporters.command()
@_settings
@_targets
@_json
@click.pass_obj
def explain(
    above: dict[str, Path | None] | None, path: Path | None, targets: tuple[str, ...], as_json: bool
) -> None:
    """Show which families targets give, and how many series: asked now, all of it once."""
    from exporters import explain as explaining  # noqa: PLC0415 - keeps --help fast

    found = explaining.explain(_load(above, path), targets)
    _print([explaining.as_json(found)] if as_json else explaining.show(found))


@exporters.command()
@_settings
@_targets
@click.pass_obj
def grants(
    above: dict[str, Path | None] | None, path: Path | None, targets: tuple[str, ...]
) -> None:
    """Show what the targets' accounts need, and whether they have it; 1 if one does not."""
    from exporters import accounts  # noqa: PLC0415 - keeps --help fast

    found = accounts.accounts(_load(above, path), targets)
    _print(accounts.show(found))
    sys.exit(any(one.lacks for one in found))


@exporters.command()
@_settings
@_targets
@_json
@click.option(
    "--seconds",
    type=click.FloatRange(min=0.1),
    default=1.0,
    show_default=True,
    help="Time between two looks, for what is counted per second.",
)
@click.option("--strict", is_flag=True, help="Exit 1 for warnings too.")
@click.pass_obj
def doctor(  # noqa: PLR0917 - click passes all by name
    above: dict[str, Path | None] | None,
    path: Path | None,
    targets: tuple[str, ...],
    as_json: bool,
    seconds: float,
    strict: bool,
) -> None:
    """Examine targets: how they do, what is wrong; 1 if one does not answer, or no worker runs."""
    from exporters import checkup  # noqa: PLC0415 - keeps --help fast

    found = checkup.examine(_load(above, path), targets, seconds)
    _print([checkup.as_json(found)] if as_json else checkup.show(found))
    sys.exit(any(one.fails or (strict and one.diagnosis.problems) for one in found))


@exporters.command()
@click.option(
    "--url",
    "urls",
    multiple=True,
    default=[f"http://{LISTEN}/readyz"],
    show_default=True,
    help="What to ask; of several, one must answer.",
)
@click.option(
    "--cert",
    type=click.Path(path_type=Path, exists=True),
    help="File with our certificate and its key, where the exporters want to see one.",
)
def healthcheck(urls: tuple[str, ...], cert: Path | None) -> None:
    """Exit with 0 if the exporters answer, with 1 if they do not.

    Their own certificate is not verified: its name is seldom that of this machine.
    """
    from exporters import health  # noqa: PLC0415 - keeps --help fast

    click.echo(f"{health.check(urls, 'lightship exporters run', cert)}: answers")
