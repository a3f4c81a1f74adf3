"""An application's metrics, in a registry of their own."""

from collections.abc import Callable

import pytest
from prometheus_client import CollectorRegistry

from exporters.application import Application

Samples = Callable[[str], dict[str, float]]


@pytest.fixture
def registry() -> CollectorRegistry:
    return CollectorRegistry()


@pytest.fixture
def metrics(registry: CollectorRegistry) -> Application:
    return Application(registry)


@pytest.fixture
def samples(registry: CollectorRegistry) -> Samples:
    """Return the samples of a name: label values, joined by spaces, and what they are."""

    def found(name: str) -> dict[str, float]:
        every = [one for family in registry.collect() for one in family.samples]
        return {" ".join(one.labels.values()): one.value for one in every if one.name == name}

    return found
