"""Families that a settings file declares: part of the catalog for whoever checks."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from exporters.settings import load
from generator import catalog
from generator.checks import cost, jobs, run, unused
from generator.model import Model, build

Write = Callable[..., Path]

SETTINGS = """
metrics:
  orders:
    query: SELECT state, count(*) AS orders FROM public.orders GROUP BY state
    labels: [state]
    values:
      orders: {name: shop_orders_total, type: counter, help: Orders.}
    rows: 7
  spare:
    query: SELECT 1 AS x
    values: {x: {name: shop_spare, help: Nothing.}}
targets:
  a: {kind: sqlite, url: "file:///a.db", service: s, metrics: [orders]}
services: {s: {}}
"""

RECORD = """
from exporters.catalog import own
from generator.rules import record

x = record("shop:orders:rate5m", "Orders.", f"sum by ({label}) ({query})")
"""


def made(write: Write, query: str, label: str = "state") -> Model:
    root = write(alerts_shop=RECORD.replace("{query}", query).replace("{label}", label))
    (root / "lightship.yaml").write_text(SETTINGS)
    return build(root, load(root / "lightship.yaml"))


def told(model: Model) -> str:
    return "\n".join(f"{p.line}: {p.message}" for p in run(model).at_least("warning"))


def test_known(write: Write) -> None:
    """A counter of the settings is judged as one of the catalog: by its type and its labels."""
    right = told(made(write, "rate({own.shop_orders_total}[5m])"))
    assert "shop_orders_total" not in right
    assert "a counter" in told(made(write, "{own.shop_orders_total}"))
    assert "region" in told(made(write, "rate({own.shop_orders_total}[5m])", label="region"))


def test_unknown(write: Write) -> None:
    """A family that no query gives is told where it is named, with the nearest one."""
    said = told(made(write, "rate({own.shop_order_total}[5m])"))
    assert "no family 'shop_order_total' under 'metrics'; did you mean 'shop_orders_total'?" in said


def test_label(write: Write) -> None:
    """A label that a family does not have is told when it is written."""
    said = told(made(write, "rate({own.shop_orders_total(stat='new')}[5m])"))
    assert "shop_orders_total has no label 'stat'; did you mean 'state'?" in said


def test_forgotten(write: Write) -> None:
    """What one file declares is unknown to the next."""
    made(write, "rate({own.shop_orders_total}[5m])")
    assert "shop_orders_total" in catalog.series()
    build(write())
    assert "shop_orders_total" not in catalog.series()


def test_idle(write: Write) -> None:
    """A query that no target is asked, and a family that nothing reads, are told."""
    model = made(write, "rate({own.shop_orders_total}[5m])")
    asked = [p for p in jobs.check(model) if "metrics." in p.message]
    assert [(p.line, p.message) for p in asked] == [
        (9, "key 'metrics.spare': asks no target; name it under the 'metrics' of one")
    ]
    (idle,) = (p for p in unused.check(model) if "metrics." in p.message)
    assert idle.message.startswith(
        "key 'metrics.spare.values.x': no alert, panel or record reads shop_spare; draw it, or"
    )


def test_cost(write: Write) -> None:
    """A query costs as many series as it is let, and what is told of its collector."""
    model = made(write, "rate({own.shop_orders_total}[5m])")
    (with_it,) = (p.message for p in cost.check(model) if "targets.a" in p.message)
    bare = build(model.root, load(_without(model.root / "lightship.yaml")))
    (without,) = (p.message for p in cost.check(bare) if "targets.a" in p.message)
    assert _series(with_it) == _series(without) + 7 + 13


def _without(file: Path) -> Path:
    file.write_text(file.read_text().replace(", metrics: [orders]", ""))
    return file


def _series(message: str) -> int:
    return int(message.partition(" has ")[2].partition(" ")[0].replace(",", ""))


def test_python(write: Write) -> None:
    """What a file of Python defines is known alike, and judged where it was written."""
    model = made(write, "rate({own.shop_orders_total}[5m])")
    file = model.root / "lightship.yaml"
    declared = (
        "  spare:\n    query: SELECT 1 AS x\n    values: {x: {name: shop_spare, help: Nothing.}}"
    )
    file.write_text("metrics_files: [spare.py]" + file.read_text().replace(declared, ""))
    (model.root / "spare.py").write_text(
        "from exporters.metrics import Gauge, Metric\n\n"
        'spare = Metric("SELECT 1 AS x", values={"x": Gauge("shop_spare", "Nothing.")})\n'
    )
    model = build(model.root, load(file))
    assert "shop_spare" in catalog.series()
    (asked,) = (p for p in jobs.check(model) if "metrics." in p.message)
    assert (Path(asked.file).name, asked.line) == ("spare.py", 3)
