"""Do the pages say all there is, lead where they point, and keep their shape?"""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from markdown_it import MarkdownIt
from markdown_it.token import Token

from compose.inbox.cli import STAND_IN_MAIL, STAND_INS
from compose.local.ports import FIXED
from exporters import catalog
from generator import checks
from generator.cli import COMMANDS
from generator.model import Model, build
from generator.reference import metrics_page

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
SCHEMA = ROOT / "exporters" / "settings.schema.json"

PAGES = [
    *(ROOT / f"{name}.md" for name in ("README", "CHANGELOG", "CONTRIBUTING")),
    *sorted(DOCS.rglob("*.md")),
]
RUNBOOKS = sorted((DOCS / "runbooks").glob("*.md"))
CHECKS = sorted((DOCS / "checks").glob("*.md"))

RUNBOOK = ["Meaning", "Impact", "Diagnosis", "Mitigation", "Escalation"]
CHECK = ["What it checks", "Example", "How to mend it", "Why"]
LONGEST_CHECK = 40
UNITS = {"s": "second", "m": "minute", "h": "hour"}


def named(path: Path) -> str:
    """Return how a page is called in the names of tests."""
    return str(path.relative_to(ROOT))


each_page = pytest.mark.parametrize("page", PAGES, ids=named)
each_runbook = pytest.mark.parametrize("page", RUNBOOKS, ids=named)
each_check = pytest.mark.parametrize("page", CHECKS, ids=named)


@pytest.fixture(scope="module")
def ours() -> Model:
    """Return the stack's own definitions."""
    return build(ROOT)


def tokens(page: Path) -> list[Token]:
    """Return a page's blocks, and the links and code in their lines."""
    found = MarkdownIt("commonmark").enable("table").parse(page.read_text(encoding="utf-8"))
    return [part for token in found for part in (token, *(token.children or ()))]


def links(page: Path) -> Iterator[str]:
    """Yield every address that a page links to or shows."""
    for token in tokens(page):
        if found := token.attrs.get("href") or token.attrs.get("src"):
            yield str(found)


def sections(page: Path) -> dict[str, str]:
    """Return the text under each heading of the second level."""
    lines = page.read_text(encoding="utf-8").splitlines()
    at = [token.map[0] for token in tokens(page) if token.tag == "h2" and token.map]
    return {
        lines[start].removeprefix("## "): "\n".join(lines[start + 1 : end]).strip()
        for start, end in zip(at, [*at[1:], len(lines)], strict=True)
    }


