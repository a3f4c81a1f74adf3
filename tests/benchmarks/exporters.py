"""What our exporters cost, beside those that most people run: `make bench-exporters`.

Every pair is measured in one run, in turns, block by block, so that what else happens on the
machine happens to both. Prints Markdown; exits with 1 when a goal is missed.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import click

from tests.benchmarks import against_postgres, against_redis, encoding, rivals
from tests.benchmarks.results import Result

SECTIONS = ("redis", "postgres", "encoding")


@click.command()
@click.option("--scrapes", default=200, show_default=True, help="Scrapes of each exporter.")
@click.argument("sections", nargs=-1, type=click.Choice(SECTIONS))
def main(scrapes: int, sections: tuple[str, ...]) -> None:
    """Compare; with the names of SECTIONS, only those."""
    good = True
    with tempfile.TemporaryDirectory() as folder:
        for result in results(Path(folder), scrapes, sections or SECTIONS):
            click.echo("\n".join(result.lines()))
            good = good and result.good
    sys.exit(not good)


def results(folder: Path, scrapes: int, sections: tuple[str, ...]) -> Iterator[Result]:
    """Yield what each section found, as it is found."""
    if "encoding" in sections:
        yield encoding.measure()
    if "redis" in sections:
        yield from against_redis.measure(folder, str(rivals.obtain("redis_exporter")), scrapes)
    if "postgres" in sections:
        program = rivals.obtain("postgres_exporter")
        yield against_postgres.measure(folder, str(program), scrapes)


if __name__ == "__main__":
    main()
