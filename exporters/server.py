"""Answers over HTTP: /metrics, /probe?target=NAME, /targets, /livez and /readyz."""

from __future__ import annotations

import asyncio
import contextlib
import platform
from collections.abc import AsyncIterator
from importlib.metadata import version

import prometheus_client
from prometheus_client.openmetrics import exposition as openmetrics
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from exporters.catalog import scrape
from exporters.exposition import Exposition
from exporters.format import TEXT, Format, Head, negotiate
from exporters.guard import Guard
from exporters.hints import choose
from exporters.reload import Reloader
from exporters.settings import Target
from exporters.targets import Targets

_TIMEOUT_HEADER = "X-Prometheus-Scrape-Timeout-Seconds"

# Time kept free to send the answer, and the deadline of whoever does not name one.
_RESERVE_SECONDS = 0.5
_DEFAULT_SECONDS = 5.0


def application(targets: Targets, reloader: Reloader) -> Starlette:
    """Return the exporters as an ASGI application: what it answers, and what runs beside that."""
    handlers = _Handlers(targets, reloader)

    @contextlib.asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        beside = [asyncio.create_task(reloader.watch()), asyncio.create_task(targets.warm_up())]
        yield
        for task in beside:
            task.cancel()
        targets.close()

    return Starlette(
        routes=[
            Route("/probe", handlers.probe),
            Route("/targets", handlers.targets),
            Route("/metrics", handlers.metrics),
            Route("/livez", handlers.livez),
            Route("/readyz", handlers.readyz),
        ],
        middleware=[
            Middleware(Guard, lambda: reloader.now.web),
            Middleware(GZipMiddleware, compresslevel=1),
        ],
        lifespan=lifespan,
    )


class _Handlers:
    """What is answered to each path."""

    def __init__(self, targets: Targets, reloader: Reloader) -> None:
        self._targets = targets
        self._own = _OwnPage(reloader)

    async def probe(self, request: Request) -> Response:
        """Answer with the samples of one target, in time, whatever it does."""
        probes = self._targets.probes
        name = request.query_params.get("target", "")
        if name not in probes:
            text = f"target '{name}' is not in the settings file; {choose(name, probes)}\n"
            return PlainTextResponse(text, 404)
        form = negotiate(request.headers.get("accept", ""))
        seconds = deadline(request.headers.get(_TIMEOUT_HEADER))
        return Response(await probes[name].answer(seconds, form), media_type=form.content_type)

    async def targets(self, request: Request) -> Response:
        """Answer with all targets, or those of a kind, for a Prometheus that nobody rendered."""
        kind = request.query_params.get("kind")
        found = [t for t in self._targets.settings.measured.values() if kind in {None, t.kind}]
        return JSONResponse([self._discovered(t, request) for t in found])

    async def metrics(self, request: Request) -> Response:
        """Answer with the exporters' own samples."""
        form = negotiate(request.headers.get("accept", ""))
        return Response(self._own.text(form), media_type=form.content_type)

    async def livez(self, _: Request) -> Response:
        """Say that the process answers at all."""
        return PlainTextResponse("ok\n")

    async def readyz(self, _: Request) -> Response:
        """Say whether scrapes find what they ask for: every target was asked once."""
        if not self._targets.asked:
            return PlainTextResponse("asking the targets for the first time\n", 503)
        return PlainTextResponse("ok\n")

    def _discovered(self, target: Target, request: Request) -> dict[str, object]:
        """Return a target for Prometheus' HTTP service discovery: scraped here, named there."""
        labels = {
            "__scheme__": request.url.scheme,
            "__metrics_path__": "/probe",
            "__param_target": target.name,
            "job": self._targets.probes[target.name].domain,
            "instance": target.name,
            "service": target.service,
        }
        if team := self._targets.settings.services[target.service].team:
            labels["team"] = team
        return {"targets": [request.url.netloc], "labels": labels}


class _OwnPage:
    """What the exporters say of themselves: their version, their configuration, their process."""

    def __init__(self, reloader: Reloader) -> None:
        self._reloader = reloader
        self._page = page = Exposition()
        self._build = page.writer(scrape.build_info, "version", "python")
        self._successful = page.writer(scrape.config_last_reload_successful)
        self._stamp = page.writer(scrape.config_last_reload_success_timestamp_seconds)
        self._versions = version("lightship"), platform.python_version()

    def text(self, form: Format) -> str:
        """Return it as it is now."""
        self._page.clear()
        self._build.add(1, *self._versions)
        self._successful.add(self._reloader.successful)
        self._stamp.add(self._reloader.succeeded_at)
        return form.render([(self._process(form), ""), *self._page.parts()])

    def _process(self, form: Format) -> Head:
        """Return what prometheus-client says of the process, in the one format that is asked."""
        if form is TEXT:
            return Head(prometheus_client.generate_latest().decode(), "")
        text = openmetrics.generate_latest(prometheus_client.REGISTRY)  # type: ignore[no-untyped-call] # theirs has none
        return Head("", text.decode().removesuffix(form.end))


def deadline(timeout: str | None) -> float:
    """Return how many seconds a scrape may take, from what its header says.

    >>> deadline("10"), deadline("0.4"), deadline(None)
    (9.5, 0.2, 5.0)
    """
    try:
        seconds = float(timeout or "")
    except ValueError:
        return _DEFAULT_SECONDS
    # NaN, infinity and what is not above zero are as good as none.
    if not 0 < seconds < float("inf"):
        return _DEFAULT_SECONDS
    return max(seconds - _RESERVE_SECONDS, seconds / 2)
