"""Which flags the servers are started with, and since which version each is understood.

A server exits when it meets a flag it does not know, so what the installed version
lacks is left out. The numbers are from Prometheus' and Alertmanager's changelogs.
"""

from __future__ import annotations

from dataclasses import dataclass

from generator.versions import Version


@dataclass(frozen=True)
class Flag:
    """A flag or a feature's name, and the first version that knows it."""

    text: str
    since: Version


PROMETHEUS = (
    # A page must not wait a minute after Alertmanager was away; the default is 1m.
    Flag("--rules.alert.resend-delay=10s", (2, 4)),
    # An objective's budget is counted over 30 days; the size bounds what that costs.
    Flag("--storage.tsdb.retention.time=31d", (2, 7)),
    Flag("--storage.tsdb.retention.size=512MB", (2, 7)),
)
ALERTMANAGER = (
    # A single one waits for no peers.
    Flag("--cluster.listen-address=", (0, 15)),
    # What was sent and silenced survives a kill; the default is 15m.
    Flag("--data.maintenance-interval=10s", (0, 25)),
    # Resend delay and five seconds: after a start Prometheus speaks first, so no resolve is lost.
    Flag("--dispatch.start-delay=15s", (0, 30)),
)
ALERTMANAGER_FEATURES = (
    Flag("utf8-strict-mode", (0, 27)),
    Flag("receiver-name-in-metrics", (0, 27)),
    Flag("auto-gomemlimit", (0, 28)),
    Flag("alert-names-in-metrics", (0, 31)),
)


def prometheus(version: Version) -> list[str]:
    """Return Prometheus' flags that this version knows."""
    return _known(PROMETHEUS, version)


def alertmanager(version: Version) -> list[str]:
    """Return Alertmanager's flags that this version knows."""
    features = _known(ALERTMANAGER_FEATURES, version)
    enabled = [f"--enable-feature={','.join(features)}"] if features else []
    return _known(ALERTMANAGER, version) + enabled


def _known(flags: tuple[Flag, ...], version: Version) -> list[str]:
    return [flag.text for flag in flags if version >= flag.since]
