"""An application and its metrics: what it wraps, it measures."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from prometheus_client import (
    REGISTRY,
    CollectorRegistry,
    disable_created_metrics,
    make_asgi_app,
    make_wsgi_app,
)

from exporters.application import asgi, wsgi
from exporters.application.caches import Caches, MeasuredCache
from exporters.application.instruments import exposed
from exporters.application.jobs import Jobs
from exporters.application.releases import Releases
from exporters.application.requests import Requests

METRICS_PATH = "/metrics"

Function = TypeVar("Function", bound=Callable[..., Any])


class Application:
    """The metrics of one application. Make one for each registry, where its parts can see it.

    They are exposed beside whatever else ``registry`` holds, at ``/metrics`` of the wrapped
    web application. Without a web application, or to keep them apart from it, serve them by
    prometheus-client's own ``start_http_server``.
    """

    def __init__(self, registry: CollectorRegistry = REGISTRY) -> None:
        # Twice the series, for a date that Prometheus does not use.
        disable_created_metrics()  # type: ignore[no-untyped-call]
        self._registry = registry
        self._requests = Requests(registry)
        self._caches = Caches(registry)
        self._jobs = Jobs(registry)
        self._releases = Releases(registry)

    def asgi(
        self,
        app: asgi.App,
        *,
        path: str | None = METRICS_PATH,
        endpoint: asgi.Endpoint = asgi.route,
    ) -> asgi.App:
        """Return an ASGI application with its requests measured, and the metrics at ``path``.

        ``endpoint`` tells from the scope which route answered, as a pattern; the way of
        Starlette and FastAPI is known. Without a ``path`` nothing is shown.
        """
        measured = asgi.measured(app, self._requests, endpoint)
        if path is None:
            return measured
        return asgi.showing(measured, path, make_asgi_app(exposed(self._registry)))

    def wsgi(
        self,
        app: wsgi.App,
        *,
        path: str | None = METRICS_PATH,
        endpoint: wsgi.Endpoint = wsgi.route,
    ) -> wsgi.App:
        """Return a WSGI application with its requests measured, and the metrics at ``path``.

        ``endpoint`` tells from the environ which route answered, as a pattern; Flask's way
        is known. Without a ``path`` nothing is shown.
        """
        measured = wsgi.measured(app, self._requests, endpoint)
        if path is None:
            return measured
        return wsgi.showing(measured, path, make_wsgi_app(exposed(self._registry)))

    def release(self, name: str, *, deployed: float) -> None:
        """Tell which release runs and when it was deployed, in seconds since 1970.

        A restart is no deployment: take the time from what is deployed, such as a file's.
        """
        self._releases.tell(name, deployed)

    def job(self, queue: str) -> Callable[[Function], Function]:
        """Return a decorator for functions that a queue's workers run, plain or async."""
        return lambda function: self._jobs.measured(function, queue)

    def cache(self, cache: Any, name: str) -> Any:
        """Return a cache with its lookups measured: whatever has ``get``, plain or async."""
        return MeasuredCache(cache, name, self._caches)
