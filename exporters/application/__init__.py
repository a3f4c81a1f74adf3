"""Measures a Python application from inside: its requests, its caches and its jobs.

from exporters.application import Application

metrics = Application()
app = metrics.asgi(app)
"""

from exporters.application.application import Application

__all__ = ["Application"]
