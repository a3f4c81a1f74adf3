"""``lightship up``, ``apply``, ``down``, ``status``, ``query``, ``demo``: the stack at hand."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import click

from compose.options import (
    in_json,
    of_settings,
    of_tools,
    placed,
    prometheus_of,
    uses_compose,
)
from exporters.errors import UserError


@click.command()
@of_settings
@placed
@of_tools
@click.option(
    "--ports",
    type=click.Choice(["fixed", "free"]),
    default="fixed",
    show_default=True,
    help="Ports of local processes: always the same ones, or any that are free.",
)
@click.pass_context
def up(  # noqa: PLR0917 -- click passes by name
    ctx: click.Context,
    settings: Path | None,
    state: Path,
    how: str | None,
    tools_folder: Path,
    ports: str,
) -> None:
    """Start the stack, and return when it is healthy and a test alert has arrived.

    With a Docker engine that answers it runs in containers, without one as local
    processes; both with the same rendered configuration.

    \b
      lightship up                             the demo
      lightship up --settings lightship.yaml   your own servers
      lightship up --local --ports free        beside another one, with --state DIR
    """  # noqa: D301 -- click's mark for keeping lines
    from compose import start  # noqa: PLC0415 -- `--help` stays fast
    from compose.local.stack import Request  # noqa: PLC0415
    from generator.definitions import settings_file  # noqa: PLC0415

    given = ctx.find_root().obj or {}
    file = settings_file(settings or given.get("settings"))
    if uses_compose(how, state):
        start.containers(file)
        return
    request = Request(
        settings=file,
        definitions=given.get("definitions"),
        tools=tools_folder,
        choose_ports=ports == "free",
    )
    start.processes(request, state)


@click.command()
@placed
def down(state: Path, how: str | None) -> None:
    """Stop the stack. What it has stored stays.

    \b
      lightship down
      lightship down --state DIR
    """  # noqa: D301
    from compose import engine  # noqa: PLC0415
    from compose.local.stack import Stack  # noqa: PLC0415
    from compose.local.state import State  # noqa: PLC0415

    if uses_compose(how, state):
        engine.down()
        click.echo("The containers are stopped.")
    elif Stack(State.at(state)).stop():
        click.echo("All is stopped.")
    else:
        click.echo(f"Nothing runs in {state}.")


@click.command()
@of_settings
@placed
@in_json
@click.pass_context
def apply(
    ctx: click.Context, settings: Path | None, state: Path, how: str | None, as_json: bool
) -> None:
    """Let the stack that runs take up what definitions and settings say now.

    All is checked first. Then Prometheus, Alertmanager and the exporters read it, without a
    restart, and what they say they run is held against what was rendered. If they do not
    run it, what ran before is put back, and the exit code is 1.

    \b
      lightship apply
      lightship apply --json
      lightship --definitions ~/watch apply --settings ~/watch/lightship.yaml
    """  # noqa: D301
    from compose import applying  # noqa: PLC0415
    from compose.local.stack import Request, Stack  # noqa: PLC0415
    from compose.local.state import State  # noqa: PLC0415

    if uses_compose(how, state):
        what = "containers render when they start; take up what has changed with: lightship up"
        raise UserError(what)
    stack = Stack(State.at(state))
    given = ctx.find_root().obj or {}
    file = settings or given.get("settings") or Path(stack.record.settings)
    outcome = applying.apply(stack, Request(file, given.get("definitions")))
    click.echo(
        outcome.to_json() if as_json else outcome.text(), err=not (as_json or outcome.applied)
    )
    sys.exit(0 if outcome.applied else 1)


@click.command()
@placed
@in_json
def status(state: Path, how: str | None, as_json: bool) -> None:
    """Say service by service what works, and what to do about what does not.

    Exits with 0 when everything works, with 1 otherwise.

    \b
      lightship status
      lightship status --json
    """  # noqa: D301
    from rich.console import Console  # noqa: PLC0415

    from compose import engine, notifications, targets  # noqa: PLC0415
    from compose import status as shown  # noqa: PLC0415
    from compose.local import report  # noqa: PLC0415
    from compose.local.stack import Stack  # noqa: PLC0415
    from compose.local.state import State  # noqa: PLC0415

    in_containers = uses_compose(how, state)
    stack = Stack(State.at(state))
    rows = engine.looked_into(engine.rows()) if in_containers else report.rows(stack)
    prometheus = next((r.address for r in rows if r.name == "prometheus"), "")
    rows += [*targets.rows(prometheus), *notifications.rows(prometheus)]
    if as_json:
        click.echo(shown.as_json(rows))
    elif not (in_containers or stack.exists):
        click.echo(f"Nothing runs in {stack.state.folder}: {report.UP}, or name its --state DIR")
    else:
        shown.show(rows, Console())
    sys.exit(0 if rows and all(row.fine for row in rows) else 1)


@click.command()
@click.argument("promql")
@placed
@in_json
def query(promql: str, state: Path, how: str | None, as_json: bool) -> None:
    """Ask the stack's Prometheus, wherever it runs; a line for each series, its value first.

    \b
      lightship query 'cache_up == 0'
      lightship query --json 'sum by (service) (rate(cache_hits_total[5m]))'
    """  # noqa: D301
    from compose import asking  # noqa: PLC0415

    found = asking.ask(prometheus_of(state, how), promql)
    click.echo(json.dumps(found, indent=2) if as_json else "\n".join(asking.lines(found)))


@click.command()
@of_tools
@in_json
def tools(tools_folder: Path, as_json: bool) -> None:
    """Show which servers' programs are used; fetch them when they are missing.

    \b
      lightship tools
      lightship tools --json
    """  # noqa: D301
    from dataclasses import astuple, fields  # noqa: PLC0415

    from compose.local import upstream  # noqa: PLC0415
    from compose.local.tools import Tool, obtain  # noqa: PLC0415

    found = obtain(tools_folder)
    listed: list[Tool] = [getattr(found, field.name) for field in fields(found)]
    listed += upstream.obtain(tools_folder).values()
    if as_json:
        rows = [{"name": t.name, "path": str(t.path), "version": t.version} for t in listed]
        click.echo(json.dumps(rows, indent=2))
        return
    for tool in listed:
        name, path, version = astuple(tool)
        click.echo(f"{name:<17} {version:<9} {path}")


@click.group()
def demo() -> None:
    """Make faults in the demo, to see what pages you.

    \b
      lightship demo fault                       which there are, and which are on
      lightship demo fault cache-stopped         and which page to expect, when
      lightship demo fault cache-stopped --off
      lightship demo fault queue-stuck           jobs wait, and nobody does them
    """  # noqa: D301


@demo.command()
@click.argument("name", required=False)
@click.option("--off", is_flag=True, help="End the fault.")
@placed
@click.pass_context
def fault(ctx: click.Context, name: str | None, off: bool, state: Path, how: str | None) -> None:
    """Switch a fault on, or off with --off; without a NAME, list them.

    \b
      lightship demo fault cache-hung
      lightship demo fault cache-hung --off
    """  # noqa: D301
    from compose.demo import place, switches  # noqa: PLC0415
    from compose.demo.expectation import expected  # noqa: PLC0415
    from compose.local.stack import Stack  # noqa: PLC0415
    from compose.local.state import State  # noqa: PLC0415

    where: place.Place = (
        place.Containers() if uses_compose(how, state) else place.Processes(Stack(State.at(state)))
    )
    if name is None:
        if off:
            raise click.UsageError("--off needs the NAME of a fault")
        for fault_name, on in switches.states(where).items():
            meaning = switches.FAULTS[fault_name].meaning
            click.echo(f"{fault_name:<21} {'on' if on else 'off':<4} {meaning}")
        return
    switches.switch(where, name, on=not off)
    if off:
        click.echo(f"{name} is off.")
        return
    click.echo(f"{name} is on: {switches.FAULTS[name].meaning}.")
    if then := expected(name, (ctx.find_root().obj or {}).get("definitions")):
        click.echo(then)


@click.command()
@of_settings
@click.option(
    "--out",
    type=click.Path(path_type=Path, file_okay=False),
    required=True,
    help="Folder for secrets/ and rendered/.",
)
@click.pass_context
def prepare(ctx: click.Context, settings: Path | None, out: Path) -> None:
    """Create secrets where they are missing, and render for a stack about to start.

    \b
      lightship prepare --settings lightship.yaml --out /run/lightship
    """  # noqa: D301
    from compose import prepare as module  # noqa: PLC0415
    from generator.definitions import settings_file  # noqa: PLC0415

    given = ctx.find_root().obj or {}
    file = settings_file(settings or given.get("settings"))
    try:
        module.prepare(file, out, definitions=given.get("definitions"))
    except OSError as error:
        raise UserError(f"{out}: {error.strerror}; choose a folder that can be written") from error
    # All that a plain `docker compose up` prints of ours before the logs of the services.
    click.echo(f"Rendered. Grafana's user is admin, its password: {module.GRAFANA_LOGIN}")
