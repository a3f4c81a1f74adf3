"""Web servers: do nginx and PHP-FPM answer, do they take everybody, who waits?"""

from alerts.nginx import (
    MAX_CONNECTIONS,
    NginxConnectionsDropped,
    NginxConnectionsHigh,
    NginxDown,
)
from alerts.phpfpm import (
    MAX_LISTEN_QUEUE,
    MAX_SLOW_REQUESTS,
    PhpFpmAllBusy,
    PhpFpmChildrenExhausted,
    PhpFpmDown,
    PhpFpmRequestsSlow,
    PhpFpmSaturated,
)
from alerts.webservers import up
from exporters.catalog import nginx, phpfpm
from generator.annotations import firing, restarts
from generator.panels import Dashboard, Query, Variable, stat, timeseries

service = Variable("service", up)
instance = Variable("instance", up)
pool = Variable("pool", phpfpm.pool_info)


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

php_answering = timeseries(
    "PHP-FPM answers",
    Query(phpfpm.up(service, instance), legend="{{instance}}"),
    unit="short",
    line=1,
    bad="below",
    help="1 while its status page is answered. We page when it is not.",
    alerts=[PhpFpmDown],
)

done = timeseries(
    "Requests of PHP-FPM",
    Query(
        f"rate({phpfpm.accepted_connections_total(service, instance, pool)}[$__rate_interval])",
        legend="{{pool}}",
    ),
    unit="ops",
    help="Requests per second that a process took. It stands still while all are busy.",
)

waiting = timeseries(
    "Requests that wait",
    Query(phpfpm.listen_queue(service, instance, pool), legend="{{pool}}"),
    unit="short",
    line=MAX_LISTEN_QUEUE,
    help="Requests for which no process is free. We page when there are any for half a minute. A "
    "Unix socket's queue cannot be seen.",
    alerts=[PhpFpmSaturated],
)

busy = timeseries(
    "Processes",
    Query(phpfpm.active_processes(service, instance, pool), legend="{{pool}} busy"),
    Query(phpfpm.idle_processes(service, instance, pool), legend="{{pool}} free"),
    Query(phpfpm.total_processes(service, instance, pool), legend="{{pool}} all"),
    unit="short",
    help="None free for five minutes is a ticket.",
    alerts=[PhpFpmAllBusy],
)

doing = timeseries(
    "What processes do",
    Query(f"{phpfpm.processes(service, instance, pool)} > 0", legend="{{pool}} {{state}}"),
    unit="short",
    help="Looked at every quarter of a minute. Many that read headers: a web server is slow to "
    "say what it wants.",
)

exhausted = timeseries(
    "More processes wanted than allowed",
    Query(
        f"increase({phpfpm.max_children_reached_total(service, instance, pool)}[$__rate_interval])",
        legend="{{pool}}",
    ),
    unit="short",
    line=0,
    help="How often pm.max_children stood in the way. A static pool never says so.",
    alerts=[PhpFpmChildrenExhausted],
)

slow = timeseries(
    "Slow requests",
    Query(
        f"rate({phpfpm.slow_requests_total(service, instance, pool)}[$__rate_interval])",
        legend="{{pool}}",
    ),
    unit="ops",
    line=MAX_SLOW_REQUESTS,
    help="Requests per second that took longer than request_slowlog_timeout. The line is where we "
    "alert; the slow log says where in the code they waited.",
    alerts=[PhpFpmRequestsSlow],
)

longest = timeseries(
    "Longest request now",
    Query(phpfpm.longest_request_seconds(service, instance, pool), legend="{{pool}}"),
    unit="s",
    help="How long the oldest of the requests that are being done has taken.",
)

memory = timeseries(
    "Memory of a request",
    Query(phpfpm.last_request_memory_max_bytes(service, instance, pool), legend="{{pool}} last"),
    Query(phpfpm.memory_peak_bytes(service, instance, pool), legend="{{pool}} most ever"),
    unit="bytes",
    help="What each of pm.max_children processes may need at once.",
)

most = stat(
    "Most at once",
    f"max({phpfpm.max_active_processes(service, instance, pool)})",
    help="Most processes of a pool that were ever busy at once since its start.",
)


dashboard = Dashboard(
    "Web servers",
    "nginx and PHP-FPM: do they answer, do they take everybody, who waits?",
    variables=[service, instance, pool],
    annotations=[
        firing(service, instance),
        restarts(phpfpm.uptime_seconds, service, instance, pool),
    ],
    rows={
        "Does nginx answer?": [answering, asked, per_connection],
        "Does it take everybody?": [dropped, open_now, states, accepted],
        "Does PHP-FPM answer?": [php_answering, done, most],
        "Does anybody wait for a process?": [waiting, busy, doing, exhausted],
        "What takes so long?": [slow, longest, memory],
    },
)
