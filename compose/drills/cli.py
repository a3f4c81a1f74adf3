"""``lightship drill``: is an alert really in the inbox when its fault is really made?"""

from __future__ import annotations

import sys
import time
from pathlib import Path

import click

from compose.options import in_json, of_tools, placed, uses_compose


@click.command()
@click.argument("alert")
@click.option("--through", default="", metavar="RECEIVER", help="Only alerts that tell RECEIVER.")
@click.option("--dry-run", is_flag=True, help="Say what would be done, and when a page is due.")
@click.option(
    "--write",
    "page",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Put the table into this page as well, between its marks.",
)
@placed
@of_tools
@in_json
@click.pass_context
def drill(  # noqa: PLR0917 -- click passes by name
    ctx: click.Context,
    alert: str,
    through: str,
    dry_run: bool,
    page: Path | None,
    state: Path,
    how: str | None,
    tools_folder: Path,
    as_json: bool,
) -> None:
    """Make the fault of an ALERT in the demo that runs, or of all, and see the page come and go.

    Its texts and links are looked at as well. Exits with 0 when all was as it should be,
    with 1 otherwise. A drill that is interrupted ends its fault.

    \b
      lightship drill CacheDown
      lightship drill CacheDown --through page
      lightship drill all --dry-run
    """  # noqa: D301
    from rich.console import Console  # noqa: PLC0415 -- `--help` stays fast

    from compose.drills import drills, foresight, outcomes, scenes  # noqa: PLC0415
    from compose.drills import page as pages  # noqa: PLC0415
    from compose.drills.pace import faster  # noqa: PLC0415
    from compose.drills.plan import planned  # noqa: PLC0415
    from compose.start import Progress  # noqa: PLC0415

    definitions = (ctx.find_root().obj or {}).get("definitions")
    where = scenes.Where(definitions, state, tools_folder, uses_compose(how, state))
    shipped = scenes.shipped(where)
    found = planned(shipped, alert, through)
    if dry_run:
        foreseen = foresight.foreseen(shipped, faster(shipped), found)
        click.echo(foresight.as_json(foreseen) if as_json else foresight.text(foreseen))
        sys.exit(any(one.drill.kind == "none" for one in foreseen))
    began = time.monotonic()
    if page:
        pages.require(page)
    with Progress(Console(stderr=True)).shown() as progress:
        ended = drills.run(where, found, progress)
    if page:
        pages.write(page, ended, time.monotonic() - began)
    click.echo(outcomes.as_json(ended) if as_json else outcomes.text(ended))
    sys.exit(any(one.wrong for one in ended))
