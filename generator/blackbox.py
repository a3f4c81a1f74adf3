"""Settings in, the configuration of blackbox_exporter out: a module for each target it asks."""

from __future__ import annotations

import re
from typing import Any

from exporters import outside
from exporters.settings import Target
from generator.model import Model


def configuration(model: Model) -> dict[str, Any]:
    """Return ``blackbox.yml``: how each target is asked, under the target's name."""
    return {"modules": {name: _module(one) for name, one in model.settings.probed.items()}}


def _module(target: Target) -> dict[str, Any]:
    question = outside.parse(target.url)
    # A host with an address of each kind is reached by the older one from everywhere.
    how: dict[str, Any] = {"preferred_ip_protocol": "ip4"}
    if question.prober == "tcp":
        how |= {"tls": True} if question.tls else {}
    else:
        how |= _page(target)
    return {"prober": question.prober, "timeout": target.expected.within, question.prober: how}


def _page(target: Target) -> dict[str, Any]:
    expected = target.expected
    found: dict[str, Any] = {}
    if expected.status:
        found["valid_status_codes"] = list(expected.status)
    if expected.text:
        found["fail_if_body_not_matches_regexp"] = [re.escape(expected.text)]
    return found
