"""Counts jobs: functions, plain or async, that a queue's workers run."""

from __future__ import annotations

import functools
import inspect
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

from prometheus_client import CollectorRegistry

from exporters.application import instruments
from exporters.catalog import application

PROCESSED = "processed"
FAILED = "failed"

Function = TypeVar("Function", bound=Callable[..., Any])


class Jobs:
    """The metrics of all jobs of an application."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self._duration = instruments.histogram(application.job_duration_seconds, registry)
        self._running = instruments.gauge(application.jobs_in_progress, registry)

    def measured(self, function: Function, queue: str) -> Function:
        """Return the function with each of its runs measured as a job of a queue."""
        job = function.__name__
        if inspect.iscoroutinefunction(function):

            @functools.wraps(function)
            async def run(*arguments: Any, **named: Any) -> Any:
                with self._run(queue, job):
                    return await function(*arguments, **named)

        else:

            @functools.wraps(function)
            def run(*arguments: Any, **named: Any) -> Any:
                with self._run(queue, job):
                    return function(*arguments, **named)

        return run  # type: ignore[return-value] # it takes and gives what the function does

    @contextmanager
    def _run(self, queue: str, job: str) -> Iterator[None]:
        status = FAILED
        began = time.perf_counter()
        self._running.labels(queue).inc()
        try:
            yield
            status = PROCESSED
        finally:
            self._running.labels(queue).dec()
            seconds = time.perf_counter() - began
            self._duration.labels(queue, job, status).observe(seconds)
