"""The contract between queries and the catalog: each check finds its mistake, and no more."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from generator.checks import run
from generator.model import build

Told = Callable[..., list[str]]
Found = Callable[..., list[str]]

ROOT = Path(__file__).parents[2]
RULE = 'f"rate({cache.misses_total}[5m])"'


@pytest.fixture
def found(told: Told) -> Found:
    """Record another query in the invented stack, and return what one check says of it."""

    def check(name: str, query: str) -> list[str]:
        said = told("alerts/shop.py", RULE, repr(query))
        return [p for p in said if f"[{name}]" in p and "instance:misses" in p.split("[")[0]]

    return check


@pytest.fixture
def drawn(told: Told) -> Found:
    """Draw another query in a panel of the invented stack, and return what one check says."""

    def check(name: str, query: str) -> list[str]:
        said = told("dashboards/shop.py", "misses(service, instance)", repr(query))
        return [p for p in said if f"[{name}]" in p]

    return check


@pytest.mark.parametrize(
    "query",
    [
        "rate(cache_hits_total[5m])",
        "increase(cache_command_duration_seconds_count[5m])",
        "sum by (instance) (rate(cache_hits_total[5m]))",
        "max_over_time(rate(cache_hits_total[5m])[1h:])",
        "absent(cache_hits_total)",
        "count(cache_hits_total)",
        "cache_up unless cache_hits_total",
        "cache_up and on (instance) (cache_hits_total)",
        "delta(cache_connections[5m])",
        "max_over_time(cache_connections[5m])",
    ],
)
def test_counters_as_they_are_meant(found: Found, query: str) -> None:
    """A counter under a rate, or asked for its presence, and a gauge under none are right."""
    assert found("counters", query) == []


@pytest.mark.parametrize(
    ("query", "named", "at"),
    [
        ("cache_hits_total", "cache_hits_total is a counter", 0),
        ("sum(cache_hits_total) > 5", "cache_hits_total is a counter", 4),
        ("rate(sum(cache_hits_total)[5m:])", "cache_hits_total is a counter", 9),
        ("avg_over_time(cache_hits_total[5m])", "cache_hits_total is a counter", 14),
        ("cache_hits_total and cache_up", "cache_hits_total is a counter", 0),
        (
            "rate(cache_hits_total[5m]) / cache_hits_total",
            "cache_hits_total is a counter",
            29,
        ),
        ("cache_command_duration_seconds_bucket", "seconds_bucket is a counter", 0),
        ("rate(cache_connections[5m])", "cache_connections is no counter", 5),
        ("increase(cache_server_info[5m])", "cache_server_info is no counter", 9),
    ],
)
def test_counters_misread(found: Found, query: str, named: str, at: int) -> None:
    """A counter as it stands and a gauge under a rate are told, with a caret at the place."""
    (wrong,) = found("counters", query)

    assert named in wrong
    assert wrong.endswith(f"[counters]\n    {query}\n    {' ' * at}^")


@pytest.mark.parametrize(
    "query",
    [
        "histogram_quantile(0.9, sum by (le) (rate(cache_command_duration_seconds_bucket[5m])))",
        "histogram_quantile(0.9, rate(cache_command_duration_seconds_bucket[5m]))",
        "max(histogram_quantile(0.9, rate(cache_command_duration_seconds_bucket[5m])))",
        'sum(rate(cache_command_duration_seconds_bucket{le="1.082172"}[5m]))',
        "sum without (command) (rate(cache_command_duration_seconds_bucket[5m]))",
        "sum(rate(cache_command_duration_seconds_sum[5m]))",
    ],
)
def test_histograms_as_they_are_meant(found: Found, query: str) -> None:
    """Quantiles of buckets, one bucket alone and the parts that are no buckets are right."""
    assert found("histograms", query) == []


@pytest.mark.parametrize(
    ("query", "wrong"),
    [
        (
            "histogram_quantile(0.9, sum(rate(cache_command_duration_seconds_sum[5m])))",
            "needs the label le",
        ),
        (
            "sum by (command) (rate(cache_command_duration_seconds_bucket[5m]))",
            (
                "it counts many times; aggregate by (le, …), "
                "or use cache_command_duration_seconds_count"
            ),
        ),
        (
            "avg(histogram_quantile(0.9, rate(cache_command_duration_seconds_bucket[5m])))",
            "a sum or mean of quantiles is no quantile",
        ),
    ],
)
def test_histograms_misread(found: Found, query: str, wrong: str) -> None:
    """What makes a number without a meaning of a histogram is told."""
    assert wrong in found("histograms", query)[0]


@pytest.mark.parametrize(
    "query",
    [
        "sum by (instance, command) (rate(cache_commands_total[5m]))",
        "sum without (command) (rate(cache_commands_total[5m]))",
        "sum by (job) (cache_keys) / on (job) sum by (job) (cache_connections)",
        "cache_keys / on (instance) group_left (version) cache_server_info",
        "rate(cache_hits_total[5m]) / sum by (job, instance, service, team) (cache_keys)",
        (
            'label_replace(cache_up, "shop", "$1", "instance", "(.*)") * on (shop) group_left () '
            'label_replace(cache_up, "shop", "$1", "instance", "(.*)")'
        ),
        "sum(cache_keys) / 2",
        "topk by (instance) (3, cache_keys)",
        'absent(cache_up{instance="a"}) * on (instance) cache_up',
        "cache_up or sum by (instance) (cache_keys)",
    ],
)
def test_labels_that_are_there(found: Found, query: str) -> None:
    """Labels that the metric has, that a join takes over or that a function adds are right."""
    assert found("labels", query) == []


@pytest.mark.parametrize(
    ("query", "wrong", "word"),
    [
        (
            "sum by (comand) (rate(cache_commands_total[5m]))",
            (
                "sum by (comand): there is no such label here; "
                "use command, instance, job, service, team"
            ),
            "comand",
        ),
        (
            "max by (command) (sum by (instance) (cache_keys))",
            "max by (command): there is no such label here; use instance",
            "command",
        ),
        ("sum without (le) (cache_keys)", "sum without (le): there is no such label", "le"),
        (
            "sum by (job) (cache_keys) / on (instance) cache_connections",
            "/ on (instance): the left side has not this label",
            "instance",
        ),
        (
            "cache_up * on (instance) group_left (command) cache_keys",
            "group_left/group_right (command): the one side has no such label",
            "command",
        ),
        (
            "sum by (instance) (cache_keys) / cache_connections",
            "the right side of '/' is split by job, service, the other is not",
            "",
        ),
        (
            "cache_keys and sum(cache_keys) > 5",
            "the left side of 'and' is split by database, instance, job, service",
            "",
        ),
    ],
)
def test_labels_that_are_gone(found: Found, query: str, wrong: str, word: str) -> None:
    """A label that is not there where it is used is told, with what is there instead."""
    (said,) = found("labels", query)

    assert wrong in said
    if word:
        caret = " " * (query.rindex(f"({word})") + 1) + "^"
        assert said.endswith(f"    {caret}")


def test_labels_in_templates(told: Told) -> None:
    """A template that uses a label of no series is told: the page would have a hole in it."""
    (wrong,) = told("alerts/shop.py", "{{ $labels.instance }} misses", "{{ $labels.shop }} misses")

    assert (
        "ShopMisses: summary uses $labels.shop, which the result does not carry; "
        "use one of its labels: instance, job, service, team [labels]"
    ) in wrong


def test_labels_in_legends(told: Told) -> None:
    """A legend that uses a label which the aggregation dropped is told."""
    (wrong,) = told("dashboards/shop.py", 'legend="{{command}}"', 'legend="{{instance}}"')

    assert (
        "panel 'Commands': legend uses {{instance}}, which the result does not carry; "
        "use one of its labels: command [labels]"
    ) in wrong


def test_labels_of_records(told: Told) -> None:
    """A recording rule that declares a label must carry it, and what it lost is lost to all."""
    wrong = told("alerts/shop.py", f"{RULE},", f'{RULE}, labels=["command"],')
    assert "it declares the label 'command', which the result does not carry" in wrong[0]

    wrong = told("alerts/shop.py", RULE, 'f"sum by (job) (rate({cache.misses_total}[5m]))"')
    assert any("ShopMisses: summary uses $labels.instance" in w for w in wrong)


@pytest.mark.parametrize(
    ("query", "wrong"),
    [
        ('x_bucket{le="0.5"}', ""),
        ('cache_command_duration_seconds_bucket{le="1e-06"}', ""),
        ('cache_command_duration_seconds_bucket{le="+Inf"}', ""),
        ('x{quantile="1"}', 'Prometheus 3 writes quantile="1.0", so that "1" never matches'),
        ('x_bucket{le="5"}', 'Prometheus 3 writes le="5.0"'),
        ('x_bucket{le="half"}', 'le="half" is no number'),
        (
            'cache_command_duration_seconds_bucket{le="0.5"}',
            'cache_command_duration_seconds_bucket has no bucket le="0.5"; use one of: 1e-06, ',
        ),
    ],
)
def test_bounds(found: Found, query: str, wrong: str) -> None:
    """A bound must be written as Prometheus writes it, and be one that the family counts."""
    said = found("bounds", f"rate({query}[5m])")

    assert wrong in said[0] if wrong else said == []


@pytest.mark.parametrize(
    ("query", "wrong"),
    [
        ("rate(cache_hits_total[40s])", ""),
        ("max_over_time(cache_keys[10s])", ""),
        ("rate(cache_hits_total[30s])", "warning: instance:misses:rate5m: rate() over 30s sees 3"),
        ("rate(cache_hits_total[15s])", " instance:misses:rate5m: rate() over 15s sees 1.5"),
        ("rate(cache_hits_total[$__rate_interval])", "only Grafana knows $__rate_interval"),
        ('rate(cache_hits_total{job="$job"}[5m])', ""),
    ],
)
def test_windows_in_rules(found: Found, query: str, wrong: str) -> None:
    """A rule's window is a plain one and holds four scrapes (of ten seconds, here) or more."""
    said = found("windows", query)

    assert wrong in said[0] if wrong else said == []


