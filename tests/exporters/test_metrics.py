"""Metrics that are defined in Python: the same as those of the settings, and as well told of."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from exporters.definition import Definition
from exporters.settings import Settings, SettingsError, load

Start = Callable[..., Any]

PYTHON = """\
from exporters.catalog import business
from exporters.metrics import Counter, Gauge, Metric

_orders = Gauge("shop_orders", "Orders.")

orders = Metric(
    "SELECT state, count(*) AS many, 1 AS paid FROM orders GROUP BY state",
    labels=("state",),
    values={"many": _orders, "paid": Counter("shop_paid_total", "Paid.")},
    interval="1h",
    rows=7,
)
older = Metric(
    "SELECT state, count(*) AS many FROM older GROUP BY state",
    labels=["state"],
    values={"many": _orders},
)
users = Metric("SELECT 3 AS users", values={"users": business.active_users})
"""
YAML = """\
metrics:
  orders:
    query: SELECT state, count(*) AS many, 1 AS paid FROM orders GROUP BY state
    labels: [state]
    values:
      many: {name: shop_orders, help: Orders.}
      paid: {name: shop_paid_total, type: counter, help: Paid.}
    interval: 1h
    rows: 7
  older:
    query: SELECT state, count(*) AS many FROM older GROUP BY state
    labels: [state]
    values: {many: shop_orders}
  users:
    query: SELECT 3 AS users
    values: {users: business_active_users}
"""
FILES = "metrics_files: [shop.py]\n"
TARGETS = """\
targets: {shop: {kind: sqlite, url: "file:///FILE", service: s, metrics: [orders]}}
services: {s: {}}
"""


def loaded(folder: Path, defined: str, python: str = "") -> Settings:
    """Return the settings of a folder."""
    (folder / "shop.py").write_text(python)
    (folder / "lightship.yaml").write_text(defined + TARGETS)
    return load(folder / "lightship.yaml")


def test_the_same(tmp_path: Path) -> None:
    """What Python defines is what YAML defines, and knows where it was written."""
    python = loaded(tmp_path, FILES, PYTHON)
    assert python.metrics == loaded(tmp_path, YAML).metrics
    assert python.where("metrics", "older", "values", "many") == f"{tmp_path}/shop.py:13"
    assert python.where("targets", "shop") == f"{tmp_path}/lightship.yaml:2"


def test_documented(tmp_path: Path) -> None:
    """The two examples in the documentation define the same."""
    page = (Path(__file__).parents[2] / "docs/business.md").read_text("utf-8")
    blocks = dict(re.findall(r"```\w+ (\S+)\n(.*?)```", page, re.DOTALL))
    file = tmp_path / "lightship.yaml"
    file.write_text(blocks["lightship.yaml"])
    defined = _words(load(file))
    (tmp_path / "metrics").mkdir()
    (tmp_path / "metrics/shop.py").write_text(blocks["metrics/shop.py"])
    _, targets, rest = blocks["lightship.yaml"].partition("targets:")
    file.write_text(f"metrics_files: [metrics/shop.py]\n{targets}{rest}")
    assert _words(load(file)) == defined


def _words(settings: Settings) -> Definition:
    """Return the one definition, its query without the space around words."""
    (one,) = settings.metrics.values()
    return replace(one, query=" ".join(one.query.split()))


@pytest.mark.parametrize(
    ("defined", "python", "problem"),
    [
        (FILES, "\nordrs", "key 'metrics_files.0': FOLDER/shop.py:2: NameError: name 'ordrs' is"),
        (FILES, "a = (", "FOLDER/shop.py:1: SyntaxError: '(' was never closed; mend it"),
        (
            FILES,
            "from exporters.metrics import Metrik",
            "FOLDER/shop.py:1: ImportError: cannot import name 'Metrik'",
        ),
        (
            FILES,
            "from exporters.catalog import business\nbusiness.objekts",
            "FOLDER/shop.py:2: AttributeError: module 'exporters.catalog.business' has no",
        ),
        (
            "metrics_files: [none.py]\n",
            "",
            "FOLDER/none.py: cannot be read (no such file or directory); mend it",
        ),
        (FILES + YAML, PYTHON, "lightship.yaml:3: key 'metrics.orders': is defined in FOLDER/shop"),
        (
            FILES,
            PYTHON.replace('"1h"', '"soon"'),
            "FOLDER/shop.py:6: key 'metrics.orders.interval': is no duration above zero;",
        ),
        (
            FILES,
            PYTHON.replace('"SELECT 3', '"DROP 3'),
            "FOLDER/shop.py:18: key 'metrics.users.query': is no single query;",
        ),
        (
            FILES,
            PYTHON.replace("business.active_users", "business.objects"),
            "'metrics.users.values.users': business_objects has the labels object, state;",
        ),
        (
            FILES,
            PYTHON.replace("shop_paid_total", "shop_paid"),
            "FOLDER/shop.py:6: key 'metrics.orders.values.paid.name': ",
        ),
        (FILES, "raise SystemExit(0)", "FOLDER/shop.py:1: SystemExit: 0; mend it"),
        (
            FILES,
            PYTHON.replace("business.active_users", "{}"),
            "FOLDER/shop.py:18: key 'metrics.users.values.users': 'help' is missing; add it",
        ),
        (
            FILES,
            PYTHON.replace("business.active_users", "7"),
            "FOLDER/shop.py:18: key 'metrics.users.values.users': is no family; write the name",
        ),
        (
            FILES,
            PYTHON.replace("orders = Metric", "order = Metric"),
            "'orders' is not defined under 'metrics'; did you mean 'order'?",
        ),
    ],
)
def test_mistakes(tmp_path: Path, defined: str, python: str, problem: str) -> None:
    """Every mistake in a file of Python is told with its line and what to do."""
    with pytest.raises(SettingsError) as caught:
        loaded(tmp_path, defined, python)
    assert problem.replace("FOLDER", str(tmp_path)) in str(caught.value)


def test_running(run_exporters: Start, tmp_path: Path, wait: Start) -> None:
    """The exporters ask what the file of Python says, and take it up when that changes."""
    with closing(sqlite3.connect(tmp_path / "shop.db")) as connection, connection:
        connection.execute("CREATE TABLE orders AS SELECT 'new' AS state")
    (tmp_path / "shop.py").write_text(PYTHON)
    exporters = run_exporters(FILES + TARGETS.replace("/FILE", str(tmp_path / "shop.db")))

    def gives(sample: str) -> bool:
        return sample in exporters.get("/probe?target=shop")[1].splitlines()

    wait(lambda: gives('shop_orders{state="new"} 1'), "what the file asks")
    (tmp_path / "shop.py").write_text(PYTHON.replace("count(*) AS many, 1", "41 + 1 AS many, 1"))
    wait(lambda: gives('shop_orders{state="new"} 42'), "what it asks now")
    (tmp_path / "shop.py").write_text("orders = ")
    wait(lambda: "SyntaxError" in exporters.log.read_text(), "a refusal")
    assert gives('shop_orders{state="new"} 42')
