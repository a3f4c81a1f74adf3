"""What nginx measures: how many connections there are, does it take them all, what is asked?

The names are those that other exporters of its status page use, counters with their ``_total``.
"""

from exporters.catalog.family import counter, gauge

up = gauge(
    "nginx_up",
    "Whether nginx answered the last scrape with its status page (1) or not (0).",
)

connections_active = gauge(
    "nginx_connections_active",
    "Connections of clients that are open now, ours and those that wait included.",
    source="stub_status Active connections",
)

connections_reading = gauge(
    "nginx_connections_reading",
    "Those of them whose request is being read.",
    source="stub_status Reading",
)

connections_writing = gauge(
    "nginx_connections_writing",
    "Those of them that are being answered, or wait for an upstream's answer.",
    source="stub_status Writing",
)

connections_waiting = gauge(
    "nginx_connections_waiting",
    "Those of them that are kept open for a next request.",
    source="stub_status Waiting",
)

connections_accepted_total = counter(
    "nginx_connections_accepted_total",
    "Connections that were accepted.",
    source="stub_status accepts",
)

connections_handled_total = counter(
    "nginx_connections_handled_total",
    "Accepted connections that were not dropped at once for want of a free one.",
    source="stub_status handled",
)

http_requests_total = counter(
    "nginx_http_requests_total",
    "Requests that were begun, whatever was answered.",
    source="stub_status requests",
)