def anchors(page: Path) -> set[str]:
    """Return what can be linked to inside a page, as GitHub calls it."""
    titles = re.findall(r"^#+ (.+)$", page.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", title.lower()).replace(" ", "-") for title in titles}


@each_page
def test_links_lead_somewhere(page: Path) -> None:
    """Every relative link names a file that exists, and a heading that it has."""
    broken = []
    for link in links(page):
        path, _, anchor = link.partition("#")
        target = page.parent / path if path else page
        outside = re.match(r"[a-z]+:", link)
        if not outside and not (target.exists() and (not anchor or anchor in anchors(target))):
            broken.append(link)

    assert broken == []


@each_page
def test_ports_are_the_ones_in_use(page: Path) -> None:
    """Every port on loopback that a page names is one on which something of ours listens."""
    ours = {*FIXED.values(), *(int(one.rpartition(":")[2]) for one in (STAND_INS, STAND_IN_MAIL))}
    found = {int(port) for port in re.findall(r"127\.0\.0\.1:(\d+)", page.read_text("utf-8"))}

    assert found - ours == set()


def test_every_alert_has_a_runbook(ours: Model) -> None:
    """Each alert has a runbook, of its name or of its objective's, and none is of what is gone."""
    assert {page.stem for page in RUNBOOKS} == {a.runbook or n for n, a in ours.alerts.items()}


@each_runbook
def test_runbooks_have_one_shape(page: Path) -> None:
    """A runbook opens with its alert's name and has words under every heading, in one order."""
    found = sections(page)

    assert page.read_text(encoding="utf-8").startswith(f"# {page.stem}\n")
    assert list(found) == RUNBOOK
    assert all(found.values())


@each_runbook
def test_runbooks_say_how_long(page: Path, ours: Model) -> None:
    """A runbook says under Meaning how long the condition holds before the alert fires."""
    held = {a.for_ for name, a in ours.alerts.items() if (a.runbook or name) == page.stem}
    if len(held) > 1:
        held.discard("0s")

    for for_ in held:
        assert f"{for_[:-1]} {UNITS[for_[-1]]}" in sections(page)["Meaning"]


def test_runbooks_tell_every_limit(ours: Model) -> None:
    """Each limit is named in a runbook, with the stock value that it really has."""
    text = "\n".join(page.read_text(encoding="utf-8") for page in RUNBOOKS)
    told = re.findall(r"`(\w+)`[^`]*\(stock: ([\d.]+)\)", text)

    assert dict(told) == {name: str(limit) for name, limit in ours.limits.items()}


def test_every_check_has_a_page() -> None:
    """Each check has a page of its name, and no page is of a check that is gone."""
    assert {page.stem for page in CHECKS} == {*checks.names(), *checks.FOUND_ELSEWHERE}


@each_check
def test_pages_of_checks_have_one_shape(page: Path) -> None:
    """A check's page is short, opens with its name and has words under every heading."""
    text = page.read_text(encoding="utf-8")
    found = sections(page)

    assert text.startswith(f"# {page.stem}\n")
    assert list(found) == CHECK
    assert all(found.values())
    assert text.count("\n") < LONGEST_CHECK


def test_every_command_is_told() -> None:
    """Each command of the command line stands in the README or in the docs."""
    told = "\n".join(page.read_text(encoding="utf-8") for page in PAGES)

    assert [name for name in COMMANDS if not re.search(rf"\blightship {name}\b", told)] == []


def test_metrics_page_is_the_catalog(golden: Callable[[Path, str], None]) -> None:
    """The page of metrics is what the catalog declares, each family once."""
    page = DOCS / "reference" / "metrics.md"

    golden(page, metrics_page())

    listed = re.findall(r"^\| `(\w+)` \|", page.read_text(encoding="utf-8"), re.MULTILINE)
    assert sorted(listed) == sorted(catalog.families())


def test_every_key_of_the_settings_is_shown() -> None:
    """Each key that the schema knows stands in the example of the settings page."""
    (example, *_) = (t.content for t in tokens(DOCS / "settings.md") if t.info.startswith("yaml"))
    keys = _keys(json.loads(SCHEMA.read_text(encoding="utf-8")))

    assert [key for key in sorted(keys) if not re.search(rf"\b{key}\b", example)] == []


def _keys(schema: Any) -> set[str]:
    """Return the names of all properties in a JSON Schema, however deep."""
    if not isinstance(schema, dict):
        return set()
    deeper = set().union(*(_keys(part) for part in schema.values()))
    named_here = schema.get("properties")
    return deeper | set(named_here) if isinstance(named_here, dict) else deeper


def test_every_limit_is_told(ours: Model) -> None:
    """Each limit stands on the settings page with its stock value, and no other does."""
    text = sections(DOCS / "settings.md")["Limits"]
    listed = dict(re.findall(r"^\| `(\w+)` \| ([\d.]+) \|", text, re.MULTILINE))

    assert listed == {name: str(limit) for name, limit in ours.limits.items()}


def test_requirements_that_code_names_are_listed() -> None:
    """Each id of a requirement that a comment of a definition names stands on their page, once."""
    listed = re.findall(
        r"^\| ([A-Z]\d+) \|", (DOCS / "requirements.md").read_text("utf-8"), re.MULTILINE
    )
    definitions = [*(ROOT / "alerts").glob("*.py"), *(ROOT / "dashboards").glob("*.py")]
    named_there = {
        found
        for file in definitions
        for found in re.findall(r"^# ([A-Z]\d+):", file.read_text("utf-8"), re.MULTILINE)
    }
    assert named_there
    assert named_there <= set(listed)
    assert len(listed) == len(set(listed))


def test_every_dependency_is_justified() -> None:
    """Each dependency has a line that says what for and what else was weighed; none is gone."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    extras = project["project"]["optional-dependencies"].values()
    wanted = [
        *project["project"]["dependencies"],
        *(one for group in extras for one in group),
        *project["dependency-groups"]["dev"],
    ]
    text = (DOCS / "dependencies.md").read_text(encoding="utf-8")
    listed = re.findall(r"^\| `([\w-]+)` \| \S.* \| \S.* \|$", text, re.MULTILINE)

    assert sorted(listed) == sorted(re.split(r"[\[<>=]", one)[0] for one in wanted)
