"""``lightship preview``: dashboards without Grafana, as pages of a service or as files."""

from __future__ import annotations

import time
from pathlib import Path

import click

from compose.options import placed, prometheus_of
from exporters.errors import UserError
from exporters.hints import choose

DEFAULT_LISTEN = "127.0.0.1:3001"


@click.group()
def preview() -> None:
    """Draw dashboards where there is no Grafana, from what Grafana would import."""


@preview.command()
@click.option("--listen", default=DEFAULT_LISTEN, show_default=True, help="HOST:PORT on loopback.")
@click.option(
    "--rendered",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    required=True,
    help="Folder grafana/ of what was rendered; read anew for each page.",
)
@click.option(
    "--prometheus", default="127.0.0.1:19090", show_default=True, help="HOST:PORT of whom to ask."
)
def run(listen: str, rendered: Path, prometheus: str) -> None:
    """Answer browsers until told to stop; the addresses are those of Grafana.

    \b
      lightship preview run --rendered rendered/grafana
    """  # noqa: D301 -- click's mark for keeping lines
    from compose.preview.server import serve  # noqa: PLC0415 -- `--help` stays fast

    serve(listen, rendered, prometheus)


@preview.command()
@click.argument("dashboards", nargs=-1)
@click.option(
    "--to",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path("preview"),
    show_default=True,
    help="Folder for the pages.",
)
@click.option("--from", "since", default="now-1h", show_default=True, help="now-6h, or ms.")
@click.option("--until", default="now", show_default=True, help="now, now-5m, or ms.")
@click.option(
    "--theme", type=click.Choice(["dark", "light"]), help="Default: as the reader has it."
)
@click.option("--png", is_flag=True, help="A picture of each page too, for pull requests.")
@click.option("--prometheus", help="HOST:PORT of whom to ask (default: the stack's).")
@click.option(
    "--record",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Keep the answers in this file as well.",
)
@click.option(
    "--recorded",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Ask nobody: draw what --record kept.",
)
@placed
@click.pass_context
def write(  # noqa: PLR0917 -- click passes options by name
    ctx: click.Context,
    dashboards: tuple[str, ...],
    to: Path,
    since: str,
    until: str,
    theme: str | None,
    png: bool,
    prometheus: str | None,
    record: Path | None,
    recorded: Path | None,
    state: Path,
    how: str | None,
) -> None:
    """Write DASHBOARDS, or all, as self-contained pages: definitions as they are now.

    \b
      lightship preview write
      lightship preview write cache queue --from now-15m --png --theme light
      lightship preview write --record answers.json; lightship preview write --recorded answers.json
    """  # noqa: D301
    from compose.preview import files  # noqa: PLC0415
    from compose.preview.answers import ask  # noqa: PLC0415
    from compose.preview.view import View  # noqa: PLC0415
    from compose.preview.window import window  # noqa: PLC0415
    from generator import grafana  # noqa: PLC0415
    from generator.commands import model_of  # noqa: PLC0415
    from generator.durations import seconds  # noqa: PLC0415

    model = model_of(ctx)
    for uid in dashboards:
        if uid not in model.dashboards:
            raise UserError(f"dashboard {uid!r}: there is none; {choose(uid, model.dashboards)}")
    boards = {uid: grafana.made(model, uid) for uid in dashboards or sorted(model.dashboards)}
    if recorded:
        answers = files.recorded(recorded, list(boards))
    else:
        interval = int(seconds(model.settings.scrape_interval))
        shown = window(since, until, now=time.time(), interval=interval)
        address = prometheus or prometheus_of(state, how)
        answers = {u: ask(address, View(b, shown, interval, {})) for u, b in boards.items()}
    if record:
        files.record(record, answers)
    paths = files.write(to, boards, answers, theme or "")
    if png:
        paths += [files.take(board, to / f"{uid}.html") for uid, board in boards.items()]
    click.echo(f"{to}: {len(paths)} files; open {to / 'index.html'}")
