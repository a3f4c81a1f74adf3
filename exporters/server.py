"""Answers over HTTP: /metrics, /probe?target=NAME, /targets, /livez and /readyz."""

from __future__ import annotations

import contextlib
import platform
from collections.abc import AsyncIterator
from importlib.metadata import version

from prometheus_client import generate_latest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from exporters.catalog import scrape
from exporters.collectors import source
from exporters.exposition import CONTENT_TYPE, Exposition
from exporters.hints import choose
from exporters.probe import Probe
from exporters.settings import Settings, Target

_TIMEOUT_HEADER = "X-Prometheus-Scrape-Timeout-Seconds"

# Time kept free to send the answer, and the deadline of whoever does not name one.
_RESERVE_SECONDS = 0.5
_DEFAULT_SECONDS = 5.0


def application(settings: Settings) -> Starlette:
    """Return the exporters for these settings, as an ASGI application."""
    probes = {name: Probe(name, source(target)) for name, target in settings.targets.items()}

    async def probe(request: Request) -> Response:
        name = request.query_params.get("target", "")
        if name not in probes:
            text = f"target '{name}' is not in the settings file; {choose(name, probes)}\n"
            return PlainTextResponse(text, 404)
        return _exposition(
            await probes[name].answer(deadline(request.headers.get(_TIMEOUT_HEADER)))
        )

    async def targets(request: Request) -> Response:
        kind = request.query_params.get("kind")
        found = [t for t in settings.targets.values() if kind in {None, t.kind}]
        return JSONResponse([_discovered(t, settings, request.url.netloc) for t in found])

    @contextlib.asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        yield
        for running in probes.values():
            running.close()

    return Starlette(
        routes=[
            Route("/probe", probe),
            Route("/targets", targets),
            Route("/metrics", _metrics),
            Route("/livez", _fine),
            Route("/readyz", _fine),
        ],
        middleware=[Middleware(GZipMiddleware, compresslevel=1)],
        lifespan=lifespan,
    )


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


def _discovered(target: Target, settings: Settings, address: str) -> dict[str, object]:
    """Return a target as Prometheus' HTTP service discovery wants it: scraped here, named there."""
    labels = {
        "__metrics_path__": "/probe",
        "__param_target": target.name,
        "__meta_kind": target.kind,
        "instance": target.name,
        "service": target.service,
    }
    if team := settings.services[target.service].team:
        labels["team"] = team
    return {"targets": [address], "labels": labels}


async def _metrics(_: Request) -> Response:
    page = Exposition()
    writer = page.writer(scrape.build_info, "version", "python")
    writer.add(1, version("lightship"), platform.python_version())
    return _exposition(generate_latest().decode() + page.text())


async def _fine(_: Request) -> Response:
    return PlainTextResponse("ok\n")


def _exposition(text: str) -> Response:
    return Response(text, media_type=CONTENT_TYPE)
