"""Write data as YAML that people like to read."""

from __future__ import annotations

from typing import Any

import yaml

try:
    from yaml import CSafeDumper as _Base
except ImportError:  # PyYAML without libyaml: the same bytes, eight times slower
    from yaml import SafeDumper as _Base  # type: ignore[assignment]


class _Dumper(_Base):
    """PyYAML's safe dumper, with block style for text of several lines."""

    def ignore_aliases(self, data: Any) -> bool:  # noqa: ARG002 -- no anchors, ever
        return True


def _text(dumper: _Dumper, text: str) -> yaml.Node:
    style = "|" if "\n" in text else None
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=style)


_Dumper.add_representer(str, _text)


def dump(data: Any, *, made_from: str) -> str:
    """Return YAML under a line that says what it was made from."""
    body = yaml.dump(data, Dumper=_Dumper, sort_keys=False, width=100, allow_unicode=True)
    return f"# Rendered by `lightship render` from {made_from}: edit that, not this.\n{body}"
