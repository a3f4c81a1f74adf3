"""Who could not be told: notifications that Alertmanager tried to send, and could not."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import urlencode

from compose import client
from compose.status import Row
from exporters.catalog import alertmanager

# One counts when Alertmanager has given it up: after the group's interval, if trying again
# could have helped. Which receiver it was is known since Alertmanager 0.27.
FAILED = (
    "sum by (receiver_name, integration) "
    f"(increase({alertmanager.notifications_failed_total}[5m])) > 0"
)
TODO = "the log of alertmanager says why; mend it under 'receivers' in the settings file"


def rows(prometheus: str) -> list[Row]:
    """Return a row for each receiver that could not be told in the last five minutes.

    Asks Prometheus (``host:port``); nothing while it does not answer: its own row says so.
    """
    try:
        found = client.query(prometheus, f"/query?{urlencode({'query': FAILED})}")["result"]
    except client.NoAnswerError:
        return []
    return [_row(one["metric"], float(one["value"][1])) for one in found]


def _row(labels: Mapping[str, str], lost: float) -> Row:
    who = " ".join(filter(None, (labels.get("receiver_name"), labels["integration"])))
    says = f"about {lost:.0f} notifications were lost in the last five minutes"
    return Row(f"receiver {who}", "not told", says, todo=TODO)
