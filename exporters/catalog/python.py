"""What is known of collectors that others wrote: do they answer?"""

from exporters.catalog.family import gauge

up = gauge(
    "python_up",
    "Whether a mounted prometheus-client collector answered the last scrape (1) or not (0).",
)
