"""What the target versions lack."""

from __future__ import annotations

from collections.abc import Callable

from generator.versions import Versions

Told = Callable[..., list[str]]


def test_versions_of_rules(told: Told) -> None:
    """What an older Prometheus does not understand is told where it is asked for."""
    (wrong,) = told("alerts/shop.py", "", "", Versions(prometheus=(2, 40)), only="versions")

    assert wrong == (
        "shop.py:22: ShopMisses: keep_firing_for needs prometheus 2.42; "
        "leave it out or render for a newer version [versions]"
    )


def test_versions_of_receivers(told: Told) -> None:
    """What an older Alertmanager does not understand is told where it is asked for."""
    hours, wrong = told("lightship.yaml", "", "", Versions(alertmanager=(0, 24)), only="versions")

    assert wrong.startswith(
        "lightship.yaml:26: key 'receivers.page.1.pagerduty.routing_key_file': "
        "pagerduty routing_key_file needs alertmanager"
    )
    assert hours.startswith("routes.py:7: time interval 'working hours': time intervals with a ")
