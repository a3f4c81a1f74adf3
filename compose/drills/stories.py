"""The series of examples, played to whoever scrapes: what cannot be made to happen here."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

from compose.drills.pace import SCALE
from generator.durations import seconds
from generator.queries import selectors_in
from generator.rules import Alert, Example

_NUMBER = r"[-+]?\d+(?:\.\d+)?(?:e[-+]?\d+)?"
_PART = re.compile(rf"(?P<first>_|stale|{_NUMBER})(?P<step>[-+]{_NUMBER})?(?:x(?P<times>\d+))?")

# A series whose values are times: they are as long ago as they are in the story.
_TIMES = ("_timestamp_seconds", "node_time_seconds")


def values(text: str) -> Iterator[float | None]:
    """Yield what promtool reads in a series' values, None where there is none.

    >>> list(values("1 2+0.5x2 _x2 7x1 stale"))
    [1.0, 2.0, 2.5, 3.0, None, None, 7.0, 7.0, None]
    """
    for part in text.split():
        found = _PART.fullmatch(part)
        if not found:
            raise ValueError(f"{part!r} is no value that promtool reads")
        times = int(found["times"] or 0)
        if found["first"] in {"_", "stale"}:
            yield from [None] * max(times, 1)
        else:
            first, step = float(found["first"]), float(found["step"] or 0)
            yield from (first + n * step for n in range(times + 1))


@dataclass
class Story:
    """An example on a stage: it waits at its beginning until it is begun.

    It stops when its alert fires, and goes on when it is ended.
    """

    example: Example
    began: float = 0
    ended: float = 0
    _values: Mapping[str, Sequence[float | None]] = field(init=False)

    def __post_init__(self) -> None:
        given = self.example.given
        self._values = {str(series): list(values(text)) for series, text in given.items()}

    def play(self, *, on: bool) -> None:
        """Begin it, or let it come to its end."""
        if on:
            self.began = time.time()
        else:
            self.ended = time.time()

    def lines(self, now: float) -> Iterator[str]:
        """Yield its series as they are now (Unix time), as Prometheus reads them."""
        at = self._at(now)
        for series, told in self._values.items():
            value = told[min(int(at / seconds(self.example.interval)), len(told) - 1)]
            if value is not None:
                # As old as it is in the story, where it is a time.
                shift = now - at if selectors_in(series)[0].name.endswith(_TIMES) else 0
                yield f"{series} {value + shift!r}"

    def _at(self, now: float) -> float:
        """Return the seconds of the story that have passed."""
        fires = seconds(self.example.fires_at)
        if self.ended:
            return fires + (now - self.ended) * SCALE.by
        return min((now - self.began) * SCALE.by, fires) if self.began else 0


def of(alert: Alert) -> Story:
    """Return the story of an alert: its first example."""
    return Story(next(story for story in alert.tests if isinstance(story, Example)))


@contextmanager
def told(stories: Sequence[Story]) -> Iterator[str]:
    """Answer scrapes with all stories until the block ends; give ``host:port``."""

    class Answer(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            now = time.time()
            lines = [line for story in stories for line in story.lines(now)]
            body = "".join(f"{line}\n" for line in lines).encode()
            self.send_response(200)
            self.send_header("Content-Type", "text/plain; version=0.0.4")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Say nothing: who scrapes is known."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Answer) as server:
        thread = Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield f"127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()
