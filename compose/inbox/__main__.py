"""Runs the inbox by itself: ``python -m compose.inbox run``."""

import sys

from compose.inbox.cli import inbox
from exporters.errors import UserError

try:
    inbox(prog_name="python -m compose.inbox")
except UserError as error:
    sys.exit(f"Error: {error}")
