"""Asks nginx for its status page (``stub_status``), in every scrape."""

from __future__ import annotations

import re
from collections.abc import Iterator

from exporters.catalog import nginx
from exporters.catalog.family import Family
from exporters.connections import Connections
from exporters.exposition import Exposition
from exporters.failure import CollectionError
from exporters.http_client import HttpClient
from exporters.probe import Source
from exporters.settings import Target

# All of the page, and nothing else. A number of nginx's has 20 digits at most.
_PAGE = re.compile(
    rb"Active connections: (\d{1,20}) *\r?\n"
    rb"server accepts handled requests *\r?\n"
    rb" *(\d{1,20}) (\d{1,20}) (\d{1,20}) *\r?\n"
    rb"Reading: (\d{1,20}) Writing: (\d{1,20}) Waiting: (\d{1,20})\s*"
)

# In the order of the page.
_FAMILIES = (
    nginx.connections_active,
    nginx.connections_accepted_total,
    nginx.connections_handled_total,
    nginx.http_requests_total,
    nginx.connections_reading,
    nginx.connections_writing,
    nginx.connections_waiting,
)


def source(target: Target) -> Source:
    """Return how an nginx is measured."""
    client = HttpClient(target)
    collector = NginxCollector(client)
    return Source(collector.name, nginx.up, [collector], Connections([client]))


class NginxCollector:
    """Measures one nginx, in one round trip."""

    name = "nginx"
    interval = 0.0

    def __init__(self, client: HttpClient) -> None:
        self.page = Exposition()
        self._client = client
        self._writers = {family.name: self.page.writer(family) for family in _FAMILIES}

    async def collect(self) -> None:
        """Add every sample. Raises OSError or CollectionError."""
        for family, value in facts(await self._client.get()):
            self._writers[family.name].add(value)


def facts(page: bytes) -> Iterator[tuple[Family, int]]:
    """Yield what a status page says. Raises CollectionError for any other page."""
    found = _PAGE.fullmatch(page)
    if not found:
        text = "the page is not nginx's status; write 'stub_status;' in its location"
        raise CollectionError("protocol", text)
    yield from zip(_FAMILIES, map(int, found.groups()), strict=True)
