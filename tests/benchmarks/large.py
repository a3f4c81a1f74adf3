"""A definitions folder of any size, in which every rule is proven, drawn, told and explained.

Every shop has fifty recording rules with an alert on each, in files of twenty, and a dashboard
that draws them in twenty panels. No two queries are the same, as in a folder that grew.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from textwrap import indent

PAIRS = 50
IN_A_FILE = 20
PANELS = 20

_SETTINGS = """\
targets:
  till: {kind: redis, url: "redis://127.0.0.1:6379", service: shop}
services:
  shop: {}
"""

_ALERTS = """\
\"\"\"Alerts for shop {shop}.\"\"\"

from exporters.catalog import cache, queue
from generator.rules import Alert, Example, Reading, Vanished, record

"""

# What is recorded, of which series, and the values of a story about it. `{pick}` are matchers.
_KINDS = (
    (
        "hit_ratio",
        """\
sum by (job, instance, service) (rate({cache.hits_total({pick})}[5m]))
  /
(
  sum by (job, instance, service) (rate({cache.hits_total({pick})}[5m]))
    +
  sum by (job, instance, service) (rate({cache.misses_total({pick})}[5m]))
  >= 1
)""",
        (("cache.hits_total", "0+300x20 6000+600x20"), ("cache.misses_total", "0+300x20 6000x20")),
        "< 0.75",
        0.5,
        "percentunit",
    ),
    (
        "memory_ratio",
        """\
{cache.memory_used_bytes({pick})}
  /
({cache.memory_limit_bytes({pick})} > 0)""",
        (("cache.memory_used_bytes", "90x20 10x20"), ("cache.memory_limit_bytes", "100x40")),
        "> 0.85",
        0.9,
        "percentunit",
    ),
    (
        "evictions",
        "sum by (job, instance, service) (rate({cache.evictions_total({pick})}[5m]))",
        (("cache.evictions_total", "0+120x20 2400x20"),),
        "> 1",
        2,
        "ops",
    ),
    (
        "queue_jobs",
        """\
sum by (job, instance, service) (
  {queue.jobs({pick}, state="ready")} or {queue.jobs({pick}, state="failed")}
)""",
        (('queue.jobs|state="ready"', "200x20 0x20"),),
        "> 100",
        200,
        "short",
    ),
)

_PAIR = """\
{name} = record(
    "instance:{name}_{shop}:rate5m",
    "What {name} of shop {shop} is, over five minutes.",
    f\"\"\"
{expr}
    \"\"\",
    tests=[
        Reading(
            "after a quarter of an hour",
            given={{{given}}},
            at="15m",
            reads={{'{{{labels}}}': {value}}},
        )
    ],
)

{alert} = Alert(
    expr=f"{{{name}}} {bad}",
    for_="5m",
    severity="{severity}",
    summary="{{{{ $labels.instance }}}} of shop {shop} has {name} {{{{ $value | humanize }}}}",
    description="Customers of shop {shop} wait longer than they should, and some of them leave.",
    tests=[
        Example(
            "bad from the start, mended after twenty minutes",
            given={{{given}}},
            silent_at="3m",
            fires_at="15m",
            gone_at="40m",
            says="{name} of shop {shop} has {name} {said}",
            labels={{"job": "cache", "instance": "{name}", "service": "shop-{shop}"}},
        ),
        Vanished(
            "a shop that is closed has no customers",
            given={{{ended}}},
            at="40m",
            instead=None,
        ),
    ],
)

"""

_DASHBOARD = """\
\"\"\"Shop {shop} at a glance.\"\"\"

{imported}
from exporters.catalog import cache
from generator.panels import Dashboard, Query, Variable, timeseries

service = Variable("service", cache.up)
instance = Variable("instance", cache.up)

dashboard = Dashboard(
    "Shop {shop}",
    "Is shop {shop} well?",
    variables=[service, instance],
    rows={{
{rows}
    }},
)
"""

_PANEL = """\
timeseries(
    "Panel {n} of shop {shop}",
    Query({one}(service, instance), legend="{{{{instance}}}}"),
    Query(
        f"max by (instance) ({{{one}(service, instance)}}) > 0.0{n}",
        legend="most of {{{{instance}}}}",
    ),
    unit="{unit}",
    help="Worry when panel {n} of shop {shop} leaves its band.",
    alerts=[{alerts}],
),
"""

_RUNBOOK = """\
# {alert}

## Meaning

Shop {shop} is not well.

## Impact

Customers leave.

## Diagnosis

