"""Runs the stand-ins: one socket for the web, one for mail, until they are told to stop."""

from __future__ import annotations

from contextlib import closing

from compose import serving
from compose.inbox.access import is_loopback
from compose.inbox.standins import mail
from compose.inbox.standins.app import build
from compose.inbox.standins.delivered import Delivered
from exporters import log
from exporters.errors import UserError


def serve(listen: str, mail_listen: str, *, unprotected: bool = False) -> None:
    """Answer on both addresses (HOST:PORT) until SIGTERM or SIGINT.

    Raises UserError for an address that cannot be used, or that others than this machine
    reach, unless ``unprotected`` is said.
    """
    log.set_up()
    host, port = serving.address(mail_listen)
    for one in (listen, mail_listen):
        if not unprotected and not is_loopback(serving.address(one)[0]):
            raise UserError(
                f"{one}: others than this machine could read and forge messages; listen on "
                "127.0.0.1, or say --unprotected where something else keeps them out"
            )
    delivered = Delivered()
    with closing(serving.bind(listen)) as listener:
        mailbox = mail.controller(delivered, host, port)
        mail.start(mailbox)
        try:
            serving.serve(build(delivered), listener, mail=mail_listen)
        finally:
            mailbox.stop()
    log.info("stopped")
