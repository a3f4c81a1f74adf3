"""The generator's commands: render, check and test."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from pathlib import Path

import click

from exporters.settings import load
from generator.definitions import find, settings_file
from generator.model import Model, build
from generator.problems import Problem, counted_as, summary
from generator.versions import Versions, left_out, parse

GENERATED = Path("compose/generated")


def model_of(ctx: click.Context, versions: Versions | None = None) -> Model:
    """Build the model that the command line's options describe. Raises SettingsError."""
    given = ctx.find_root().obj or {}
    settings = load(settings_file(given.get("settings")))
    return build(find(given.get("definitions")), settings, versions=versions or Versions())


_prometheus = click.option(
    "--prometheus", default="3.5", show_default=True, help="Version of Prometheus to render for."
)
_alertmanager = click.option(
    "--alertmanager", default="0.33", show_default=True, help="Version of Alertmanager, likewise."
)


@click.command()
@click.option(
    "--out",
    type=click.Path(path_type=Path, file_okay=False),
    default=GENERATED,
    show_default=True,
    help="Folder to write to.",
)
@click.option("--check", is_flag=True, help="Write nothing; exit 1 and show a diff if stale.")
@_prometheus
@_alertmanager
@click.pass_context
def render(ctx: click.Context, out: Path, check: bool, prometheus: str, alertmanager: str) -> None:
    """Write dashboards, rules and configuration from the definitions.

    \b
      lightship render                                  the demo's, as it is committed
      lightship render --check                          for CI
      lightship --settings mine.yaml render --out /etc/stack
      lightship render --prometheus 2.42 --alertmanager 0.25 --out old
    """  # noqa: D301
    from generator.checks import MUST_HOLD, run  # noqa: PLC0415 -- promql_parser
    from generator.output import differences, files, write  # noqa: PLC0415 -- imports grafanalib

    model = model_of(ctx, Versions(parse(prometheus), parse(alertmanager)))
    _stop_on(run(model, MUST_HOLD).problems)
    made = files(model)
    if check:
        diffs = list(differences(made, out))
        click.echo("".join(diffs), nl=False)
        if diffs:
            raise click.ClickException(
                f"{out}: {len(diffs)} of {len(made)} files are not what is rendered; "
                "run: lightship render"
            )
        click.echo(f"{out}: {len(made)} files, all as rendered.")
        return
    changed = write(made, out)
    click.echo(f"{out}: {len(made)} files, {len(changed)} changed.")
    for feature in left_out(model.versions):
        click.echo(f"left out: {feature}")


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print the problems for machines.")
@_prometheus
@_alertmanager
@click.pass_context
def check(ctx: click.Context, as_json: bool, prometheus: str, alertmanager: str) -> None:
    """Find what is wrong with definitions and settings, with no server running.

    \b
      lightship check
      lightship check --json
      lightship --definitions my/stack check --prometheus 2.42
    """  # noqa: D301
    from generator.checks import run  # noqa: PLC0415 -- promql_parser

    model = model_of(ctx, Versions(parse(prometheus), parse(alertmanager)))
    report = run(model)
    if as_json:
        found = [p.to_json() for p in report.problems]
        click.echo(json.dumps({"problems": found, "unchecked": report.unchecked}, indent=2))
        sys.exit(bool(found))
    _stop_on(report.problems)
    counted = [
        counted_as(len(model.alerts), "alert"),
        counted_as(len(model.records), "recording rule"),
        counted_as(len(model.dashboards), "dashboard"),
    ]
    click.echo(f"{', '.join(counted)}: no problems.")
    for reason in report.unchecked:
        click.echo(f"not checked: {reason}")


@click.command()
@click.argument("alerts", nargs=-1)
@click.option("--json", "as_json", is_flag=True, help="Print the outcome for machines.")
@click.pass_context
def test(ctx: click.Context, alerts: tuple[str, ...], as_json: bool) -> None:
    """Run every alert's examples with promtool.

    \b
      lightship test
      lightship test CacheDown CacheEvicting
    """  # noqa: D301
    from generator.proofs.examples import prove  # noqa: PLC0415 -- promql_parser

    model = model_of(ctx)
    _stop_on(model.problems)
    proof = prove(model, alerts)
    if as_json:
        click.echo(json.dumps(proof.to_json(), indent=2))
    else:
        click.echo(proof.text())
    sys.exit(0 if proof.holds else 1)


def _stop_on(problems: Sequence[Problem]) -> None:
    """Print every problem and exit 1, if there are any."""
    found = sorted(problems)
    if not found:
        return
    for problem in found:
        click.echo(str(problem), err=True)
    click.echo(f"\n{summary(found)}", err=True)
    sys.exit(1)
