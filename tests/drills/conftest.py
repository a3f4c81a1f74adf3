"""What drills are planned from."""

from __future__ import annotations

import pytest

from exporters.settings import load
from generator.definitions import DEMO_SETTINGS, stock_root
from generator.model import Model, build


@pytest.fixture(scope="session")
def shipped() -> Model:
    """Return what is rendered for the demo."""
    return build(stock_root(), load(DEMO_SETTINGS))
