"""Web servers: does nginx answer, does it take everybody, what is it asked?"""

from alerts.nginx import (
    MAX_CONNECTIONS,
    NginxConnectionsDropped,
    NginxConnectionsHigh,
    NginxDown,
)
from exporters.catalog import nginx
from generator.annotations import firing
from generator.panels import Dashboard, Query, Variable, timeseries

service = Variable("service", nginx.up)
instance = Variable("instance", nginx.up)


answering = timeseries(
    "nginx answers",
    Query(nginx.up(service, instance), legend="{{instance}}"),
    unit="short",
    line=1,
    bad="below",
    help="1 while its status page is answered. We page when it is not.",
    alerts=[NginxDown],
)

asked = timeseries(
    "Requests",
    Query(
        f"rate({nginx.http_requests_total(service, instance)}[$__rate_interval])",
        legend="{{instance}}",
    ),
    unit="ops",
    help="Requests per second, ours for its status included. Worry when it leaves its usual band: "
    "a fall to nothing is an outage in front of nginx.",
)

per_connection = timeseries(
    "Requests per connection",
    Query(
        f"""
        rate({nginx.http_requests_total(service, instance)}[$__rate_interval])
          /
        rate({nginx.connections_handled_total(service, instance)}[$__rate_interval])
        """,
        legend="{{instance}}",
    ),
    unit="short",
    help="Near one: clients, or a balancer before it, keep no connection, and each request pays "
    "for a new one.",
)

dropped = timeseries(
    "Dropped connections",
    Query(
        f"""
        rate({nginx.connections_accepted_total(service, instance)}[$__rate_interval])
          -
        rate({nginx.connections_handled_total(service, instance)}[$__rate_interval])
        """,
        legend="{{instance}}",
    ),
    unit="ops",
    line=0,
    help="Connections per second that were accepted and cut off at once, because none was free. "
    "We page when there are any.",
    alerts=[NginxConnectionsDropped],
)

open_now = timeseries(
    "Open connections",
    Query(nginx.connections_active(service, instance), legend="{{instance}}"),
    unit="short",
    line=MAX_CONNECTIONS,
    help="Connections of clients. The line is where we alert; nginx has room for its workers times "
    "worker_connections, of which those to upstreams are taken as well.",
    alerts=[NginxConnectionsHigh],
)

states = timeseries(
    "What connections do",
    Query(nginx.connections_reading(service, instance), legend="{{instance}} reading"),
    Query(nginx.connections_writing(service, instance), legend="{{instance}} writing"),
    Query(nginx.connections_waiting(service, instance), legend="{{instance}} waiting"),
    unit="short",
    help="Many that write: an upstream is slow. Many that read: clients are, perhaps on purpose. "
    "Many that wait: keepalive_timeout is long for so many clients.",
)

accepted = timeseries(
    "New connections",
    Query(
        f"rate({nginx.connections_accepted_total(service, instance)}[$__rate_interval])",
        legend="{{instance}}",
    ),
    unit="ops",
    help="Connections per second that clients opened.",
)


dashboard = Dashboard(
    "Web servers",
    "nginx: does it answer, does it take everybody, what is it asked?",
    variables=[service, instance],
    annotations=[firing(service, instance)],
    rows={
        "Does nginx answer?": [answering, asked, per_connection],
        "Does it take everybody?": [dropped, open_now, states, accepted],
    },
)
