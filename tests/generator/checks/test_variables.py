"""Variables that are missing, or that nothing follows."""

from __future__ import annotations

from collections.abc import Callable

import pytest

Told = Callable[..., list[str]]


@pytest.mark.parametrize(
    ("old", "new", "wrong"),
    [
        (
            "misses(service, instance)",
            "\"instance:misses:rate5m{service=~'$sevice'}\"",
            "panel 'Misses': the dashboard has no variable 'sevice'; did you mean 'service'? "
            "[variables]\n    instance:misses:rate5m{service=~'$sevice'}\n" + " " * 37 + "^",
        ),
        (
            "misses(service, instance)",
            "\"instance:misses:rate5m{service=~'${shop:regex}'}\"",
            "the dashboard has no variable 'shop'; the known ones are 'instance', 'service'",
        ),
        (
            "misses(service, instance)",
            '\'label_replace(instance:misses:rate5m, "job", "$1", "job", "(.*)$")\'',
            "instance:misses:rate5m does not follow the variable 'service'",
        ),
        (
            "service = Variable",
            'team = Variable("team", cache.up)\nservice = Variable',
            "",
        ),
        (
            "variables=[service, instance]",
            'variables=[service, instance, Variable("team", cache.up)]',
            "warning: dashboard 'shop': no panel follows the variable 'team'",
        ),
        (
            "misses(service, instance)",
            "misses(instance)",
            "instance:misses:rate5m does not follow the variable 'service'; hand it over",
        ),
        (
            "variables=[service, instance]",
            'variables=[Variable("command", cache.commands_total)]',
            "dashboard 'shop': nothing narrows it to a service, a job or an instance",
        ),
    ],
)
def test_variables(told: Told, old: str, new: str, wrong: str) -> None:
    """A variable that the dashboard lacks is told with a caret, one that nothing follows, too."""
    said = told("dashboards/shop.py", old, new, only="variables")

    assert any(wrong in w for w in said) if wrong else said == []
