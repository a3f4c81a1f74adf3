"""Definitions: found, imported, and every mistake told with its place."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from exporters.catalog import cache
from exporters.errors import UserError
from generator import bytecode, definitions
from generator.definitions import find, load
from generator.lines import line_of
from generator.model import build

Write = Callable[..., Path]

ALERT = """
    from generator.rules import Alert
    {name} = Alert(expr="up == 0", for_="1m", severity="{severity}", summary="s", description="d")
"""


def _told(root: Path) -> list[str]:
    return [f"{Path(p.file).name}:{p.line}: {p.message}" for p in build(root).problems]


def test_a_definition_that_raises_is_told_with_its_line(write: Write) -> None:
    """An exception in a user's file is a problem at that line, not a traceback."""
    root = write(alerts_shop="x = 1\ny = 1 / 0\n")

    assert _told(root) == ["shop.py:2: ZeroDivisionError: division by zero; mend the definition"]


def test_a_syntax_error_is_told_with_its_line(write: Write) -> None:
    """A file that is not Python is a problem at the line where it stops being it."""
    root = write(alerts_shop="x = 1\ny = (\n")

    assert _told(root) == ["shop.py:2: syntax error: '(' was never closed"]


def test_a_misspelt_metric_is_told_with_what_was_meant(write: Write) -> None:
    """A family that does not exist dies at import, with the name that is nearest."""
    root = write(alerts_shop="from exporters.catalog import cache\nx = cache.hitz_total\n")

    assert _told(root) == [
        (
            "shop.py:2: AttributeError: module 'exporters.catalog.cache' has no attribute "
            "'hitz_total'; did you mean 'hits_total'?; mend the definition"
        )
    ]


def test_a_misspelt_label_is_told_with_what_was_meant(write: Write) -> None:
    """A label that a family does not have dies at import, with the one that is nearest."""
    text = "from exporters.catalog import cache\nx = cache.commands_total(comand='get')\n"

    assert _told(write(alerts_shop=text)) == [
        (
            "shop.py:2: cache_commands_total has no label 'comand'; did you mean 'command'? "
            "(its labels: command, job, instance, service, team)"
        )
    ]


def test_a_misspelt_severity_is_told_with_what_was_meant(write: Write) -> None:
    """A severity is one of three words."""
    root = write(alerts_shop=ALERT.format(name="ShopDown", severity="critcal"))

    assert _told(root) == [
        (
            "shop.py:3: unknown severity 'critcal'; did you mean 'critical'? "
            "(one of: critical, info, warning)"
        )
    ]


def test_all_problems_are_told_at_once(write: Write) -> None:
    """One file's mistake does not hide another's."""
    root = write(alerts_a="1 / 0\n", alerts_b="1 / 0\n", dashboards_c="1 / 0\n")

    assert [told.partition(":")[0] for told in _told(root)] == ["a.py", "b.py", "c.py"]


def test_a_mistake_shows_once_however_many_files_import_it(write: Write) -> None:
    """A dashboard that imports a broken alerts file adds no problem of its own."""
    root = write(alerts_a="1 / 0\n", dashboards_a="from alerts.a import x\n")

    assert len(_told(root)) == 1


def test_a_duration_that_is_none_is_told(write: Write) -> None:
    """``for``, and a route's times, are read as Prometheus would before it refuses them."""
    alert = ALERT.format(name="ShopDown", severity="info").replace('"1m"', '"one minute"')
    route = """
        from generator.routes import Receiver, Route
        root = Route(to=Receiver("inbox"), wait="5x")
    """

    assert _told(write(alerts_shop=alert, alerts_routes=route)) == [
        "routes.py:3: wait '5x' is no duration; write it like 30s or 1h",
        "shop.py:3: for_ 'one minute' is no duration; write it like 30s or 1h",
    ]


def test_an_alert_that_a_function_makes_belongs_where_it_is_called(write: Write) -> None:
    """A helper may build alerts: each is defined where the helper is called."""
    helper = """
        from generator.rules import Alert
        def down(name):
            return Alert(expr="up == 0", for_="1m", severity="info", summary=name, description="d")
    """
    root = write(
        alerts__made=helper,
        alerts_a="from alerts._made import down\nADown = down('a')\nBDown = down('b')\n",
    )
    model = build(root)

    assert [(n, a.source.line) for n, a in model.alerts.items()] == [("ADown", 2), ("BDown", 3)]
    assert not model.problems


def test_an_alert_in_a_list_is_told(write: Write) -> None:
    """An alert that no variable names would be lost: it is a problem."""
    text = """
        from generator.rules import Alert
        ALL = [Alert(expr="up", for_="1m", severity="info", summary="s", description="d")]
    """

    assert _told(write(alerts_shop=text)) == [
        "shop.py:3: alert has no name of its own; assign it to a variable that nothing else uses"
    ]


def test_two_alerts_of_one_name_in_one_file(write: Write) -> None:
    """An alert whose variable is assigned again is found, though nothing holds it any more."""
    once = ALERT.format(name="ShopDown", severity="info")

    assert _told(write(alerts_shop=once + once)) == [
        "shop.py:3: alert has no name of its own; assign it to a variable that nothing else uses"
    ]


def test_two_alerts_of_one_name_in_two_files(write: Write) -> None:
    """The second file's alert is a problem that names the first."""
    once = ALERT.format(name="ShopDown", severity="info")
    root = write(alerts_a=once, alerts_b=once)

    (told,) = _told(root)
    assert told.startswith("b.py:3: ShopDown is already defined at ")
    assert "a.py:3" in told


