"""The command line: ``lightship``, and the generator's own commands."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from importlib import import_module
from pathlib import Path
from typing import Any

import click

from exporters.errors import UserError

# Each package brings its own commands. They are named here and not imported, so
# that rendering never loads a server.
COMMANDS: Mapping[str, tuple[str, str]] = {
    "up": ("compose.cli:up", "Start the stack, and return when it is healthy."),
    "down": ("compose.cli:down", "Stop the stack."),
    "apply": ("compose.cli:apply", "Let the stack that runs take up what has changed."),
    "status": ("compose.cli:status", "Say service by service what works."),
    "query": ("compose.cli:query", "Ask the stack's Prometheus."),
    "preview": ("compose.preview.cli:preview", "Draw dashboards without Grafana."),
    "drill": ("compose.drills.cli:drill", "See an alert come and go as its fault does."),
    "demo": ("compose.cli:demo", "Make faults in the demo, to see what pages you."),
    "init": ("generator.commands:init", "Start a definitions folder of your own."),
    "render": ("generator.commands:render", "Write dashboards, rules and configuration."),
    "check": ("generator.commands:check", "Find what is wrong with definitions, offline."),
    "test": ("generator.commands:test", "Prove every alert by its examples."),
    "diff": ("generator.commands:diff", "Say what changed since a revision."),
    "exporters": ("exporters.cli:exporters", "Serve metrics of what the settings name."),
    "inbox": ("compose.inbox.cli:inbox", "Serve the on-call inbox."),
    "prepare": ("compose.cli:prepare", "Create secrets and render, for a stack about to start."),
    "tools": ("compose.cli:tools", "Show which programs are used; fetch those missing."),
}


class _Lazy(click.Group):
    """A group that imports a command only when it is called."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        if cmd_name not in COMMANDS:
            return None
        module, _, name = COMMANDS[cmd_name][0].partition(":")
        command: click.Command = getattr(import_module(module), name)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        with formatter.section("Commands"):
            formatter.write_dl([(name, short) for name, (_, short) in COMMANDS.items()])


@click.group(cls=_Lazy, context_settings={"help_option_names": ["-h", "--help"]})
@click.option(
    "--definitions",
    type=click.Path(path_type=Path, file_okay=False),
    help="Folder with dashboards/ and alerts/ (default: this folder, else the stock).",
)
@click.option(
    "--settings",
    type=click.Path(path_type=Path, dir_okay=False),
    envvar="LIGHTSHIP_SETTINGS",
    help="Settings file (default: lightship.yaml here, else the demo's for the stock rules).",
)
@click.version_option(package_name="lightship")
@click.pass_context
def cli(ctx: click.Context, definitions: Path | None, settings: Path | None) -> None:
    """Lightship: an observability stack as code.

    \b
      lightship up                    start everything, wait until it is healthy
      lightship check                 is anything wrong with the definitions?
      lightship test                  does every alert fire when it should?
      lightship render --check        is what is committed what would be rendered?
    """  # noqa: D301 -- click's mark for keeping lines
    ctx.obj = {"definitions": definitions, "settings": settings}


def main(arguments: Sequence[str] | None = None) -> Any:
    """Run the command line; what a user can mend is told in a sentence, with exit code 1."""
    try:
        return cli(args=arguments, prog_name="lightship")
    except UserError as error:
        click.echo(f"Error: {error}", err=True)
        sys.exit(1)
