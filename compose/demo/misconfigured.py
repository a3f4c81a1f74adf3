"""Configurations of Prometheus as somebody may write them by mistake, and how it takes them up."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import yaml

CONFIGURATION = "prometheus.yml"

# It ends with .yaml, as the files of rules do that are read.
RULES = Path("rules/mistake.yaml")

# Two series on each side: nobody can say which belong together.
AMBIGUOUS = {"record": "mistake", "expr": "up + on () up"}


def _refused(folder: Path) -> None:
    """Write what is no configuration."""
    (folder / CONFIGURATION).write_text("scrape_configs: none\n")


def _failing(folder: Path) -> None:
    """Write a rule that is understood, and cannot be evaluated."""
    groups = {"groups": [{"name": "mistake", "rules": [AMBIGUOUS]}]}
    (folder / RULES).write_text(yaml.safe_dump(groups))


def _forgotten(folder: Path) -> None:
    """Leave out every target but Prometheus itself."""
    _keep(folder, "prometheus")


def _blind(folder: Path) -> None:
    """Leave out every target."""
    _keep(folder)


def _keep(folder: Path, *jobs: str) -> None:
    file = folder / CONFIGURATION
    told = yaml.safe_load(file.read_text())
    for one in told["scrape_configs"]:
        if one["job_name"] not in jobs:
            # The job stays: of one that goes, Prometheus believes the last values for minutes.
            one["static_configs"] = []
    file.write_text(yaml.safe_dump(told, sort_keys=False))


REFUSED, FAILING, FORGOTTEN, BLIND = "refused", "failing", "forgotten", "blind"
MISTAKES: Mapping[str, Callable[[Path], None]] = {
    REFUSED: _refused,
    FAILING: _failing,
    FORGOTTEN: _forgotten,
    BLIND: _blind,
}


def made(folder: Path, mistake: str) -> bool:
    """Whether a mistake is made in the folder of Prometheus' configuration."""
    return _kept(folder, mistake).exists()


def make(folder: Path, mistake: str) -> None:
    """Make a mistake, and keep what was there."""
    kept = _kept(folder, mistake)
    if not kept.exists():
        kept.write_bytes((folder / CONFIGURATION).read_bytes())
        MISTAKES[mistake](folder)


def mend(folder: Path, mistake: str) -> None:
    """Put back what was there before a mistake."""
    kept = _kept(folder, mistake)
    if kept.exists():
        (folder / RULES).unlink(missing_ok=True)
        kept.replace(folder / CONFIGURATION)


def _kept(folder: Path, mistake: str) -> Path:
    return folder / f"{CONFIGURATION}.before-{mistake}"
