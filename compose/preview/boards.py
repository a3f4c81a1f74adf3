"""The dashboards that were rendered for Grafana, read as it reads them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson
import yaml

from exporters.errors import UserError
from generator.durations import seconds

SOURCES = "provisioning/datasources/lightship.yaml"


@dataclass(frozen=True)
class Boards:
    """Dashboards by their uid, and the seconds between two samples of what they show."""

    by_uid: Mapping[str, Mapping[str, Any]]
    interval: int


def read(folder: Path) -> Boards:
    """Return what was rendered for Grafana into ``folder``.

    Raises UserError for a folder that holds no such thing.
    """
    try:
        found = [orjson.loads(path.read_bytes()) for path in folder.glob("dashboards/*.json")]
        sources = yaml.safe_load((folder / SOURCES).read_text(encoding="utf-8"))
        every = sources["datasources"][0]["jsonData"]["timeInterval"]
    except (OSError, ValueError, KeyError, TypeError, yaml.YAMLError) as error:
        raise UserError(
            f"{folder}: not what is rendered for Grafana ({error}); run: lightship render"
        ) from error
    titled = sorted(found, key=lambda board: str(board["title"]))
    return Boards({board["uid"]: board for board in titled}, int(seconds(every)))
