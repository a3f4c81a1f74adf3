"""Examples that are missing, or say what is not."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from generator.checks.examples import check
from generator.model import Model

Told = Callable[..., list[str]]


def test_examples(stack: Model) -> None:
    """An alert that shows no example is told."""
    group = stack.groups["shop"]
    bare = {"ShopDown": replace(stack.alerts["ShopDown"], tests=[])}

    (wrong,) = check(replace(stack, groups={"shop": {**group, **bare}}))

    assert wrong.message == ("ShopDown: no example; show when it fires and when it stays silent")


@pytest.mark.parametrize(
    ("old", "new", "wrong"),
    [
        (
            'cache.up(job="cache", instance="a"): "1 0x5',
            '"cache_upp{job=\'cache\'}": "1 0x5',
            (
                "ShopDown: down after a minute, beside a till that is closed: nothing exposes "
                "the given "
                "cache_upp; did you mean 'cache_up'?"
            ),
        ),
        (
            'cache.up(job="cache", instance="a"): "1 0x5',
            '"cache_up{jb=\'cache\'}": "1 0x5',
            "the given cache_up has no 'jb'; did you mean 'job'?",
        ),
        (
            'cache.up(job="cache", instance="a"): "1 0x5',
            '"cache_up{": "1 0x5',
            "given 'cache_up{': ",
        ),
    ],
)
def test_examples_that_give_what_nothing_reads(told: Told, old: str, new: str, wrong: str) -> None:
    """A misspelt metric or label of a story is told: promtool takes it, and nothing reads it."""
    said = told("alerts/shop.py", old, new, only="examples")

    assert any(wrong in w and "[examples]" in w for w in said)
