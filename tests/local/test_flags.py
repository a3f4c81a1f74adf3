"""Flags by version: what an old server would refuse is not passed to it."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from compose.local import flags, tools

OLD_PROMETHEUS, NEW_PROMETHEUS = (2, 42), (3, 5)
OLD_ALERTMANAGER, NEW_ALERTMANAGER = (0, 25), (0, 33)


@pytest.mark.parametrize("version", [OLD_PROMETHEUS, NEW_PROMETHEUS])
def test_prometheus(version: tuple[int, int]) -> None:
    """Both Prometheus send an alert again after ten seconds and bound their storage."""
    given = flags.prometheus(version)
    assert "--rules.alert.resend-delay=10s" in given
    assert any(flag.startswith("--storage.tsdb.retention.size=") for flag in given)


def test_old_alertmanager() -> None:
    """Alertmanager 0.25 knows neither features nor a start delay."""
    assert flags.alertmanager(OLD_ALERTMANAGER) == [
        "--cluster.listen-address=",
        "--data.maintenance-interval=10s",
    ]


def test_new_alertmanager() -> None:
    """A current Alertmanager waits for Prometheus after a start, and names receivers in metrics."""
    given = flags.alertmanager(NEW_ALERTMANAGER)
    assert "--dispatch.start-delay=15s" in given
    features = next(flag for flag in given if flag.startswith("--enable-feature="))
    assert {"utf8-strict-mode", "receiver-name-in-metrics"} <= set(
        features.partition("=")[2].split(",")
    )


def test_installed_alertmanager_knows_its_flags(programs: tools.Tools, tmp_path: Path) -> None:
    """The Alertmanager that is used here accepts every flag and feature that it is given."""
    given = flags.alertmanager(programs.alertmanager.release)
    # A configuration that is not there ends it, but only after its flags were read.
    files = (f"--config.file={tmp_path}/none.yml", f"--storage.path={tmp_path}")
    done = subprocess.run(
        [str(programs.alertmanager.path), *files, "--web.listen-address=127.0.0.1:0", *given],
        cwd=programs.alertmanager.directory,
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )
    assert "none.yml: no such file" in done.stderr
    assert "unknown long flag" not in done.stderr
    assert "unknown option" not in done.stderr


def test_installed_prometheus_knows_its_flags(programs: tools.Tools, tmp_path: Path) -> None:
    """The Prometheus that is used here accepts every flag that it is given."""
    given = flags.prometheus(programs.prometheus.release)
    done = subprocess.run(
        [str(programs.prometheus.path), f"--config.file={tmp_path}/none.yml", *given],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )
    assert "none.yml: no such file" in done.stderr
    assert "unknown long flag" not in done.stderr