@pytest.mark.parametrize(
    ("query", "wrong"),
    [
        ("rate(cache_hits_total[$__rate_interval])", ""),
        ("increase(cache_hits_total[$__range])", ""),
        ("rate(cache_hits_total[5m])", "rate() over [5m] skips what lies between two points"),
        ("rate(cache_hits_total[$__interval])", "may see one value only"),
    ],
)
def test_windows_in_panels(drawn: Found, query: str, wrong: str) -> None:
    """A panel's window follows the width of the graph."""
    said = drawn("windows", query)

    assert wrong in said[0] if wrong else said == []


@pytest.mark.parametrize(
    "query",
    [
        "rate(cache_hits_total[$__rate_interval])",
        "sum(rate(cache_hits_total[5m])) + 1",
        "rate(cache_hits_total[5m]) * 2 or vector(0)",
        "cache_memory_used_bytes / cache_uptime_seconds / cache_memory_used_bytes",
        "1 / cache_uptime_seconds",
        "deriv(cache_keys[5m])",
    ],
)
def test_units_that_agree(drawn: Found, query: str) -> None:
    """A panel in operations per second may show whatever comes to one over seconds."""
    assert drawn("units", query) == []


@pytest.mark.parametrize(
    ("query", "wrong"),
    [
        ("cache_memory_used_bytes", "the query gives bytes; use unit='bytes'"),
        ("cache_keys", "gives a count or a share; use unit='short' or 'none' or 'percentunit'"),
        ("rate(cache_network_read_bytes_total[5m])", "gives bytes per second; use unit='Bps'"),
        ("rate(cache_commands_seconds_total[5m])", "gives a count or a share"),
        (
            "histogram_quantile(0.9, rate(cache_command_duration_seconds_bucket[5m]))",
            "the query gives seconds; use unit='s'",
        ),
        (
            "cache_memory_used_bytes * cache_memory_used_bytes",
            "the query gives s^0 B^2; divide or multiply until it does",
        ),
        (
            "cache_memory_used_bytes > cache_uptime_seconds",
            "bytes > seconds has no meaning; bring both sides to one unit",
        ),
    ],
)
def test_units_that_contradict(drawn: Found, query: str, wrong: str) -> None:
    """A panel in operations per second that shows something else is told, with the right unit."""
    assert any(wrong in said for said in drawn("units", query))


