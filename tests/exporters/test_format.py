"""Both formats: the one that is asked for, and each says what prometheus-client would."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import requests
from hypothesis import given
from hypothesis import strategies as st
from prometheus_client import CollectorRegistry
from prometheus_client.core import (
    CounterMetricFamily,
    GaugeMetricFamily,
    HistogramMetricFamily,
    InfoMetricFamily,
    Metric,
)
from prometheus_client.openmetrics import exposition as openmetrics
from prometheus_client.openmetrics.parser import text_string_to_metric_families

from compose.local import tools
from exporters import catalog
from exporters.catalog import cache, scrape
from exporters.exposition import Exposition
from exporters.format import OPENMETRICS, TEXT, head, negotiate

ROOT = Path(__file__).parents[2]

PROMETHEUS_3 = (
    "application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.6,"
    "application/openmetrics-text;version=0.0.1;q=0.5,text/plain;version=1.0.0;"
    "escaping=allow-utf-8;q=0.4,text/plain;version=0.0.4;q=0.3,*/*;q=0.2"
)
PROMETHEUS_2 = (
    "application/openmetrics-text;version=1.0.0;q=0.5,application/openmetrics-text;"
    "version=0.0.1;q=0.4,text/plain;version=0.0.4;q=0.3,*/*;q=0.2"
)
PROTOBUF_FIRST = (
    "application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=delimited,"
    "text/plain;version=0.0.4;q=0.5,application/openmetrics-text;version=1.0.0;q=0.4"
)
NAMES = st.text(st.characters(exclude_categories=["Cs"]))
COUNTS = st.integers(0, 2**60) | st.floats(0, 1e300)


@pytest.mark.parametrize(
    ("accept", "form"),
    [
        (PROMETHEUS_3, OPENMETRICS),
        (PROMETHEUS_2, OPENMETRICS),
        (PROTOBUF_FIRST, TEXT),
        ("text/html,application/xhtml+xml,*/*;q=0.8", TEXT),
        ("application/openmetrics-text; version=2.0.0", TEXT),
        ("application/openmetrics-text;q=0", TEXT),
        ("application/openmetrics-text;q=many", TEXT),
        ("", TEXT),
    ],
)
def test_wished(accept: str, form: object) -> None:
    """A scraper gets what it likes best of what there is."""
    assert negotiate(accept) is form


@given(st.text() | st.text(alphabet="aptoenmrics-x/*;,=q0.1 "))
def test_any_wish(accept: str) -> None:
    """Whatever is asked for, one of the two formats is the answer."""
    assert negotiate(accept) in {OPENMETRICS, TEXT}


def theirs(*families: Metric) -> str:
    """Return what prometheus-client writes."""

    class Fixed:
        def collect(self) -> tuple[Metric, ...]:
            return families

    registry = CollectorRegistry()
    registry.register(Fixed())
    return str(openmetrics.generate_latest(registry).decode())  # type: ignore[no-untyped-call]


def parsed(text: str) -> list[Metric]:
    """Return the families that prometheus-client reads."""
    return list(text_string_to_metric_families(text))  # type: ignore[no-untyped-call]


def meaning(text: str) -> list[Any]:
    """Return what a text says, apart from how numbers are spelled, and from units."""
    return [
        (
            m.name,
            m.type,
            m.documentation,
            sorted((s.name, sorted(s.labels.items()), float(s.value)) for s in m.samples),
        )
        for m in parsed(text)
    ]


@given(st.dictionaries(NAMES, COUNTS, min_size=1))
def test_same_as_the_library(samples: dict[str, float]) -> None:
    """Every type of family says in OpenMetrics what prometheus-client says of the same samples."""
    page = Exposition()
    commands = page.writer(cache.commands_total, "command")
    keys = page.writer(cache.keys, "database")
    server = page.writer(cache.server_info, "product", "version", "role")
    durations = page.histogram(cache.command_duration_seconds, "command")
    bounds = [*map(str, cache.command_duration_seconds.buckets), "+Inf"]
    counted = CounterMetricFamily("cache_commands", cache.commands_total.help, labels=["command"])
    held = GaugeMetricFamily(cache.keys.name, cache.keys.help, labels=["database"])
    distributed = HistogramMetricFamily(
        cache.command_duration_seconds.name,
        cache.command_duration_seconds.help,
        labels=["command"],
    )
    for name, value in samples.items():
        commands.add(value, name)
        keys.add(-value, name)
        durations.add([1] * len(bounds), value, name)
        counted.add_metric([name], value)
        held.add_metric([name], -value)
        distributed.add_metric([name], [(bound, 1) for bound in bounds], value)
    some = next(iter(samples))
    server.add(1, "a", some, "b")
    told = InfoMetricFamily("cache_server", cache.server_info.help)
    told.add_metric([], {"product": "a", "version": some, "role": "b"})

    assert meaning(OPENMETRICS.render(page.parts())) == meaning(
        theirs(counted, held, told, distributed)
    )


def test_head() -> None:
    """OpenMetrics knows counters and info families without their suffix, and units."""
    page = Exposition()
    page.writer(cache.commands_seconds_total, "command").add(1, "get")
    page.writer(scrape.build_info, "version", "python").add(1, "1", "3")
    assert OPENMETRICS.render(page.parts()).splitlines() == [
        f"# HELP cache_commands_seconds {cache.commands_seconds_total.help}",
        "# TYPE cache_commands_seconds counter",
        "# UNIT cache_commands_seconds seconds",
        'cache_commands_seconds_total{command="get"} 1',
        f"# HELP exporter_build {scrape.build_info.help}",
        "# TYPE exporter_build info",
        'exporter_build_info{version="1",python="3"} 1',
        "# EOF",
    ]


def test_answers(start_cache: Callable[..., Any], run_exporters: Callable[..., Any]) -> None:
    """Both pages come in the format that is wished for, compressed if that is wished too."""
    exporters = run_exporters(
        f"targets: {{sessions: {{kind: redis, url: '{start_cache().url}', service: s}}}}\n"
        "services: {s: {}}\n"
    )
    for path in ("/probe?target=sessions", "/metrics"):
        url = f"http://127.0.0.1:{exporters.port}{path}"
        headers = {"Accept": PROMETHEUS_3, "Accept-Encoding": "gzip"}
        answer = requests.get(url, headers=headers, timeout=20)
        assert answer.headers["Content-Type"] == OPENMETRICS.content_type
        assert answer.headers["Content-Encoding"] == "gzip"
        names = [family.name for family in parsed(answer.text)]
        assert len(names) == len(set(names)) > 10
        plain = requests.get(url, headers={"Accept-Encoding": "identity"}, timeout=20)
        assert plain.headers["Content-Type"] == TEXT.content_type
        assert "Content-Encoding" not in plain.headers


def test_linted(start_cache: Callable[..., Any], run_exporters: Callable[..., Any]) -> None:
    """Prometheus' own linter finds nothing wrong with any page."""
    url = start_cache().url
    targets = {"redis": url, "rq": url, "celery": url, "postgres": "postgresql://me@127.0.0.1:1/d"}
    lines = (f"  {k}: {{kind: {k}, url: '{u}', service: s}}\n" for k, u in targets.items())
    exporters = run_exporters(f"targets:\n{''.join(lines)}services: {{s: {{}}}}\n")
    promtool = tools.obtain(ROOT / tools.FOLDER).promtool.path
    for path in ("/metrics", *(f"/probe?target={kind}" for kind in targets)):
        linted = subprocess.run(
            [promtool, "check", "metrics"],
            input=exporters.get(path)[1],
            capture_output=True,
            text=True,
            check=False,
        )
        assert (path, linted.returncode, linted.stdout + linted.stderr) == (path, 0, "")


def test_no_clash() -> None:
    """No two families have one name in OpenMetrics, though it leaves suffixes out."""
    page = Exposition()
    page.writer(cache.slow_commands).add(1)
    page.writer(cache.slow_commands_total).add(2)
    told = {f.name: f.type for f in parsed(OPENMETRICS.render(page.parts()))}
    assert told == {"cache_slow_commands": "gauge", "cache_slow_commands_total": "unknown"}
    names = [head(family).openmetrics.split()[2] for family in catalog.families().values()]
    assert len(names) == len(set(names))
