"""What applications say of the requests they answer: how many, how fast, how well?

An application exposes these itself, through `exporters.application`. ``endpoint`` is the
pattern of a route (``/orders/{id}``), never the path that somebody asked for.
"""

from exporters.catalog.family import gauge, histogram

# Every bound that service levels in use name is one of these: what lies between two
# buckets is only estimated.
SECONDS = (
    0.005, 0.01, 0.025, 0.05, 0.1, 0.2, 0.3, 0.5, 0.65, 0.8, 1.0, 1.2, 1.5, 2.0, 3.0, 5.0, 10.0,
)  # fmt: skip
BYTES = (100, 1_000, 10_000, 100_000, 1_000_000, 10_000_000)

request_duration_seconds = histogram(
    "http_request_duration_seconds",
    "Time from a request's arrival to the end of its response.",
    unit="seconds",
    labels=("method", "endpoint", "status"),
    buckets=SECONDS,
    source="its count is the number of requests",
)

request_size_bytes = histogram(
    "http_request_size_bytes",
    "Size of a request's body, as its header says or as it was read.",
    unit="bytes",
    labels=("endpoint",),
    buckets=BYTES,
)

response_size_bytes = histogram(
    "http_response_size_bytes",
    "Size of a response's body.",
    unit="bytes",
    labels=("endpoint",),
    buckets=BYTES,
)

requests_in_progress = gauge(
    "http_requests_in_progress",
    "Requests that have arrived and are not answered yet.",
)
