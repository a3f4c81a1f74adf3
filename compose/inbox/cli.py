"""``lightship inbox``: run the on-call inbox, and ask whether it works."""

from __future__ import annotations

from pathlib import Path

import click

from exporters.errors import UserError

DEFAULT_LISTEN = "127.0.0.1:19080"


@click.group()
def inbox() -> None:
    """Receive what Alertmanager sends, keep it, and show it to whoever is on call."""


@inbox.command()
@click.option(
    "--listen", default=DEFAULT_LISTEN, show_default=True, help="HOST:PORT (0: a free one)."
)
@click.option(
    "--database",
    type=click.Path(dir_okay=False, path_type=Path),
    required=True,
    help="SQLite file that keeps the history; made when it is missing.",
)
@click.option(
    "--runbooks",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    required=True,
    help="Folder of <Alert>.md files.",
)
@click.option(
    "--keep",
    type=click.IntRange(min=1),
    default=100_000,
    show_default=True,
    help="How many notifications, and resolved alerts, are kept at most.",
)
def run(listen: str, database: Path, runbooks: Path, keep: int) -> None:
    """Answer Alertmanager's webhook and show the incidents, until stopped."""
    from compose.inbox.server import serve  # noqa: PLC0415 - `--help` must not import a server

    serve(listen, database, runbooks, keep=keep)


@inbox.command()
@click.option(
    "--url",
    default=f"http://{DEFAULT_LISTEN}/readyz",
    show_default=True,
    help="What to ask; anything but 200 within 5 seconds is a failure.",
)
def healthcheck(url: str) -> None:
    """Exit 0 when a running inbox can store notifications, 1 when it cannot."""
    import requests  # noqa: PLC0415 - as above

    try:
        answer = requests.get(url, timeout=5)
    except requests.RequestException as error:
        raise UserError(
            f"{url}: no answer ({type(error).__name__}); is the inbox running?"
        ) from error
    if answer.status_code != 200:
        raise UserError(f"{url}: {answer.status_code} {answer.text.strip()[:200]}; see its log")
    click.echo("ok")
