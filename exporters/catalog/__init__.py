"""The vocabulary of the stack: every metric family, declared exactly once.

Exporters emit these families, dashboards draw them, alerts watch them, tests
feed them. Inside an f-string a family is its own name:

    >>> from exporters.catalog import cache
    >>> f"rate({cache.hits_total}[5m])"
    'rate(cache_hits_total[5m])'

and, called, it is a selector whose labels are checked:

    >>> f"{cache.commands_total(command='get')}"
    'cache_commands_total{command="get"}'
"""

from collections.abc import Mapping
from functools import cache as _cache
from importlib import import_module
from pkgutil import iter_modules

from exporters.catalog.family import Family


@_cache
def families() -> Mapping[str, Family]:
    """Return every declared family, by its exposed name."""
    modules = [import_module(f"{__name__}.{module.name}") for module in iter_modules(__path__)]
    found = [value for module in modules for value in vars(module).values()]
    return {family.name: family for family in found if isinstance(family, Family)}
