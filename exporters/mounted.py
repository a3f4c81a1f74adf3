"""Names objects of Python: ``python:package.module:object``."""

from __future__ import annotations

import re
from importlib import import_module
from typing import Any

from exporters.address import AddressError
from exporters.errors import UserError

_SHAPE = re.compile(r"python:([A-Za-z_][\w.]*):([A-Za-z_]\w*)")


def parse(url: str) -> tuple[str, str]:
    """Return the module and the name that a URL says. Raises AddressError.

    >>> parse("python:shop.metrics:collector")
    ('shop.metrics', 'collector')
    """
    match = _SHAPE.fullmatch(url)
    if not match:
        raise AddressError("names no object; write python:package.module:object")
    return match[1], match[2]


def load(url: str) -> Any:
    """Return the object itself; of a class, one of it. Raises UserError when there is none."""
    module, name = parse(url)
    try:
        found = getattr(import_module(module), name)
        return found() if isinstance(found, type) else found
    except Exception as error:
        what = f"cannot be imported ({type(error).__name__}: {error})"
        fix = "install it where the exporters run, or name its folder with PYTHONPATH"
        raise UserError(f"{url}: {what}; {fix}") from error
