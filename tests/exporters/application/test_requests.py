"""An application's requests, in the frameworks that people use."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any

import flask
import httpx
import pytest
from prometheus_client import CollectorRegistry
from prometheus_client.parser import text_string_to_metric_families
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response, StreamingResponse
from starlette.routing import Mount, Route

from exporters.application import Application
from exporters.application.instruments import MAX_VALUES
from exporters.catalog import families

Samples = Callable[[str], dict[str, float]]

COUNT = "http_request_duration_seconds_count"


async def order(request: Request) -> Response:
    return PlainTextResponse(f"order {request.path_params['id']}")


async def echo(request: Request) -> Response:
    return PlainTextResponse(await request.body(), 201)


async def broken(_: Request) -> Response:
    raise RuntimeError("planted")


async def torn(_: Request) -> Response:
    async def parts() -> AsyncIterator[bytes]:
        yield b"half"
        raise RuntimeError("planted")

    return StreamingResponse(parts())


def shop() -> Starlette:
    return Starlette(
        routes=[
            Route("/orders/{id}", order),
            Route("/echo", echo, methods=["POST"]),
            Route("/broken", broken),
            Route("/torn", torn),
            Mount("/admin", routes=[Route("/orders/{id}", order)]),
        ]
    )


class Client:
    """Asks an ASGI application, one request at a time."""

    def __init__(self, app: Any) -> None:
        self._transport = httpx.ASGITransport(app, raise_app_exceptions=False)

    def get(self, path: str) -> httpx.Response:
        return self.request("GET", path)

    def request(self, method: str, path: str, content: str = "") -> httpx.Response:
        async def ask() -> httpx.Response:
            async with httpx.AsyncClient(
                transport=self._transport, base_url="http://shop"
            ) as client:
                return await client.request(method, path, content=content)

        return asyncio.run(ask())


@pytest.fixture
def client(metrics: Application) -> Client:
    return Client(metrics.asgi(shop()))


def test_routes(client: Client, samples: Samples) -> None:
    """Requests are counted by the pattern of their route, never by the path that was asked for."""
    for path in ("/orders/1", "/orders/2", "/nothing/here", "/nothing/there"):
        client.get(path)
    client.request("POST", "/echo", content="hello")
    assert samples(COUNT) == {
        "GET /orders/{id} 200": 2,
        "GET unmatched 404": 2,
        "POST /echo 201": 1,
    }
    assert samples("http_requests_in_progress") == {"": 0}


def test_sizes(client: Client, samples: Samples) -> None:
    """What came in and what went out is measured in bytes of the bodies."""
    client.request("POST", "/echo", content="x" * 250)
    assert samples("http_request_size_bytes_sum") == {"/echo": 250}
    assert samples("http_response_size_bytes_sum") == {"/echo": 250}


@pytest.mark.parametrize("path", ["/broken", "/torn"])
def test_failures(client: Client, samples: Samples, path: str) -> None:
    """What raises, before its response has begun or in the middle, is counted as a 500."""
    client.get(path)
    assert samples(COUNT) == {f"GET {path} 500": 1}
    assert samples("http_requests_in_progress") == {"": 0}


def test_client_gone(metrics: Application, samples: Samples) -> None:
    """A request that was given up before the answer came is told from one that failed."""

    async def slow(*_: Any) -> None:
        assert samples("http_requests_in_progress") == {"": 1}
        raise asyncio.CancelledError

    scope = {"type": "http", "method": "GET", "path": "/slow"}
    with pytest.raises(asyncio.CancelledError):
        asyncio.run(_called(metrics.asgi(slow), scope))
    assert samples(COUNT) == {"GET unmatched 499": 1}


async def _called(app: Any, scope: dict[str, Any]) -> None:
    await app(scope, _unused, _unused)


async def _unused(*_: Any) -> Any:
    raise AssertionError


def test_what_people_make_up(client: Client, samples: Samples) -> None:
    """Methods that nobody knows are counted together."""
    for method in ("BREW", "WHEN"):
        client.request(method, "/orders/1")
    assert samples(COUNT) == {"other /orders/{id} 405": 2}


def test_no_end_of_endpoints(metrics: Application, samples: Samples) -> None:
    """A pattern that is none fills no memory: only so many are told apart."""
    client = Client(metrics.asgi(shop(), endpoint=lambda scope: scope["path"]))
    for number in range(MAX_VALUES + 50):
        client.get(f"/orders/{number}")
    counts = samples("http_request_size_bytes_count")
    assert len(counts) == MAX_VALUES + 1
    assert counts["other"] == 50


def test_other_protocols(metrics: Application, samples: Samples) -> None:
    """What is no request, a web socket or the server's start, passes through untouched."""
    seen = []

    async def app(scope: Any, receive: Any, send: Any) -> None:
        seen.append((scope, receive, send))

    asyncio.run(_called(metrics.asgi(app), {"type": "websocket", "path": "/metrics"}))
    assert seen == [({"type": "websocket", "path": "/metrics"}, _unused, _unused)]
    assert samples(COUNT) == {}


