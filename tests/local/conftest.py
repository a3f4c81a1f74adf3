"""What tests of local processes share: the programs, and a supervised stack of tiny ones."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from compose.local import tools
from compose.local.state import State
from compose.local.supervision import Supervisor

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="session")
def programs() -> tools.Tools:
    """Return Prometheus, Alertmanager and their checkers, fetched once for all."""
    return tools.obtain(ROOT / tools.FOLDER)


@pytest.fixture
def supervisor(tmp_path: Path) -> Iterator[Supervisor]:
    """Return a supervisor in a folder of its own, with nothing started; stop it at the end."""
    state = State.at(tmp_path / "state")
    state.create()
    supervisor = Supervisor(state)
    yield supervisor
    supervisor.stop()
