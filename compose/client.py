"""Ask the stack's own services over HTTP on loopback, past any proxy of the environment."""

from __future__ import annotations

from typing import Any

import requests

from compose.access import PLAIN, Access
from exporters.errors import UserError
from exporters.failure import CollectionError


class NoAnswerError(UserError):
    """A service did not answer as it should; the message says how it answered instead."""


def request(method: str, url: str, *, seconds: float = 3, body: Any = None) -> Any:
    """Return the JSON that a service answers, None when it answers with something else.

    Raises NoAnswerError for no answer within the time, and for a status of 400 and above.
    """
    try:
        return ask(method, url, seconds, body).json()
    except requests.JSONDecodeError:
        return None


def text(url: str, *, seconds: float = 3, access: Access = PLAIN) -> str:
    """Return what a service answers to GET, as it is. Raises NoAnswerError as ``request`` does."""
    return ask("GET", url, seconds, access=access).text


def has_pages(url: str) -> bool:
    """Whether a browser finds an application there; Debian builds its servers without one."""
    try:
        return "<script" in text(url)
    except NoAnswerError:
        return False


def query(prometheus: str, path: str) -> Any:
    """Return the data that Prometheus' API at ``host:port`` answers (``/query?query=up``).

    Raises NoAnswerError, too, when what answers there is no Prometheus.
    """
    answer = request("GET", f"http://{prometheus}/api/v1{path}")
    if not isinstance(answer, dict) or not isinstance(answer.get("data"), dict):
        raise NoAnswerError("answers, but not as Prometheus does: something else has its port")
    return answer["data"]


def ask(
    method: str, url: str, seconds: float = 3, body: Any = None, access: Access = PLAIN
) -> requests.Response:
    """Return a service's whole answer. Raises NoAnswerError as ``request`` does."""
    with requests.Session() as session:
        # A proxy for the world has no business between us and ourselves.
        session.trust_env = False
        try:
            access.prepare(session)
            answer = session.request(method, url, json=body, timeout=seconds)
        except requests.RequestException as error:
            raise NoAnswerError(_why(error)) from error
        except (OSError, CollectionError) as error:
            raise NoAnswerError(f"cannot be asked: {error}") from error
    if answer.status_code >= 400:
        raise NoAnswerError(f"answers {answer.status_code}: {answer.text.strip()[:200]}")
    return answer


def _why(error: requests.RequestException) -> str:
    if isinstance(error, requests.Timeout):
        return "does not answer in time"
    return "refuses connections" if "refused" in str(error) else "does not answer"