RATIO = "rate(cache_misses_total[5m]) / rate(cache_hits_total[5m])"


@pytest.mark.parametrize(
    ("query", "guarded"),
    [
        (f"{RATIO} > 0.5", False),
        (f"({RATIO} or vector(0)) > 0.5", False),
        ("rate(cache_misses_total[5m]) / (rate(cache_hits_total[5m]) > 0) > 0.5", False),
        ("rate(cache_misses_total[5m]) / (rate(cache_hits_total[5m]) >= 1) > 0.5", True),
        (f"{RATIO} > 0.5 and on (instance) rate(cache_hits_total[5m]) > 1", True),
        (f"{RATIO} > 0.5 unless on (instance) rate(cache_hits_total[5m]) < 1", True),
        ("cache_memory_used_bytes / cache_memory_limit_bytes > 0.5", True),
        ("instance:misses:rate5m / rate(cache_hits_total[5m]) > 0.5", False),
    ],
)
def test_traffic(told: Told, query: str, guarded: bool) -> None:
    """An alert on a ratio of rates must demand some traffic, however it says so."""
    said = told("alerts/shop.py", "{misses}\n      > {MAX_MISSES}\n", query + "\n")

    assert any("[traffic]" in wrong for wrong in said) != guarded


def test_traffic_through_a_record(told: Told) -> None:
    """A ratio that a recording rule computes is the alert's concern, and named."""
    said = told("alerts/shop.py", RULE, repr(RATIO))

    assert any(
        "warning: ShopMisses: instance:misses:rate5m is a ratio of rates" in wrong for wrong in said
    )


def test_unused_families() -> None:
    """Of the catalog beside the definitions, what nothing reads is listed, as a note."""
    notes = [p for p in run(build(ROOT)).problems if p.check == "unused"]

    assert {p.severity for p in notes} == {"info"}
    assert "cache_hits_total" not in " ".join(p.message for p in notes)


def test_unused_records_and_limits(told: Told, tmp_path: Path) -> None:
    """A recording rule that nothing reads, and a limit that nothing names, are listed."""
    told("alerts/shop.py", "> {MAX_MISSES}", "> 5")
    file = tmp_path / "alerts/shop.py"
    file.write_text(file.read_text() + '\nidle = record("a:b", "Idle.", "cache_up")\n')
    file.write_text(file.read_text() + 'MIN = Limit("least", 3)\n')

    said = [p.message for p in run(build(tmp_path)).problems]

    assert "a:b: no alert, panel or record reads it; use it or remove it" in said
    assert "limit 'least': nothing compares with MIN; use it or remove it" in said