Look at its dashboard.

## Mitigation

Call the shop.

## Escalation

Call its owner.
"""

_ROUTES = """\
from generator.routes import Receiver, Route, Routing, Tells

inbox = Receiver("inbox")
page = Receiver("page")
ticket = Receiver("ticket")

routing = Routing(
    root=Route(
        to=inbox,
        group_by=("alertname", "service"),
        routes=[
            Route(to=page, match={{"severity": "critical"}}),
            Route(to=ticket, match={{"severity": "warning"}}),
        ],
    ),
    tells=[
        Tells(None, inbox),
{tells}
    ],
)
"""


def write(root: Path, shops: int) -> None:
    """Write definitions with a dashboard, and a hundred rules, for each of so many shops."""
    for folder in ("alerts", "dashboards", "docs/runbooks"):
        (root / folder).mkdir(parents=True)
    (root / "lightship.yaml").write_text(_SETTINGS)
    names = [f"{n:03}" for n in range(shops)]
    for shop in names:
        for start in range(0, PAIRS, IN_A_FILE):
            text = "\n".join(_pair(shop, n) for n in _of_file(start))
            (root / f"alerts/{_file(shop, start)}.py").write_text(_ALERTS.format(shop=shop) + text)
        (root / f"dashboards/shop_{shop}.py").write_text(_dashboard(shop))
        for n in range(PAIRS):
            text = _RUNBOOK.format(alert=_alert(shop, n), shop=shop)
            (root / f"docs/runbooks/{_alert(shop, n)}.md").write_text(text)
    tells = "\n".join(
        f'        Tells("{_alert(shop, n)}", {_ROLES[_severity(n)]}),'
        for shop in names
        for n in range(PAIRS)
    )
    (root / "alerts/routes.py").write_text(_ROUTES.format(tells=tells))


_ROLES = {"critical": "page", "warning": "ticket"}


def _severity(n: int) -> str:
    return "critical" if n % 5 == 0 else "warning"


def _name(n: int) -> str:
    return f"{_KINDS[n % len(_KINDS)][0]}_{n:02}"


def _alert(shop: str, n: int) -> str:
    return f"Shop{shop}{_name(n).title().replace('_', '')}"


def _file(shop: str, n: int) -> str:
    return f"shop_{shop}_{n // IN_A_FILE}"


def _of_file(start: int) -> range:
    return range(start, min(start + IN_A_FILE, PAIRS))


def _pair(shop: str, n: int) -> str:
    _, expr, series, bad, value, _ = _KINDS[n % len(_KINDS)]
    own = f'instance="{_name(n)}", service="shop-{shop}"'
    return _PAIR.format(
        name=_name(n),
        alert=_alert(shop, n),
        shop=shop,
        expr=indent(expr.replace("{pick}", own), "    "),
        given=", ".join(_given(series, own)),
        ended=", ".join(_given(series, own, end=" stale")),
        labels=f'job="cache", {own}',
        value=value,
        said=_humanized(value),
        bad=bad,
        severity=_severity(n),
    )


def _humanized(value: float) -> str:
    """Return a number as Prometheus' templates say it."""
    return f"{value * 1000:g}m" if value < 1 else f"{value:g}"


def _given(series: tuple[tuple[str, str], ...], own: str, end: str = "") -> Iterator[str]:
    for family, values in series:
        of, _, more = family.partition("|")
        labels = ", ".join(filter(None, ('job="cache"', own, more)))
        yield f'{of}({labels}): "{values.rpartition(" ")[0] if end else values}{end}"'


def _dashboard(shop: str) -> str:
    imported = [
        f"from alerts.{_file(shop, start)} import "
        + ", ".join(name for n in _of_file(start) for name in (_name(n), _alert(shop, n)))
        for start in range(0, PAIRS, IN_A_FILE)
    ]
    panels = [indent(_panel(shop, n), "            ") for n in range(PANELS)]
    rows = [
        f'        "Row {row} of shop {shop}": [\n{"".join(panels[row * 5 : row * 5 + 5])}        ],'
        for row in range(PANELS // 5)
    ]
    return _DASHBOARD.format(shop=shop, imported="\n".join(imported), rows="\n".join(rows))


def _panel(shop: str, n: int) -> str:
    alerts = ", ".join(_alert(shop, k) for k in range(PAIRS) if k % PANELS == n)
    return _PANEL.format(
        n=n, shop=shop, one=_name(n), unit=_KINDS[n % len(_KINDS)][5], alerts=alerts
    )
