"""Write data as YAML that people like to read."""

from __future__ import annotations

from typing import Any

import yaml

try:
    from yaml import CSafeDumper as _Base
except ImportError:  # PyYAML without libyaml: the same bytes, eight times slower
    from yaml import SafeDumper as _Base  # type: ignore[assignment]


_TAG = "tag:yaml.org,2002:"


class _Dumper(_Base):
    """PyYAML's safe dumper, with block style for text of several lines, and no anchors, ever."""

    def represent_data(self, data: Any) -> yaml.Node:
        """Return the node of a value; of the kinds that nearly all are, without a search for it."""
        match data:
            case str():
                style = "|" if "\n" in data else None
                return yaml.ScalarNode(f"{_TAG}str", data, style=style)
            case list():
                items = [self.represent_data(item) for item in data]
                return yaml.SequenceNode(f"{_TAG}seq", items, flow_style=not items)
            case dict():
                pairs = [
                    (self.represent_data(key), self.represent_data(value))
                    for key, value in data.items()
                ]
                return yaml.MappingNode(f"{_TAG}map", pairs, flow_style=not pairs)
        return super().represent_data(data)

    def ignore_aliases(self, data: Any) -> bool:  # noqa: ARG002 -- no anchors, ever
        return True


def dump(data: Any, *, made_from: str) -> str:
    """Return YAML under a line that says what it was made from."""
    body = yaml.dump(data, Dumper=_Dumper, sort_keys=False, width=100, allow_unicode=True)
    return f"# Rendered by `lightship render` from {made_from}: edit that, not this.\n{body}"
