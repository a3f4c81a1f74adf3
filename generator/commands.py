"""The generator's commands: init, render, check, test and diff."""

from __future__ import annotations

import gc
import json
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from exporters.settings import Settings, load
from generator.definitions import DEMO_SETTINGS, find, rendered, settings_file, stock_root
from generator.model import NO_SETTINGS, Model, build
from generator.problems import LEVELS, Level, Problem, counted_as, shown, summary
from generator.unchanged import MANIFEST, Trace
from generator.versions import Versions, left_out, parse

if TYPE_CHECKING:
    from generator.checks import Report
    from generator.proofs.examples import Proof
    from generator.proofs.mutation import Score

# What a command makes of definitions lives as long as itself: looking for garbage in it over and
# over would take a sixth of the time.
gc.set_threshold(200_000, 50, 50)


def model_of(ctx: click.Context, versions: Versions | None = None) -> Model:
    """Build the model that the command line's options describe. Raises SettingsError."""
    return model_at(*_places(ctx), versions)


def _places(ctx: click.Context) -> tuple[Path, Path]:
    """Return the definitions folder and the settings file that the command line means."""
    given = ctx.find_root().obj or {}
    return find(given.get("definitions")), settings_file(given.get("settings"))


def model_at(root: Path, file: Path, versions: Versions | None = None) -> Model:
    """Build the model of a definitions folder and a settings file. Raises SettingsError."""
    return build(root, _settings(root, file), versions=versions or Versions())


def _settings(root: Path, file: Path) -> Settings:
    """Return the settings for a definitions folder. Raises SettingsError."""
    # The demo's settings speak of the stock definitions: for others they would be wrong.
    foreign = file == DEMO_SETTINGS and root != stock_root()
    return NO_SETTINGS if foreign else load(file)


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
    help="Folder to write to (default: rendered/ beside the definitions; compose/generated of "
    "the stock).",
)
@click.option("--check", is_flag=True, help="Write nothing; exit 1 and show a diff if stale.")
@_prometheus
@_alertmanager
@click.pass_context
def render(
    ctx: click.Context, out: Path | None, check: bool, prometheus: str, alertmanager: str
) -> None:
    """Write dashboards, rules and configuration from the definitions.

    \b
      lightship render                                  into rendered/ beside your definitions
      lightship render --check                          for CI
      lightship --settings mine.yaml render --out /etc/stack
      lightship render --prometheus 2.42 --alertmanager 0.25 --out old
    """  # noqa: D301
    root, file = _places(ctx)
    settings = _settings(root, file)
    versions = Versions(parse(prometheus), parse(alertmanager))
    out = out or Path(shown(str(rendered(root))))
    trace = Trace(root, settings, versions, out)
    if not check and (there := trace.files()):
        _written(versions, out, there, [])
        return

    from generator.checks import refusals  # noqa: PLC0415 -- promql_parser
    from generator.output import (  # noqa: PLC0415 -- imports grafanalib
        differences,
        files,
        with_manifest,
        write,
    )

    model = build(root, settings, versions=versions)
    _stop_on(refusals(model))
    made = files(model)
    if check:
        if not (out / MANIFEST).is_file():
            raise click.ClickException(f"{out}: nothing was rendered here; run: lightship render")
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
    trace.remember(with_manifest(made))
    _written(versions, out, list(made), changed)


def _written(versions: Versions, out: Path, files: Sequence[str], changed: Sequence[str]) -> None:
    click.echo(f"{out}: {len(set(files) - {MANIFEST})} files, {len(changed)} changed.")
    for feature in left_out(versions):
        click.echo(f"left out: {feature}")


@click.command()
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json", "sarif", "github"]),
    default="text",
    show_default=True,
    help="For people, for machines, for code hosts and editors.",
)
@click.option(
    "--fail-on",
    type=click.Choice(LEVELS),
    default="error",
    show_default=True,
    help="Exit 1 for this severity and worse.",
)
@click.option("--strict", is_flag=True, help="Exit 1, too, if anything could not be checked.")
@click.option("--notes", is_flag=True, help="In text, tell what is merely worth knowing as well.")
@_prometheus
@_alertmanager
@click.pass_context
def check(  # noqa: PLR0917 -- click passes all by name
    ctx: click.Context,
    form: str,
    fail_on: Level,
    strict: bool,
    notes: bool,
    prometheus: str,
    alertmanager: str,
) -> None:
    """Find what is wrong with definitions and settings, with no server running.

    \b
      lightship check
      lightship check --strict --fail-on warning     for CI
      lightship check --format github                annotations of a pull request
      lightship check --notes                        what is unused, too
      lightship --definitions my/stack check --prometheus 2.42
    """  # noqa: D301
    from generator.checks import run  # noqa: PLC0415 -- promql_parser
    from generator.formats import FORMATS  # noqa: PLC0415 -- as above

    model = model_of(ctx, Versions(parse(prometheus), parse(alertmanager)))
    report = run(model, today=datetime.now(tz=UTC).date())
    if form == "text":
        _tell(model, report, notes=notes or fail_on == "info")
    else:
        click.echo(FORMATS[form](report))
    sys.exit(bool(report.at_least(fail_on)) or (strict and bool(report.unchecked)))


