"""The shop's visitors: they look at products, order now and then, and mistype."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable
from dataclasses import dataclass

import requests

from compose.demo.shop import PRODUCTS

VISITORS = 8
PAUSE_SECONDS = 0.5
ORDER_SHARE = 0.2
MISTYPED_SHARE = 0.02
TIMEOUT_SECONDS = 20


@dataclass(frozen=True)
class Visitors:
    """Those who ask for pages of the shop at ``url``, several at once."""

    url: str
    seed: int

    async def work(self, begun: Callable[[], None]) -> None:
        """Click until something fails."""
        begun()
        async with asyncio.TaskGroup() as together:
            for number in range(VISITORS):
                chance = random.Random(self.seed + number)  # noqa: S311 - a seed is asked for
                together.create_task(_visitor(self.url, chance))


async def _visitor(url: str, chance: random.Random) -> None:
    with requests.Session() as session:
        # The shop is next door, whatever proxies the environment names.
        session.trust_env = False
        while True:
            await asyncio.sleep(chance.uniform(0.5, 1.5) * PAUSE_SECONDS)
            await asyncio.to_thread(_click, session, url, chance)


def _click(session: requests.Session, url: str, chance: random.Random) -> None:
    """Do what a visitor does next, and read the answer, whatever it is."""
    if chance.random() < ORDER_SHARE:
        body = bytes(chance.randint(50, 500))
        session.post(f"{url}/orders", data=body, timeout=TIMEOUT_SECONDS)
        return
    number = chance.randrange(PRODUCTS) + (PRODUCTS if chance.random() < MISTYPED_SHARE else 0)
    session.get(f"{url}/products/{number}", timeout=TIMEOUT_SECONDS)
