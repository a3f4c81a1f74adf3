"""A way that takes time: `python -m tests.benchmarks.delay PORT TARGET_PORT ROUND_TRIP_MS`."""

from __future__ import annotations

import asyncio
import sys


async def carry(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, seconds: float) -> None:
    """Pass on what comes, each piece so much later; pieces do not wait for one another."""
    loop = asyncio.get_running_loop()
    while piece := await reader.read(1 << 16):
        loop.call_later(seconds, writer.write, piece)
    loop.call_later(seconds, writer.close)


async def main(port: int, target: int, one_way: float) -> None:
    """Listen until stopped."""

    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        # What opening a connection takes: one round trip.
        await asyncio.sleep(2 * one_way)
        their_reader, their_writer = await asyncio.open_connection("127.0.0.1", target)
        await asyncio.gather(
            carry(reader, their_writer, one_way), carry(their_reader, writer, one_way)
        )

    server = await asyncio.start_server(connected, "127.0.0.1", port)
    await server.serve_forever()


if __name__ == "__main__":
    port, target, round_trip = map(int, sys.argv[1:])
    asyncio.run(main(port, target, round_trip / 2 / 1000))
