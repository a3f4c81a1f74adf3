"""Assertions about who is told: compared with the routes, hour by hour, and complete."""

from __future__ import annotations

from collections.abc import Callable

Told = Callable[..., list[str]]


def test_an_assertion_that_fails(told: Told) -> None:
    """When the routes tell somebody else, the assertion says whom, and where that route is."""
    (wrong,) = told(
        "alerts/routes.py", '"ShopMisses", everyone', '"ShopMisses", page', only="routes"
    )

    assert wrong == (
        'routes.py:51: \'page\' is to be told of {alertname="ShopMisses", severity="warning"} '
        "outside 'working hours', and the routes tell 'everyone' (line 18); "
        "mend the route, or the assertion [routes]"
    )


def test_an_assertion_about_no_alert(told: Told) -> None:
    """An assertion about an alert that is gone is told with the one that was meant."""
    wrong = told("alerts/routes.py", '"ShopMisses"', '"ShopMises"', only="routes")

    assert any("no alert 'ShopMises'; did you mean 'ShopMisses'?" in w for w in wrong)


def test_an_alert_of_which_nothing_is_asserted(told: Told) -> None:
    """An alert without an assertion is a warning that says what to add."""
    (wrong,) = told("alerts/routes.py", 'Tells("ShopMisses", everyone),', "", only="routes")

    assert (
        "warning: ShopMisses: nothing says who is to be told; if it is 'everyone', as the routes "
        'have it now, add Tells("ShopMisses", everyone) in alerts/routes.py [routes]'
    ) in wrong


def test_a_route_that_nothing_takes(told: Told) -> None:
    """A route that no asserted alert takes, at an hour at which it tells, is a warning."""
    wrong = told(
        "alerts/routes.py", 'Tells(None, everyone, {"severity": "info"}, within', "#", only="routes"
    )

    assert any("no alert that is asserted takes this route to 'everyone'" in w for w in wrong)


def test_hours_of_which_nothing_is_asserted(told: Told) -> None:
    """What is asserted of working hours alone says nothing of the night."""
    (wrong,) = told(
        "alerts/routes.py",
        '"ShopMisses", everyone',
        '"ShopMisses", everyone, within=working',
        only="routes",
    )

    assert "nothing says who is to be told outside 'working hours'; if it is 'everyone'" in wrong


def test_an_assertion_that_fails_at_night(told: Told) -> None:
    """An assertion must hold at every hour that it speaks of."""
    (wrong,) = told(
        "alerts/routes.py",
        '(), {"severity": "info"}, outside=working',
        '(), {"severity": "info"}',
        only="routes",
    )

    assert (
        "nobody is to be told of {severity=\"info\"} within 'working hours', and the routes tell "
        "'everyone' (line " in wrong
    )
