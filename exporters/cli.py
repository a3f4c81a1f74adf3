"""Commands of the exporters: run them, and ask whether they run."""

from __future__ import annotations

from pathlib import Path

import click

LISTEN = "127.0.0.1:19101"


@click.group()
def exporters() -> None:
    """Measure the servers that a settings file names."""


@exporters.command()
@click.option(
    "--settings",
    "path",
    type=click.Path(path_type=Path),
    help="Settings file (default: that of the command above, else lightship.yaml here).",
)
@click.option(
    "--listen", default=LISTEN, show_default=True, metavar="HOST:PORT", help="Where to answer."
)
@click.pass_obj
def run(above: dict[str, Path | None] | None, path: Path | None, listen: str) -> None:
    """Answer scrapes until told to stop (SIGTERM, or Ctrl-C)."""
    from exporters import serve, settings  # noqa: PLC0415 - keeps --help fast

    named = path or (above or {}).get("settings")
    serve.run(settings.load(named or Path("lightship.yaml")), listen)


@exporters.command()
@click.option("--url", default=f"http://{LISTEN}/readyz", show_default=True, help="What to ask.")
def healthcheck(url: str) -> None:
    """Exit with 0 if the exporters answer, with 1 if they do not."""
    from exporters import health  # noqa: PLC0415 - keeps --help fast

    health.check(url, "lightship exporters run")
    click.echo(f"{url}: answers")
