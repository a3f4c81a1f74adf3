"""Values as bytes: to see whether they changed, and to hand a model to another process."""

from __future__ import annotations

import io
import pickle
from types import MappingProxyType

from generator.model import Model


class UnpicklableError(Exception):
    """A value with something in it that only its own process knows, such as a function."""


class _Pickler(pickle.Pickler):
    dispatch_table = {MappingProxyType: lambda view: (dict, (dict(view),))}  # noqa: RUF012


def dumps(value: object) -> bytes:
    """Return a model or settings as bytes, equal ones as equal bytes.

    Raises UnpicklableError.
    """
    data = io.BytesIO()
    try:
        _Pickler(data, pickle.HIGHEST_PROTOCOL).dump(value)
    except (pickle.PicklingError, TypeError, AttributeError, RecursionError) as error:
        raise UnpicklableError(str(error)) from error
    return data.getvalue()


def loads(data: bytes) -> Model:
    """Return the model that these bytes, made by a process of ours, stand for.

    Raises UnpicklableError.
    """
    try:
        model = pickle.loads(data)  # noqa: S301 -- our own process wrote it
    except (pickle.UnpicklingError, ImportError, AttributeError, TypeError, EOFError) as error:
        raise UnpicklableError(str(error)) from error
    if not isinstance(model, Model):
        raise UnpicklableError("no model")
    return model
