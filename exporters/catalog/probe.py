"""What is asked from outside, as blackbox_exporter tells it: does it answer, and how soon?"""

from exporters.catalog.family import gauge

success = gauge(
    "probe_success",
    "Whether an answer came in time and was as expected (1) or not (0).",
    source="blackbox_exporter",
)

duration_seconds = gauge(
    "probe_duration_seconds",
    "How long asking took, all of it.",
    unit="seconds",
    source="blackbox_exporter",
)

http_duration_seconds = gauge(
    "probe_http_duration_seconds",
    "How long each phase took: resolve, connect, tls, processing, transfer.",
    unit="seconds",
    labels=("phase",),
    source="blackbox_exporter",
)

http_status_code = gauge(
    "probe_http_status_code",
    "The status of the answer; 0 without one.",
    source="blackbox_exporter",
)

ssl_last_chain_expiry_timestamp_seconds = gauge(
    "probe_ssl_last_chain_expiry_timestamp_seconds",
    "When the certificates stop being valid, by the chain that is longest, in Unix time; absent "
    "without TLS, and where they are not valid.",
    unit="seconds",
    source="blackbox_exporter",
)
