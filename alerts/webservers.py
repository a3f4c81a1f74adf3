"""What web servers have in common: do they answer?"""

from exporters.catalog import nginx, phpfpm
from generator.rules import Reading, record

up = record(
    "instance:webserver_up",
    "Whether a web server, nginx or PHP-FPM, answered the last scrape (1) or not (0).",
    f"""
    {nginx.up}
      or
    {phpfpm.up}
    """,
    tests=[
        Reading(
            "an nginx answers, and the PHP-FPM behind it does not",
            given={nginx.up(instance="web"): "1x5", phpfpm.up(instance="php"): "0x5"},
            at="3m",
            reads={'{instance="web"}': 1, '{instance="php"}': 0},
        ),
    ],
)