def test_metrics_are_shown(client: Client) -> None:
    """/metrics shows what the catalog declares, and is not counted itself."""
    client.get("/orders/1")
    client.get("/metrics")
    shown = client.get("/metrics")
    found = {family.name: family for family in text_string_to_metric_families(shown.text)}
    assert set(found) >= {"http_request_duration_seconds", "http_requests_in_progress"}
    for name, family in found.items():
        declared = families().get(name) or families()[f"{name}_total"]
        assert (family.type, family.documentation) == (declared.type, declared.help)
        for sample in family.samples:
            assert set(sample.labels) <= {*declared.labels, "le"}
    assert "/metrics" not in shown.text


def test_metrics_kept_apart(metrics: Application) -> None:
    """Without a path, an application that is open to the world shows nothing."""
    client = Client(metrics.asgi(shop(), path=None))
    assert client.get("/metrics").status_code == 404


@pytest.fixture
def site() -> flask.Flask:
    site = flask.Flask("site")

    @site.get("/orders/<int:number>")
    def order(number: int) -> str:
        return f"order {number}"

    @site.post("/echo")
    def echo() -> bytes:
        return flask.request.get_data()

    @site.get("/broken")
    def broken() -> str:
        raise RuntimeError("planted")

    @site.get("/torn")
    def torn() -> flask.Response:
        def parts() -> Iterator[bytes]:
            yield b"half"
            raise RuntimeError("planted")

        return flask.Response(parts())

    return site


@pytest.fixture
def flask_client(metrics: Application, site: flask.Flask) -> httpx.Client:
    app: Any = metrics.wsgi(site.wsgi_app)
    return httpx.Client(
        transport=httpx.WSGITransport(app, raise_app_exceptions=False), base_url="http://site"
    )


def test_flask(flask_client: httpx.Client, samples: Samples) -> None:
    """A Flask application's requests are counted by its own patterns, with their sizes."""
    for path in ("/orders/1", "/orders/2", "/nothing", "/broken"):
        flask_client.get(path)
    flask_client.post("/echo", content="x" * 250)
    assert samples(COUNT) == {
        "GET /orders/<int:number> 200": 2,
        "GET unmatched 404": 1,
        "GET /broken 500": 1,
        "POST /echo 200": 1,
    }
    assert samples("http_request_size_bytes_sum")["/echo"] == 250
    assert samples("http_response_size_bytes_sum")["/echo"] == 250
    assert COUNT in flask_client.get("/metrics").text


def test_a_wsgi_response_that_tears(flask_client: httpx.Client, samples: Samples) -> None:
    """A body that raises in its middle is counted as a 500, when the server closes it."""
    with pytest.raises(RuntimeError, match="planted"):
        flask_client.get("/torn")
    assert samples(COUNT) == {"GET /torn 500": 1}


def test_a_wsgi_application_that_raises(metrics: Application, samples: Samples) -> None:
    """What raises at once is counted, and raised on to whoever shows it."""

    def broken(*_: Any) -> Any:
        raise RuntimeError("planted")

    app = metrics.wsgi(broken)
    with pytest.raises(RuntimeError, match="planted"):
        app({"REQUEST_METHOD": "GET", "PATH_INFO": "/"}, _unused)
    assert samples(COUNT) == {"GET unmatched 500": 1}


def test_one_registry_one_application(registry: CollectorRegistry) -> None:
    """A second application in the same registry is refused by prometheus-client."""
    Application(registry)
    with pytest.raises(ValueError, match="Duplicated"):
        Application(registry)
