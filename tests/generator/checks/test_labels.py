"""Labels are there where they are used."""

from __future__ import annotations

from collections.abc import Callable

import pytest

Told = Callable[..., list[str]]
Found = Callable[..., list[str]]


RULE = 'f"rate({cache.misses_total}[5m])"'


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
    (wrong,) = told(
        "alerts/shop.py",
        "{{ $labels.instance }} misses",
        "{{ $labels.shop }} misses",
        only="labels",
    )

    assert (
        "ShopMisses: summary uses $labels.shop, which the result does not carry; "
        "use one of its labels: instance, job, service, team [labels]"
    ) in wrong


def test_labels_in_legends(told: Told) -> None:
    """A legend that uses a label which the aggregation dropped is told."""
    (wrong,) = told(
        "dashboards/shop.py", 'legend="{{command}}"', 'legend="{{instance}}"', only="labels"
    )

    assert (
        "panel 'Commands': legend uses {{instance}}, which the result does not carry; "
        "use one of its labels: command [labels]"
    ) in wrong


def test_labels_of_records(told: Told) -> None:
    """A recording rule that declares a label must carry it, and what it lost is lost to all."""
    wrong = told("alerts/shop.py", f"{RULE},", f'{RULE}, labels=["command"],', only="labels")
    assert "it declares the label 'command', which the result does not carry" in wrong[0]

    wrong = told(
        "alerts/shop.py", RULE, 'f"sum by (job) (rate({cache.misses_total}[5m]))"', only="labels"
    )
    assert any("ShopMisses: summary uses $labels.instance" in w for w in wrong)
