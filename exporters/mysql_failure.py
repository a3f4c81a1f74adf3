"""Why MySQL or MariaDB was not asked, or did not answer, in words a metric can hold."""

from __future__ import annotations

import ssl

import pymysql
from pymysql.constants import CR, ER

from exporters.failure import CollectionError

# What the server's numbers mean; others are "other".
_REASONS = {
    ER.ACCESS_DENIED_ERROR: "auth",
    ER.BAD_DB_ERROR: "auth",
    ER.DBACCESS_DENIED_ERROR: "auth",
    ER.HOST_NOT_PRIVILEGED: "auth",
    ER.COLUMNACCESS_DENIED_ERROR: "permission",
    ER.SPECIFIC_ACCESS_DENIED_ERROR: "permission",
    ER.TABLEACCESS_DENIED_ERROR: "permission",
    ER.LOCK_WAIT_TIMEOUT: "locked",
    ER.QUERY_INTERRUPTED: "timeout",
    ER.STATEMENT_TIMEOUT: "timeout",
    3024: "timeout",  # as MySQL has it
    ER.CON_COUNT_ERROR: "refused",
    ER.HOST_IS_BLOCKED: "refused",
    ER.SERVER_SHUTDOWN: "refused",
    ER.TOO_MANY_USER_CONNECTIONS: "refused",
    ER.USER_LIMIT_REACHED: "refused",
}

# What is wrong with a question itself, for whoever wrote it.
_MISTAKES = {
    ER.BAD_FIELD_ERROR: "a column that it names is not there",
    1792: "it would write",  # in a session that may only read
    ER.NO_SUCH_TABLE: "a table that it names is not there",
    ER.PARSE_ERROR: "it is no SQL",
    ER.SP_DOES_NOT_EXIST: "a function that it names is not there",
}
_LOST = (CR.CR_SERVER_GONE_ERROR, CR.CR_SERVER_LOST)


def failure(error: Exception) -> Exception:
    """Return what went wrong with a connection: an OSError if it is gone, or a CollectionError.

    What the server said is not repeated, only its number.
    """
    found = CollectionError("protocol", "something else answers there")
    match error:
        case CollectionError():
            return error
        case pymysql.MySQLError():
            return _told(error)
        case TimeoutError():
            return TimeoutError("the server does not answer")
        case ssl.SSLError():
            found = CollectionError("protocol", "TLS does not come about")
        case OSError():
            return ConnectionRefusedError("the server takes no connections, or is not reached")
        case RuntimeError():
            # To encrypt a password itself, the driver would need another library.
            found = CollectionError("auth", "without TLS the password cannot be sent")
    return found


def _told(error: pymysql.MySQLError) -> Exception:
    """Return what an error of the driver's means, by its number and by what is behind it."""
    number = error.args[0] if error.args else None
    cause = getattr(error, "original_exception", None) or error.__context__
    if isinstance(cause, TimeoutError | ssl.SSLError):
        return failure(cause)
    if number in _LOST or isinstance(error, pymysql.InterfaceError):
        return ConnectionResetError("the connection was closed")
    if isinstance(cause, OSError):
        return failure(cause)
    if not isinstance(number, int):
        return CollectionError("protocol", "something else answers there")
    why = _REASONS.get(number, "other")
    what = f"the server refused a question (error {number})"
    return CollectionError(why, f"{what}: {_MISTAKES[number]}" if number in _MISTAKES else what)
