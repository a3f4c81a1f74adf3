"""Bad input: whatever a file holds, it ends in findings or a sentence, never in a traceback."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from shutil import copytree, ignore_patterns
from tempfile import TemporaryDirectory

import pytest
from click.testing import CliRunner
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from generator.cli import cli
from generator.model import Model
from generator.problems import Problem

ROOT = Path(__file__).parents[2]
STACK = Path(__file__).parent / "stack"

FILES = sorted(
    str(path.relative_to(STACK))
    for path in STACK.rglob("*")
    if path.suffix in {".py", ".yaml", ".md"}
)

# What breaks readers of text: bytes of no encoding, of none that is meant, and of no text.
ODD = [b"\x00", b"\xff\xfe", b"\xed\xa0\x80", b"\xc3", b"\xef\xbb\xbf", "\u2028".encode(), b"\r"]

fuzzed = settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])


@contextmanager
def _copied() -> Iterator[Path]:
    """Work with a copy of the invented stack, without programs and memories of other runs."""
    with TemporaryDirectory() as folder:
        root = Path(folder) / "stack"
        copytree(STACK, root, ignore=ignore_patterns("__pycache__"))
        yield root


def _run(root: Path, *words: str) -> tuple[int, str]:
    """Run a command in this process; return its exit code and all that it said.

    What escapes is what a user would see as a traceback, and fails here as such.
    """
    environment = {"LIGHTSHIP_TOOLS": "/nowhere", "PATH": "/nowhere", "XDG_CACHE_HOME": os.devnull}
    given = [f"--definitions={root}", f"--settings={root}/lightship.yaml", *words]
    done = CliRunner().invoke(cli, given, env=environment)
    if done.exception is not None and not isinstance(done.exception, SystemExit):
        from exporters.errors import UserError  # noqa: PLC0415 -- as main() does

        if not isinstance(done.exception, UserError):
            raise done.exception
        return 1, str(done.exception)
    return done.exit_code, done.output


def _judged(root: Path) -> None:
    """Check and render; both end with what is wrong, or with nothing."""
    for words in (("check", "--format=json"), ("render", f"--out={root}/out")):
        code, said = _run(root, *words)
        assert code in {0, 1}
        assert said.strip()
        assert "Traceback" not in said
        assert "cannot judge" not in said


@fuzzed
@given(name=st.sampled_from(FILES), share=st.floats(0, 1))
def test_truncated_files(name: str, share: float) -> None:
    """A file that ends anywhere."""
    with _copied() as root:
        data = (root / name).read_bytes()
        (root / name).write_bytes(data[: int(len(data) * share)])
        _judged(root)


@fuzzed
@given(
    name=st.sampled_from(FILES),
    places=st.lists(st.floats(0, 1), min_size=1, max_size=4),
    pieces=st.lists(st.sampled_from(ODD) | st.binary(min_size=1, max_size=3), min_size=4),
)
def test_files_with_foreign_bytes(name: str, places: list[float], pieces: list[bytes]) -> None:
    """Bytes that were flipped, inserted, or never were text."""
    with _copied() as root:
        data = (root / name).read_bytes()
        for place, piece in zip(places, pieces, strict=False):
            at = int(len(data) * place)
            data = data[:at] + piece + data[at + len(piece) // 2 :]
        (root / name).write_bytes(data)
        _judged(root)


SETTINGS = [
    "[" * 5000,
    "a: &a [1]\n" + "".join(f"{c}: &{c} [{', '.join(['*' + p] * 9)}]\n" for p, c in zip(
        "abcdefgh", "bcdefghi", strict=True)),
    "a: &a {a: *a}\n",
    "scrape_interval: 9" + "9" * 5000,
    "scrape_interval: !!python/object/apply:os.system [true]\n",
    "targets: {x: {kind: redis, url: 1e999, service: .nan}}\nservices: {? [a] : 1}\n",
    "\x00",
    "targets: 2029-13-45\nservices: 0o9\n",
    "%YAML 9.9\n---\n...",
    "? ",
    "- " * 3000,
]  # fmt: skip


@pytest.mark.parametrize("text", SETTINGS, ids=range(len(SETTINGS)))
def test_hostile_settings(text: str) -> None:
    """Nesting, aliases of aliases, huge numbers, tags, merge keys: a sentence with the file."""
    with _copied() as root:
        (root / "lightship.yaml").write_text(text)
        code, said = _run(root, "check")

        assert code == 1
        assert "lightship.yaml:" in said


HEAD = (
    "from exporters.catalog import cache\n"
    "from exporters.catalog.family import regex\n"
    "from generator.panels import Dashboard, Panel, Query, Variable, stat, timeseries\n"
    "from generator.routes import Inhibition, Receiver, Route, Routing, Tells\n"
    "from generator.rules import Alert, Example, Limit, Reading, Vanished, Waiver, record\n"
)

ALERT = (
    "Odd = Alert(expr={expr}, for_={for_}, severity='info', summary={summary}, "
    "description='d', tests={tests})\n"
)


def _alert(expr: str = "'up'", for_: str = "'1m'", summary: str = "'s'", tests: str = "[]") -> str:
    return ALERT.format(expr=expr, for_=for_, summary=summary, tests=tests)


MODULES = [
    "raise SystemExit",
    "import sys; sys.exit('bye')",
    "def f(): f()\nf()",
    "raise BaseException",
    "raise GeneratorExit",
    "class E(Exception):\n    def __str__(self): raise ValueError\nraise E",
    "x = " + "(" * 500 + ")" * 500,
    "x = " + "-" * 3000 + "1",
    "x = " + "[" * 90 + "]" * 90,
    "x = 9" + "9" * 5000,
    "import nowhere",
    "from alerts import odd",
    "import sys; del sys.modules['alerts']",
    "1 +",
    "x = '\\ud800'\n" + _alert(summary="'\\ud800'"),
    "\tx = 1\n  y = 2",
    "# coding: nonsense\n",
    "assert False",
    "raise ExceptionGroup('all', [ValueError('a')])",
    _alert(expr="5"),
    _alert(expr="None"),
    _alert(expr="['up']"),
    _alert(expr="'(' * 5000"),
    _alert(expr="'up == ' + '1' * 5000"),
    _alert(expr="'sum(' * 400 + 'up' + ')' * 400"),
    _alert(expr="'\\x00'"),
    _alert(expr="''"),
    _alert(for_="5"),
    _alert(for_="None"),
    _alert(for_="'9' * 400 + 'y'"),
    _alert(summary="None"),
    _alert(summary="b'x'"),
    _alert(summary="'{{'"),
    _alert(tests="None"),
    _alert(tests="[1]"),
    _alert(tests="'ab'"),
    _alert(tests="[Example('s', given=None, silent_at=1, fires_at='', gone_at='x')]"),
    _alert(tests="[Example('s', given={1: 2}, silent_at='x', fires_at='', gone_at='')]"),
    _alert(tests="[Vanished('s', given={}, at='1m', instead='that')]"),
    _alert(tests="[Reading('s', given={}, at='1m', reads={})]"),
    "Odd = Limit('x', float('nan'))",
    "Odd = Limit('x', 'high')",
    "odd = record(None, None, None)",
    "odd = record('a:b', 'Help.', 'up', labels=5)",
    "odd = record('a:b', 'Help.', 'a:b')",
    "odd = record('a b', 'Help.', 'up', tests=[1])",
    "w = Waiver('x', 'y', until=5)",
    "routing = Routing(root=None)",
    "routing = Routing(root=Route(to='inbox'))",
    "routing = Routing(root=Route(to=Receiver(5)))",
    "routing = Routing(root=Route(to=Receiver('a'), match={'severity': 5}))",
    "routing = Routing(root=Route(to=Receiver('a'), match={'x': regex('(')}))",
    "routing = Routing(root=Route(to=Receiver('a')), inhibitions=[None], tells=[5])",
    "dashboard = Dashboard('t', 'h', None, None)",
    "dashboard = Dashboard(5, 'h', [], {'r': [5]})",
    "dashboard = Dashboard('t', 'h', [Variable('x', 'up')], {})",
    "dashboard = Dashboard('t', 'h', [], {'r': [stat('s', 'up', help=None)]})",
    "dashboard = Dashboard('t', 'h', [], {'r': [stat('s', 'up', help='h', line='x')]})",
    "dashboard = Dashboard('t', 'h', [], {'r': [stat('s', 'up', help='h', line=float('inf'))]})",
    "dashboard = Dashboard('t', 'h', [], {5: [timeseries('s', unit='s', help='h')]})",
    "dashboard = Dashboard('t', 'h', [], {'r': [timeseries('s', 'up', unit='s', help='h')]})",
    "dashboard = Dashboard('t', 'h', [], {'r': [stat('s', 'up', help='h', alerts=[None])]})",
    "print('{}')\nimport os\nos.write(1, b'')",
]


@pytest.mark.parametrize("folder", ["alerts", "dashboards"])
@pytest.mark.parametrize("text", MODULES, ids=range(len(MODULES)))
def test_hostile_modules(folder: str, text: str) -> None:
    """Modules that end the program, recurse, lie about types, or hold what nobody can read."""
    name = "routes" if text.rpartition("\n")[2].startswith("routing") else "odd"
    with _copied() as root:
        (root / folder / f"{name}.py").write_text(HEAD + text + "\n", encoding="utf-8")
        _judged(root)


@pytest.mark.parametrize("name", ["a-b", "1", "a.b", "ä", "class", "x y", "'"])
def test_odd_names_of_files(name: str) -> None:
    """A file of definitions may be called what it likes."""
    with _copied() as root:
        (root / "alerts" / f"{name}.py").write_text(HEAD + _alert())
        _judged(root)


def test_folders_and_links_in_the_place_of_files() -> None:
    """A folder called like a module, a link to nowhere, a file that nobody may read."""
    with _copied() as root:
        (root / "alerts/folder.py").mkdir()
        (root / "alerts/link.py").symlink_to("nowhere.py")
        (root / "docs/runbooks/ShopDown.md").unlink()
        (root / "docs/runbooks/ShopDown.md").mkdir()
        _judged(root)


@pytest.mark.parametrize(
    "manifest", ["../../x\n", "/etc/x\n", "\x00\n", "a\n" * 10, "prometheus\n", "\udcff"]
)
def test_hostile_generated_folders(manifest: str, tmp_path: Path) -> None:
    """A list of rendered files that names others removes nothing outside, and breaks nothing."""
    (tmp_path / "x").write_text("mine")
    with _copied() as root:
        out = tmp_path / "a" / "out"
        assert _run(root, "render", f"--out={out}")[0] == 0
        (out / ".rendered").write_bytes(manifest.encode("utf-8", "surrogateescape"))
        code, said = _run(root, "render", "--check", f"--out={out}")
        assert code == 1
        assert "Traceback" not in said
        code, said = _run(root, "render", f"--out={out}")
        assert code in {0, 1}
        assert "Traceback" not in said
    assert (tmp_path / "x").read_text() == "mine"


def test_rendered_files_that_are_no_text(tmp_path: Path) -> None:
    """A rendered file of foreign bytes is stale, and is written anew."""
    with _copied() as root:
        assert _run(root, "render", f"--out={tmp_path}/out")[0] == 0
        (tmp_path / "out/prometheus/rules/shop.yaml").write_bytes(b"\xff\x00\xfe")

        assert _run(root, "render", "--check", f"--out={tmp_path}/out")[0] == 1
        assert _run(root, "render", f"--out={tmp_path}/out")[0] == 0
        assert _run(root, "render", "--check", f"--out={tmp_path}/out")[0] == 0


def test_what_a_module_prints_is_no_part_of_the_answer(tmp_path: Path) -> None:
    """Machines read what `check` prints: a definition's own words go to stderr."""
    (tmp_path / "alerts").mkdir()
    (tmp_path / "alerts/a.py").write_text("print('hello')\n")
    done = subprocess.run(
        [sys.executable, "-c", "from generator.cli import main; main(['check', '--format=json'])"],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.stdout.startswith("{")
    assert "hello" in done.stderr


def test_a_check_that_fails_is_a_finding(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever a check did not think of, the others still speak, and it says so itself."""

    def check(_: Model) -> Iterator[Problem]:
        raise ZeroDivisionError("by zero")

    monkeypatch.setattr("generator.checks.units.check", check)
    with _copied() as root:
        code, said = _run(root, "check")

    assert code == 1
    assert "the check 'units' cannot judge these definitions (ZeroDivisionError: by zero)" in said
