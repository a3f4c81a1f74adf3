"""The texts of notifications: Alertmanager's templates, rendered from one of ours."""

from __future__ import annotations

from jinja2 import Environment, PackageLoader, StrictUndefined

from generator.model import Model

# A message that lists more than this is not read.
MOST_LISTED = 10


def template(model: Model) -> str:
    """Return the template file that every receiver's texts come from."""
    # Alertmanager's own templates are full of double braces: ours are brackets.
    environment = Environment(  # noqa: S701 -- plain text; Alertmanager escapes for each receiver
        loader=PackageLoader("generator"),
        variable_start_string="[[",
        variable_end_string="]]",
        undefined=StrictUndefined,
        keep_trailing_newline=True,
    )
    made = environment.get_template("lightship.tmpl.j2")
    return made.render(inbox_url=model.endpoints.inbox.url, most_listed=MOST_LISTED)