def test_two_records_of_one_name_in_one_file(write: Write) -> None:
    """Two variables that record under the same name are a problem, and neither is lost."""
    text = """
        from generator.rules import record
        a = record("x:y:z", "A.", "up")
        b = record("x:y:z", "B.", "up")
    """

    (told,) = _told(write(alerts_shop=text))
    assert told.startswith("shop.py:4: x:y:z is already defined at ")


def test_an_imported_alert_belongs_to_its_own_file(write: Write) -> None:
    """Importing an alert into another file does not define it again."""
    root = write(
        alerts_a=ALERT.format(name="ShopDown", severity="info"),
        alerts_b="from alerts.a import ShopDown\n",
    )

    assert _told(root) == []
    assert list(build(root).groups) == ["a"]


def test_private_files_are_for_importing_only(write: Write) -> None:
    """A file whose name starts with an underscore holds what others share."""
    root = write(
        alerts__shared="LIMIT = 3\n",
        alerts_a="from alerts._shared import LIMIT\n",
    )

    assert _told(root) == []


def test_a_folder_without_definitions_is_refused(tmp_path: Path) -> None:
    """Pointing at a folder that holds none says what such a folder holds."""
    with pytest.raises(UserError, match="no definitions here"):
        find(tmp_path)


@pytest.mark.parametrize(
    ("definition", "wrong"),
    [
        ("Query(cache.connections)", 'this is the metric itself; write f"{cache_connections}"'),
        ("Query(3)", "a query is text, and this is int; write PromQL in quotes"),
        ('stat("S", cache.connections, help="?")', "this is the metric itself"),
        ('record("a:b", "?", cache.connections)', "this is the metric itself"),
        (
            'Alert(expr=cache.up, for_="1m", severity="info", summary="?", description="?")',
            "this is the metric itself",
        ),
    ],
)
def test_metrics_where_queries_belong(
    write: Callable[..., Path], definition: str, wrong: str
) -> None:
    """A metric in place of a query is refused where it stands, with what to write."""
    root = write(
        dashboards_shop=f"""
        from exporters.catalog import cache
        from generator.panels import Query, stat
        from generator.rules import Alert, record

        x = {definition}
        """
    )

    (problem,) = build(root).problems

    assert problem.line == 6
    assert wrong in problem.message


def test_a_file_that_never_ends_is_told(write: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    """A loop without an end is ended, and told with its line; the other files are read."""
    monkeypatch.setattr(definitions, "_WORK", 0.2)
    root = write(
        alerts_endless="""
        while True:
            try:
                sum(range(100))
            except Exception:
                pass
        """,
        alerts_other="x = 1 / 0\n",
    )

    endless, other = load(root).problems

    assert Path(endless.file).name == "endless.py"
    assert endless.line in {2, 3, 4}
    assert endless.message == (
        "does not end: it works for more than 0.2 s; mend the loop that runs here"
    )
    assert "ZeroDivisionError" in other.message


@pytest.mark.parametrize("wait", ["time.sleep(10**6)", "threading.Event().wait()"])
def test_a_file_that_waits_for_ever_is_told(
    write: Write, monkeypatch: pytest.MonkeyPatch, wait: str
) -> None:
    """A file that waits, and does no work, is ended all the same, and told with its line."""
    monkeypatch.setattr(definitions, "_PATIENCE", 0.2)
    root = write(alerts_waits=f"import threading\nimport time\n{wait}\n")

    (problem,) = load(root).problems

    assert problem.line == 3
    assert problem.message == (
        "does not end: it waits for more than 0.2 s; let what it waits for end, or leave it out"
    )


def test_a_mistake_is_where_a_word_is_used() -> None:
    """Where the words themselves lie beside the definitions, whoever uses them wrongly is told."""
    root = Path(__file__).parents[2]
    with pytest.raises(UserError) as raised:
        cache.up(tenant="a")

    problem = definitions._problem(raised.value, root, "alerts.shop")

    assert problem.file == __file__


def test_lines_of_definitions() -> None:
    """The line of a definition is what Python says, whichever file asked before."""

    def told() -> tuple[int, int]:
        frame = sys._getframe(1)
        return line_of(frame), frame.f_lineno

    program = "x = 1\nfound.append(\n    told(),\n)\n" + "\npass; found.append(told())\n" * 20
    found: list[tuple[int, int]] = []
    for n in range(2):
        exec(compile("\n" * n + program, f"file {n}", "exec"), {"told": told, "found": found})  # noqa: S102
        found.append(told())

    assert len(found) == 44
    assert [ours for ours, _ in found] == [pythons for _, pythons in found]


def test_many_new_files_are_compiled_ahead(
    write: Write, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Many files never compiled are compiled by another process, and a broken one is still told."""
    monkeypatch.setattr(sys, "dont_write_bytecode", False)
    monkeypatch.delenv("PYTHONDONTWRITEBYTECODE", raising=False)
    root = write(**{f"alerts_many{n}": f"x = {n}\n" for n in range(60)}, alerts_broken="x = \n")
    caches = tmp_path / "alerts/__pycache__"

    with bytecode.compiled_ahead([root / "alerts", root / "dashboards"]):
        deadline = time.monotonic() + 60
        while len(list(caches.glob("*.pyc"))) < 60:
            assert time.monotonic() < deadline
            time.sleep(0.01)

    (problem,) = load(root).problems
    assert problem.message == "syntax error: invalid syntax"
