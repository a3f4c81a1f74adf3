"""The texts of notifications: Alertmanager's templates, rendered from ours."""

from __future__ import annotations

from collections.abc import Mapping

from jinja2 import Environment, PackageLoader, StrictUndefined

from generator.model import Model

# A message that lists more than this is not read.
MOST_LISTED = 10

# What all receivers share and plain text; Slack's markup; mail as HTML.
_NAMES = ("lightship", "slack", "mail")


def templates(model: Model) -> Mapping[str, str]:
    """Return the template files that every receiver's texts come from, by their names."""
    # Alertmanager's own templates are full of double braces: ours are brackets.
    environment = Environment(  # noqa: S701 -- Alertmanager escapes what it fills in
        loader=PackageLoader("generator"),
        variable_start_string="[[",
        variable_end_string="]]",
        undefined=StrictUndefined,
        keep_trailing_newline=True,
    )
    values = {"inbox_url": model.endpoints.inbox.url, "most_listed": MOST_LISTED}
    return {
        f"{name}.tmpl": environment.get_template(f"{name}.tmpl.j2").render(values)
        for name in _NAMES
    }