def _tell(model: Model, report: Report, *, notes: bool) -> None:
    """Print what was found for people: problems to stderr, what is well to stdout."""
    told = report.at_least("info" if notes else "warning")
    _print(told)
    if not told:
        counted = [
            counted_as(len(model.alerts), "alert"),
            counted_as(len(model.records), "recording rule"),
            counted_as(len(model.dashboards), "dashboard"),
        ]
        click.echo(f"{', '.join(counted)}: no problems.")
    for reason in report.unchecked:
        click.echo(f"not checked: {reason}")


@click.command()
@click.argument("rules", nargs=-1)
@click.option("--mutate", is_flag=True, help="See which mistakes the examples would notice.")
@click.option("--json", "as_json", is_flag=True, help="Print the outcome for machines.")
@click.pass_context
def test(ctx: click.Context, rules: tuple[str, ...], mutate: bool, as_json: bool) -> None:
    """Run the examples of all rules, or of those named, with promtool.

    \b
      lightship test
      lightship test CacheDown CacheEvicting
      lightship test --mutate                 would they notice a wrong threshold?
    """  # noqa: D301
    from generator.proofs.examples import prove  # noqa: PLC0415 -- promql_parser
    from generator.proofs.mutation import mutate as mutated  # noqa: PLC0415 -- likewise

    model = model_of(ctx)
    _stop_on(model.problems)
    proof: Proof | Score = prove(model, rules)
    if mutate and proof.holds:
        proof = mutated(model, rules)
    if as_json:
        click.echo(json.dumps(proof.to_json(), indent=2))
    else:
        click.echo(proof.text())
    sys.exit(0 if proof.holds else 1)


@click.command()
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False))
def init(folder: Path) -> None:
    """Write a definitions folder to start from, with a recipe for CI and a pre-commit hook.

    \b
      lightship init ~/watch
      cd ~/watch && lightship check && lightship test
    """  # noqa: D301
    from generator.installation import of_this  # noqa: PLC0415 -- as the others
    from generator.starter import write  # noqa: PLC0415 -- likewise

    installation = of_this()
    for name in write(folder, installation.command):
        click.echo(f"  {name}")
    click.echo(
        f"{folder}: started. Name your servers in {folder / 'lightship.yaml'}, then, in there:\n"
        "  lightship check     is anything wrong?\n"
        "  lightship test      does every alert fire when it should? (promtool: lightship tools)\n"
        "  lightship render    write the files that servers read\n"
        "  lightship up        run it here"
    )
    if installation.before:
        click.echo(f"Its CI installs Lightship from a wheel beside it:\n  {installation.before}")


@click.command()
@click.argument("revision", default="HEAD", metavar="[REV]")
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json", "markdown"]),
    default="text",
    show_default=True,
    help="For people, for machines, for a comment on a pull request.",
)
@click.option("--json", "form", flag_value="json", help="The same as --format json.")
@click.pass_context
def diff(ctx: click.Context, revision: str, form: str) -> None:
    """Say what changed in what is alerted, drawn and told since REV, which is HEAD unless said.

    REV is any revision of git; REV... is where it and HEAD parted, as in git diff.

    \b
      lightship diff                                what is not committed yet
      lightship diff main...                        what this branch changes
      lightship diff v1.2 --json
      lightship diff origin/main... --format markdown    for a pull request
    """  # noqa: D301
    from generator.changes import changes  # noqa: PLC0415 -- promql_parser
    from generator.reviews import REVIEWS  # noqa: PLC0415 -- likewise
    from generator.revisions import load as load_revision  # noqa: PLC0415 -- likewise

    root, file = _places(ctx)
    after = model_at(root, file)
    _stop_on(after.problems)
    click.echo(REVIEWS[form](changes(load_revision(root, file, revision), after)))


def _stop_on(problems: Sequence[Problem]) -> None:
    """Print every problem and exit 1, if there are any."""
    if problems:
        _print(sorted(problems))
        sys.exit(1)


def _print(problems: Sequence[Problem]) -> None:
    for problem in problems:
        click.echo(str(problem), err=True)
        if excerpt := problem.excerpt():
            click.echo(excerpt, err=True)
    if problems:
        click.echo(f"\n{summary(problems)}", err=True)
