"""Runs the preview: one socket, one folder of what was rendered, until it is told to stop."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

from compose import serving
from compose.inbox.access import is_loopback
from compose.preview import boards
from compose.preview.service import build
from exporters import log
from exporters.errors import UserError


def serve(listen: str, rendered: Path, prometheus: str) -> None:
    """Answer on ``listen`` (HOST:PORT) until SIGTERM or SIGINT.

    Raises UserError for an address that is not loopback's, for there is no password, and for a
    folder that holds no dashboards.
    """
    log.set_up()
    if not is_loopback(serving.address(listen)[0]):
        raise UserError(
            f"--listen {listen}: others than this machine could read all that is measured; "
            "listen on 127.0.0.1, and put what asks for passwords before it"
        )
    boards.read(rendered)
    with closing(serving.bind(listen)) as listener:
        serving.serve(build(rendered, prometheus), listener)
    log.info("stopped")
