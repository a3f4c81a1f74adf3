"""What PHP-FPM measures: is a process free, does anybody wait for one, which requests are slow?

A target is one pool, ``pool`` its name. The names are those that other exporters of its status
page use, counters with their ``_total``.
"""

from exporters.catalog.family import counter, gauge, info

up = gauge(
    "phpfpm_up",
    "Whether PHP-FPM answered the last scrape with its status page (1) or not (0).",
)

pool_info = info(
    "phpfpm_pool_info",
    "How the pool decides how many processes it has: static, dynamic or ondemand.",
    labels=("pool", "process_manager"),
    source="status process manager",
)

uptime_seconds = gauge(
    "phpfpm_uptime_seconds",
    "Time since the pool was started or reloaded.",
    unit="seconds",
    labels=("pool",),
    source="status start since",
)

accepted_connections_total = counter(
    "phpfpm_accepted_connections_total",
    "Requests that a process took.",
    labels=("pool",),
    source="status accepted conn",
)

listen_queue = gauge(
    "phpfpm_listen_queue",
    "Requests that wait for a process; absent for a Unix socket, whose queue PHP-FPM cannot see.",
    labels=("pool",),
    source="status listen queue",
)

max_listen_queue = gauge(
    "phpfpm_max_listen_queue",
    "Most requests that ever waited at once since the start; absent like the queue.",
    labels=("pool",),
    source="status max listen queue",
)

listen_queue_length = gauge(
    "phpfpm_listen_queue_length",
    "How many requests may wait before others are refused; absent like the queue.",
    labels=("pool",),
    source="status listen queue len",
)

idle_processes = gauge(
    "phpfpm_idle_processes",
    "Processes that are free.",
    labels=("pool",),
    source="status idle processes",
)

active_processes = gauge(
    "phpfpm_active_processes",
    "Processes that do a request, ours for the status included where the pool answers it itself.",
    labels=("pool",),
    source="status active processes",
)

total_processes = gauge(
    "phpfpm_total_processes",
    "Processes that there are, free or not.",
    labels=("pool",),
    source="status total processes",
)

max_active_processes = gauge(
    "phpfpm_max_active_processes",
    "Most processes that were ever busy at once since the start.",
    labels=("pool",),
    source="status max active processes",
)

max_children_reached_total = counter(
    "phpfpm_max_children_reached_total",
    "How often a process was wanted and pm.max_children allowed no more; never for a static pool.",
    labels=("pool",),
    source="status max children reached",
)

slow_requests_total = counter(
    "phpfpm_slow_requests_total",
    "Requests that took longer than request_slowlog_timeout; none where that is not set.",
    labels=("pool",),
    source="status slow requests",
)

memory_peak_bytes = gauge(
    "phpfpm_memory_peak_bytes",
    "Most memory that a request of the pool ever took since the start.",
    unit="bytes",
    labels=("pool",),
    source="status memory peak",
)

processes = gauge(
    "phpfpm_processes",
    "Processes by what they do; other for what we do not know.",
    labels=("pool", "state"),
    source="status full state",
)

longest_request_seconds = gauge(
    "phpfpm_longest_request_seconds",
    "How long the oldest of the requests that are being done now has taken; 0 where none is.",
    unit="seconds",
    labels=("pool",),
    source="status full request duration",
)

last_request_memory_max_bytes = gauge(
    "phpfpm_last_request_memory_max_bytes",
    "Most memory that the last request of any of the processes took.",
    unit="bytes",
    labels=("pool",),
    source="status full last request memory",
)
