"""Why a collection failed, in words a metric can hold."""

from __future__ import annotations

# Every reason that `exporter_collector_errors_total` counts.
REASONS = (
    "refused",
    "timeout",
    "auth",
    "permission",
    "locked",
    "loading",
    "protocol",
    "other",
)


class CollectionError(Exception):
    """A target could not be measured: ``reason`` is one of REASONS, the text is for the log.

    The text never repeats what the target said: a server may echo the password.
    """

    def __init__(self, reason: str, text: str) -> None:
        super().__init__(text)
        self.reason = reason


def reason(error: Exception) -> str:
    """Return which of REASONS an exception belongs to."""
    match error:
        case CollectionError():
            return error.reason
        case TimeoutError():
            return "timeout"
        case OSError():
            return "refused"
    return "other"
