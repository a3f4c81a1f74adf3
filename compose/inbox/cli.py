"""``lightship inbox``: run the on-call inbox, and ask whether it works."""

from __future__ import annotations

from pathlib import Path

import click

DEFAULT_LISTEN = "127.0.0.1:19080"
STAND_INS, STAND_IN_MAIL = "127.0.0.1:19081", "127.0.0.1:19025"


def _names(_: click.Context, option: click.Parameter, names: tuple[str, ...]) -> tuple[str, ...]:
    for name in names:
        if not name or not set(name).isdisjoint("/:@* "):
            what = f"{name!r} is no name; write it alone, as inbox.example.org"
            raise click.BadParameter(what, param=option)
    return names


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
    type=click.Path(file_okay=False, path_type=Path),
    required=True,
    help="Folder of <Alert>.md files; the page of one that is missing says so.",
)
@click.option(
    "--surroundings",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="The file inbox/inbox.yaml that was rendered: whom to ask, which Watchdog to await.",
)
@click.option(
    "--password-file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="File with the password that everyone who reads must send; any user name will do.",
)
@click.option(
    "--unprotected",
    is_flag=True,
    help="Listen beyond this machine without a password: something else keeps others out.",
)
@click.option(
    "--keep",
    type=click.IntRange(min=1),
    default=100_000,
    show_default=True,
    help="How many notifications, and resolved alerts, are kept at most.",
)
@click.option(
    "--keep-bytes",
    type=click.IntRange(min=1_000_000),
    default=1_000_000_000,
    show_default=True,
    help="What the history may take on disk; the oldest notifications go first.",
)
@click.option(
    "--host",
    "hosts",
    multiple=True,
    metavar="NAME",
    callback=_names,
    help="A name with a dot under which the pages are reached; may be given again.",
)
def run(  # noqa: PLR0917 - click passes options by name
    listen: str,
    database: Path,
    runbooks: Path,
    surroundings: Path | None,
    password_file: Path | None,
    unprotected: bool,
    keep: int,
    keep_bytes: int,
    hosts: tuple[str, ...],
) -> None:
    """Receive notifications and show the incidents, until stopped."""
    from compose.inbox.retention import Keep  # noqa: PLC0415 - as below
    from compose.inbox.server import serve  # noqa: PLC0415 - `--help` must not import a server

    serve(
        listen,
        database,
        runbooks,
        keep=Keep(keep, keep_bytes),
        hosts=hosts,
        surroundings=surroundings,
        password_file=password_file,
        unprotected=unprotected,
    )


@inbox.command("stand-ins")
@click.option("--listen", default=STAND_INS, show_default=True, help="HOST:PORT of the page.")
@click.option("--mail", default=STAND_IN_MAIL, show_default=True, help="HOST:PORT for mail.")
@click.option("--unprotected", is_flag=True, help="Listen beyond this machine all the same.")
def stand_ins(listen: str, mail: str, unprotected: bool) -> None:
    """Stand in for Slack, PagerDuty and a mail server, and show what each would have got.

    Settings send there instead: slack to /slack/ANY, pagerduty to /pagerduty/v2/enqueue.
    """
    from compose.inbox.standins.server import serve  # noqa: PLC0415 - as above

    serve(listen, mail, unprotected=unprotected)


@inbox.command()
@click.option(
    "--url",
    default=f"http://{DEFAULT_LISTEN}/readyz",
    show_default=True,
    help="What to ask; an error, or no answer within 5 seconds, is a failure.",
)
def healthcheck(url: str) -> None:
    """Exit with 0 if the inbox can store, with 1 if it cannot."""
    from exporters import health  # noqa: PLC0415 - as above

    health.check([url], "lightship inbox run")
    click.echo(f"{url}: answers")
