"""The demo's businesses: what they note is what the demo's settings ask for."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from compose.demo.businesses import BUSINESSES, Businesses
from compose.demo.businesses.book import Book
from compose.demo.faults import BACKUPS, BOOKINGS, GUESSED, NOISY, REFUSED, Faults
from exporters import catalog
from exporters.catalog import business
from exporters.definition import VOCABULARY
from exporters.samples import Samples, read
from exporters.settings import Settings, load
from exporters.survey import Survey
from generator.definitions import DEMO_SETTINGS

START = 1_800_000_000.0
STEPS = 60

Open = Callable[..., dict[str, Book]]


@pytest.fixture
def opened(tmp_path: Path) -> Iterator[Open]:
    """Open all businesses in a folder, with faults."""
    with ExitStack() as stack:

        def open_all(folder: str = "files", *faults: str, seed: int = 1) -> dict[str, Book]:
            (tmp_path / folder).mkdir(exist_ok=True)
            businesses = Businesses(tmp_path / folder, seed, Faults({*faults}))
            return {kind.name: businesses.open(kind, stack, START) for kind in BUSINESSES}

        yield open_all


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """Return the demo's settings, for files in a folder."""
    monkeypatch.setenv("DEMO_FILES", str(tmp_path / "files"))
    return load(DEMO_SETTINGS)


def work(books: dict[str, Book], steps: int = STEPS) -> None:
    for second in range(steps):
        for book in books.values():
            book.step(START + second)


def dump(book: Book) -> list[str]:
    return list(book.connection.iterdump())


def asked(settings: Settings, name: str) -> tuple[str, dict[str, list[str]]]:
    """Return what a business gives when all is asked, and what failed."""

    async def once() -> tuple[str, dict[str, list[str]]]:
        survey = Survey(settings.targets[f"demo-{name}"])
        try:
            return await survey.ask(), survey.failures
        finally:
            await survey.close()

    return asyncio.run(once())


def samples(settings: Settings, name: str) -> Samples:
    return read(asked(settings, name)[0])


def test_every_query_is_answered(opened: Open, settings: Settings) -> None:
    """No query of the demo's settings fails, and together they feed the whole vocabulary."""
    work(opened())
    answers = {kind.name: asked(settings, kind.name) for kind in BUSINESSES}
    assert {name: failures for name, (_, failures) in answers.items() if failures} == {}
    lines = [line for text, _ in answers.values() for line in text.splitlines()]
    given = {line.split()[2] for line in lines if line.startswith("# TYPE")}
    assert {name for name in catalog.families() if name.startswith(VOCABULARY)} <= given


def test_the_same_seed(opened: Open) -> None:
    """The same seed does the same things; another one does others."""
    first, second, other = opened("a"), opened("b"), opened("c", seed=2)
    for books in (first, second, other):
        work(books)
    for kind in BUSINESSES:
        assert dump(first[kind.name]) == dump(second[kind.name])
        assert dump(first[kind.name]) != dump(other[kind.name])


def test_work_goes_on(opened: Open) -> None:
    """What was noted before a restart is there after it, and is not written twice."""
    sites = opened()["hosting"].ask("SELECT count(*) FROM sites")
    assert opened()["hosting"].ask("SELECT count(*) FROM sites") == sites


def test_a_step_is_whole(opened: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    """A second's work that fails leaves nothing behind."""
    clinic = opened()["clinic"]
    before = dump(clinic)
    monkeypatch.setattr(clinic, "_remind", lambda _: clinic.run("SELECT * FROM nowhere"))
    with pytest.raises(sqlite3.OperationalError):
        clinic.step(START)
    assert dump(clinic) == before


@pytest.mark.parametrize(
    ("fault", "name", "question"),
    [
        (BACKUPS, "hosting", "SELECT max(began) FROM backups"),
        (BOOKINGS, "clinic", "SELECT max(made) FROM appointments"),
        (REFUSED, "clinic", "SELECT -sum(many) FROM sent WHERE outcome = 'failed'"),
        (GUESSED, "tasks", "SELECT -many FROM sign_ins WHERE outcome = 'failed'"),
        (NOISY, "hosting", "SELECT -count(*) FROM operations WHERE tenant = 7"),
    ],
)
def test_faults(opened: Open, fault: str, name: str, question: str) -> None:
    """Each fault makes worse what its alert watches."""
    well, ill = opened("well"), opened("ill", fault)
    for books in (well, ill):
        work({name: books[name]})
    assert ill[name].ask(question) < well[name].ask(question)


def test_tenants_are_bounded(opened: Open, settings: Settings) -> None:
    """However many tenants there are, ten series tell of them, and the loudest is among them."""
    work(opened("files", NOISY))
    found = samples(settings, "hosting")
    tenants = {labels["tenant"] for labels, _ in found.of(business.tenant_operations)}
    assert len(tenants) == 10
    assert {"7", "other"} <= tenants
