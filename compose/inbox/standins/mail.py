"""Takes mail as a server does that asks who sends it, where it is told to ask."""

from __future__ import annotations

import ssl
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from compose.inbox.standins.delivered import Delivered, Message
from exporters.errors import UserError

MAX_BYTES = 1_000_000

# A busy machine takes a while to start a thread.
_READY_SECONDS = 60


@dataclass(frozen=True)
class Login:
    """Who may send mail, and the certificate behind which the password is asked for."""

    user: str
    password: str
    context: ssl.SSLContext


class _Mailbox:
    """What aiosmtpd hands its mail to."""

    def __init__(self, delivered: Delivered) -> None:
        self._delivered = delivered

    async def handle_DATA(  # noqa: N802 - aiosmtpd's name
        self, _server: SMTP, session: Session, envelope: Envelope
    ) -> str:
        content = envelope.content
        if not isinstance(content, bytes):
            return "554 no message"
        found = message_from_bytes(content, policy=policy.default)
        self._delivered.add(_message(found, envelope.rcpt_tos, tls=session.ssl is not None))
        return "250 kept"


def controller(
    delivered: Delivered, host: str, port: int, login: Login | None = None
) -> Controller:
    """Return a mail server that listens on ``host:port`` once it is started.

    Without a ``login`` everybody may send, without TLS: on loopback, to nobody. With one,
    it takes mail from that user alone, once STARTTLS was said.
    """
    guarded: dict[str, Any] = {} if login is None else _guarded(login)
    return Controller(
        _Mailbox(delivered),
        hostname=host,
        port=port,
        ready_timeout=_READY_SECONDS,
        data_size_limit=MAX_BYTES,
        **guarded,
    )


def start(mail: Controller) -> None:
    """Let a mail server listen. Raises UserError for an address that cannot be used."""
    try:
        mail.start()
    except OSError as error:
        raise UserError(
            f"--mail {mail.hostname}:{mail.port}: {error.strerror}; stop what listens there, or "
            "choose another port with --mail HOST:PORT"
        ) from error


def _guarded(login: Login) -> dict[str, Any]:
    expected = LoginPassword(login.user.encode(), login.password.encode())

    def knows(*asked: object) -> AuthResult:
        # The last of what aiosmtpd passes is what the sender said; the answer is left to it.
        return AuthResult(success=asked[-1] == expected, handled=False)

    return {
        "tls_context": login.context,
        "require_starttls": True,
        "auth_required": True,
        "authenticator": knows,
        # Its words for LOGIN are not those that Alertmanager waits for.
        "auth_exclude_mechanism": ["LOGIN"],
    }


def _message(found: EmailMessage, to: list[str], *, tls: bool) -> Message:
    headers = {name: str(value) for name, value in found.items()}
    return Message(
        "mail",
        ", ".join(to),
        headers.get("Subject", ""),
        _part(found, "plain"),
        {"headers": headers, "tls": tls},
        html=_part(found, "html"),
    )


def _part(found: EmailMessage, kind: str) -> str:
    part = found.get_body((kind,))
    return str(part.get_content()) if part else ""
