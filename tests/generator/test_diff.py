"""What changed since a revision: alerts, panels, thresholds, and who is told."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from shutil import copytree, ignore_patterns

import pytest

ROOT = Path(__file__).parents[2]
STACK = Path(__file__).parent / "stack"


def _git(folder: Path, *arguments: str) -> None:
    who = ["-c", "user.name=a", "-c", "user.email=a@example.org", "-c", "commit.gpgsign=false"]
    subprocess.run(["git", *who, *arguments], cwd=folder, check=True, capture_output=True)


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """Return the invented stack, in a folder of a git repository, committed."""
    root = tmp_path / "stack"
    copytree(STACK, root, ignore=ignore_patterns("__pycache__"))
    _git(tmp_path, "init", "--quiet", "--initial-branch=main")
    _git(tmp_path, "add", ".")
    _git(tmp_path, "commit", "--quiet", "--message=first")
    return root


def _diff(root: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    program = "from generator.cli import main; main()"
    return subprocess.run(
        [sys.executable, "-c", program, "diff", *arguments],
        cwd=root,
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )


def _change(root: Path, file: str, *pairs: tuple[str, str]) -> None:
    text = (root / file).read_text()
    for old, new in pairs:
        assert old in text
        text = text.replace(old, new)
    (root / file).write_text(text)


def _found(root: Path, *arguments: str) -> dict[str, dict[str, tuple[str, str]]]:
    """Return the changes by kind and name, each aspect as before and after."""
    done = _diff(root, "--json", *arguments)
    assert done.returncode == 0, done.stderr
    return {
        f"{c['kind']} {c['name']} {c['how']}": {
            what: (a["before"], a["after"]) for what, a in c["aspects"].items()
        }
        for c in json.loads(done.stdout)["changes"]
    }


def test_nothing_changed(repository: Path) -> None:
    """A folder as it is committed has no changes; lines that moved, or wrap otherwise, are none."""
    assert _diff(repository).stdout == "Nothing changed.\n"

    text = (repository / "alerts/shop.py").read_text()
    text = text.replace('"""\n\nfrom', '"""\n\n# New.\n\nfrom')
    text = text.replace("    {misses}\n      > {MAX_MISSES}\n", "{misses} > {MAX_MISSES}\n")
    (repository / "alerts/shop.py").write_text(text)

    assert _diff(repository).stdout == "Nothing changed.\n"


def test_thresholds_durations_and_severities_are_told(repository: Path) -> None:
    """A number alone is a threshold; a limit shows where it is drawn, too; severity re-routes."""
    _change(
        repository,
        "alerts/shop.py",
        ('_max", 5)', '_max", 7)'),
        ('for_="2m"', 'for_="3m"'),
        ('for_="0s",\n    severity="critical"', 'for_="0s",\n    severity="warning"'),
    )

    found = _found(repository)

    assert found["alert ShopMisses changed"] == {
        "threshold": ("5", "7"),
        "for": ("2m", "3m"),
        "description": ("More than 5 a second.", "More than 7 a second."),
    }
    assert found["limit misses_per_second_max changed"] == {"value": ("5", "7")}
    assert found["panel shop: Misses changed"] == {"line": ("5, above is bad", "7, above is bad")}
    assert found["alert ShopDown changed"] == {"severity": ("critical", "warning")}
    page = "page (after 5s, again every 1h)"
    assert found["routing ShopDown changed"] == {
        'service="shop"': (page, "everyone"),
        'service="till"': (f"{page}, everyone", "everyone"),
        "service=\"till\", in 'working hours'": (page, "everyone"),
    }


def test_who_is_told_is_evaluated_on_both_sides(repository: Path) -> None:
    """A route that changed shows as the alerts that reach somebody else, with their labels."""
    _change(repository, "alerts/routes.py", ('regex("shop|till")', 'regex("till|bakery")'))

    found = _found(repository)

    assert found == {
        "routing ShopDown changed": {
            'service="shop"': ("page (after 5s, again every 1h)", "everyone"),
            'service="bakery"': ("everyone", "page (after 5s, again every 1h)"),
        }
    }


def test_what_comes_goes_and_is_renamed(repository: Path) -> None:
    """New and lost things are told as such; one of another name that says the same is renamed."""
    _change(repository, "dashboards/shop.py", ('"Misses",\n', '"Misses a second",\n'))
    _change(repository, "alerts/shop.py", ("ShopDown = Alert(", "ShopShut = Alert("))
    _change(repository, "dashboards/shop.py", ("ShopDown", "ShopShut"))
    (repository / "alerts/till.py").write_text(
        "from exporters.catalog import cache\nfrom generator.rules import Alert\n"
        'TillOpen = Alert(expr=f"{cache.up} > 0", for_="1m", severity="warning", summary="s",'
        ' description="d")\n'
    )

    found = _found(repository)

    assert found["alert ShopShut renamed"] == {}
    assert found["panel shop: Misses a second renamed"] == {}
    assert found["alert TillOpen added"]["expression"] == ("", "cache_up > 0")
    assert found["routing TillOpen added"] == {"": ("", "everyone")}
    assert "alert TillOpen removed" not in found


def test_a_comment_on_a_pull_request(repository: Path) -> None:
    """Markdown tells first who is told; nothing in a definition breaks out of its code."""
    _change(
        repository,
        "alerts/shop.py",
        ('summary="{{ $labels.instance }} is down"', 'summary="```\\n<b>|@all"'),
        ('for_="0s",\n    severity="critical"', 'for_="0s",\n    severity="warning"'),
    )

    told = _diff(repository, "--format", "markdown").stdout

    assert told.startswith("### Lightship\n\n1 alert now told to someone else; 1 alert changed.\n")
    assert (
        '| `ShopDown` | `service="shop"` | `page (after 5s, again every 1h)` | `everyone` |' in told
    )
    assert told.index("#### Who is told") < told.index("#### Alerts")
    assert "  ````diff\n" in told
    assert "  + ```\n  + <b>|@all\n" in told


def test_colour_is_for_terminals(repository: Path) -> None:
    """What goes to a file or a pipe has no colours."""
    _change(repository, "alerts/shop.py", ('for_="2m"', 'for_="3m"'))

    told = _diff(repository).stdout

    assert "\x1b" not in told
    assert told == (
        "Alerts\n  ~ ShopMisses\n      for\n        - 2m\n        + 3m\n\n1 alert changed.\n"
    )


def test_revisions_are_named_as_git_names_them(repository: Path) -> None:
    """A branch is compared as it is, ``branch...`` from where it and HEAD parted."""
    _git(repository, "switch", "--quiet", "--create", "work")
    _change(repository, "alerts/shop.py", ('for_="2m"', 'for_="3m"'))
    _git(repository, "commit", "--quiet", "--all", "--message=mine")
    _git(repository, "switch", "--quiet", "main")
    _change(repository, "alerts/shop.py", ('keep_firing_for="5m"', 'keep_firing_for="9m"'))
    _git(repository, "commit", "--quiet", "--all", "--message=theirs")
    _git(repository, "switch", "--quiet", "work")

    assert _found(repository) == {}
    assert _found(repository, "HEAD~1") == {"alert ShopMisses changed": {"for": ("2m", "3m")}}
    assert _found(repository, "main...") == {"alert ShopMisses changed": {"for": ("2m", "3m")}}
    assert _found(repository, "main") == {
        "alert ShopMisses changed": {"for": ("2m", "3m"), "keep firing for": ("9m", "5m")}
    }


def test_mistakes_are_told(repository: Path, tmp_path: Path) -> None:
    """No such revision, no definitions then, definitions that do not load: a sentence each."""
    _git(repository, "branch", "release-1")
    assert (
        "unknown revision 'release-2'; did you mean 'release-1'?"
        in _diff(repository, "release-2").stderr
    )
    assert "unknown revision '--all'" in _diff(repository, "--", "--all").stderr

    (repository / "alerts/till.py").write_text("print('hello')\n1 / 0\n")
    _git(repository, "add", ".")
    _git(repository, "commit", "--quiet", "--message=broken")
    (repository / "alerts/till.py").unlink()
    done = _diff(repository)
    assert done.returncode == 1
    assert done.stderr == (
        "Error: the definitions of HEAD do not load:\n"
        "HEAD:stack/alerts/till.py:2: ZeroDivisionError: division by zero; mend the definition "
        "[definitions]\n"
    )

    copytree(STACK, tmp_path / "late", ignore=ignore_patterns("__pycache__"))
    done = _diff(tmp_path / "late")
    assert "HEAD: no definitions under 'late' there" in done.stderr


def test_outside_of_git(tmp_path: Path) -> None:
    """Definitions that git does not know have no older revision, and that is said."""
    copytree(STACK, tmp_path / "stack", ignore=ignore_patterns("__pycache__"))

    done = _diff(tmp_path / "stack")

    assert done.returncode == 1
    assert "not in a git repository" in done.stderr

    _git(tmp_path, "init", "--quiet")
    assert "git has no commit yet" in _diff(tmp_path / "stack").stderr


def test_a_module_that_prints_or_exits_breaks_nothing(repository: Path) -> None:
    """An older definition may print what it likes; one that ends the process is a sentence."""
    file = repository / "alerts/till.py"
    file.write_text("print('{}')\n")
    _git(repository, "add", ".")
    _git(repository, "commit", "--quiet", "--message=prints")
    file.unlink()
    assert _diff(repository).stdout == "Nothing changed.\n"

    file.write_text("import os\nos._exit(3)\n")
    _git(repository, "add", ".")
    _git(repository, "commit", "--quiet", "--message=ends")
    file.unlink()
    assert "their process ended without a word" in _diff(repository).stderr


def test_settings_with_python(repository: Path) -> None:
    """Files of Python that the settings name are taken from the same revision."""
    settings = (
        "metrics_files: [metrics/shop.py]\nservices: {s: {}}\n"
        "targets: {a: {kind: sqlite, url: 'file:///a.db', service: s}}\n"
    )
    define = (
        "from exporters.metrics import Gauge, Metric\n"
        "x = Metric('SELECT 1 AS x', values={'x': Gauge('%s', 'x')})\n"
    )
    use = "from exporters.catalog import own\nfrom generator.rules import record\n"
    record = use + "x = record('shop:x:max', 'X.', f'max({own.%s})')\n"
    (repository / "metrics").mkdir()
    (repository / "lightship.yaml").write_text(settings)
    (repository / "metrics/shop.py").write_text(define % "shop_old")
    (repository / "alerts/own.py").write_text(record % "shop_old")
    _git(repository, "add", ".")
    _git(repository, "commit", "--quiet", "--message=second")
    (repository / "metrics/shop.py").write_text(define % "shop_new")
    (repository / "alerts/own.py").write_text(record % "shop_new")

    (changed,) = _found(repository, "HEAD").values()

    assert changed["expression"] == ("max(shop_old)", "max(shop_new)")
