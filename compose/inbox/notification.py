"""What Alertmanager sends to a webhook (payload version 4), read without trusting it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, NoReturn

# A body of a million mistakes is answered with the first few.
_MAX_PROBLEMS = 10

# Alertmanager writes 180 bytes for the least of alerts, so that a body which is no larger
# than the webhook takes holds fewer.
MAX_ALERTS = 25_000


class MalformedError(ValueError):
    """A body that is not a notification; ``problems`` says, place by place, what is wrong."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("; ".join(problems))
        self.problems = problems


@dataclass(frozen=True)
class SentAlert:
    """One alert of a notification. Times are Unix seconds; ``ends_at`` is None while it fires."""

    fingerprint: str
    firing: bool
    labels: Mapping[str, str]
    annotations: Mapping[str, str]
    starts_at: float
    ends_at: float | None
    generator_url: str


@dataclass(frozen=True)
class Notification:
    """One POST of Alertmanager: a group of alerts, and what became of it.

    ``firing`` is the group's own status: a group that is not firing has no alert that is,
    whether its alerts are listed or not. ``body`` is the text as it came. ``blind`` is whether
    Prometheus was known not to work when it came: what ends then may go on.
    """

    receiver: str
    group_key: str
    firing: bool
    external_url: str
    alerts: tuple[SentAlert, ...]
    body: str
    received_at: float
    blind: bool = False


def parse(body: bytes, received_at: float) -> Notification:
    """Read a webhook's body.

    Fields that some version of Alertmanager leaves out may be missing; only ``alerts``
    and their labels are needed. Raises MalformedError.
    """
    try:
        text = body.decode()
        document = json.loads(text, parse_constant=_refuse_constant)
    except (ValueError, RecursionError) as error:
        raise MalformedError([f"body: not JSON ({error}); send Alertmanager's webhook"]) from error
    return _Reader(received_at).notification(document, text)


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is no JSON number")


class _Reader:
    """Reads values of the types they must have, and notes every one that is not."""

    def __init__(self, received_at: float) -> None:
        self.received_at = received_at
        self.problems: list[str] = []

    def notification(self, document: Any, text: str) -> Notification:
        fields = self.mapping("body", document)
        if "alerts" not in fields and not self.problems:
            self.problems.append("alerts: missing; Alertmanager's webhook always has them")
        status = self.text("status", fields.get("status"))
        items = self.items("alerts", fields.get("alerts"))
        if len(items) > MAX_ALERTS:
            self.problems.append(f"alerts: {len(items)} of them; send at most {MAX_ALERTS}")
        alerts = tuple(
            self.alert(f"alerts[{index}]", item, group_status=status)
            for index, item in enumerate(items[:MAX_ALERTS])
        )
        group_key = self.text("groupKey", fields.get("groupKey"))
        group_labels = self.strings("groupLabels", fields.get("groupLabels"))
        sent = Notification(
            receiver=self.text("receiver", fields.get("receiver")),
            group_key=group_key or json.dumps(group_labels, sort_keys=True),
            firing=status == "firing" or (not status and any(a.firing for a in alerts)),
            external_url=self.text("externalURL", fields.get("externalURL")),
            alerts=alerts,
            body=text,
            received_at=self.received_at,
        )
        if status not in {"", "firing", "resolved"}:
            self.problems.append(f"status: expected firing or resolved, got {status!r}")
        if self.problems:
            raise MalformedError(self.problems[:_MAX_PROBLEMS])
        return sent

    def alert(self, where: str, value: Any, *, group_status: str) -> SentAlert:
        fields = self.mapping(where, value)
        if fields.get("labels") is None:
            self.problems.append(f"{where}.labels: missing; an alert is its labels")
        labels = self.strings(f"{where}.labels", fields.get("labels"))
        ends_at = self.time(f"{where}.endsAt", fields.get("endsAt"))
        status = self.text(f"{where}.status", fields.get("status")) or group_status
        firing = status == "firing" or (not status and ends_at is None)
        starts_at = self.time(f"{where}.startsAt", fields.get("startsAt"))
        return SentAlert(
            fingerprint=self.text(f"{where}.fingerprint", fields.get("fingerprint"))
            or _fingerprint(labels),
            firing=firing,
            labels=labels,
            annotations=self.strings(f"{where}.annotations", fields.get("annotations")),
            starts_at=self.received_at if starts_at is None else starts_at,
            ends_at=None if firing else ends_at,
            generator_url=self.text(f"{where}.generatorURL", fields.get("generatorURL")),
        )

    def mapping(self, where: str, value: Any) -> dict[str, Any]:
        return self._typed(where, value, dict, "an object") or {}

    def items(self, where: str, value: Any) -> list[Any]:
        return self._typed(where, value, list, "a list") or []

    def strings(self, where: str, value: Any) -> dict[str, str]:
        return {
            key: self.text(f"{where}.{key}", item)
            for key, item in (
                (_storable(raw), item)
                for raw, item in self.mapping(where, {} if value is None else value).items()
            )
        }

    def text(self, where: str, value: Any) -> str:
        return _storable(self._typed(where, "" if value is None else value, str, "a string") or "")

    def time(self, where: str, value: Any) -> float | None:
        """Return Unix seconds, or None where Alertmanager says "never" (the year 1)."""
        text = self.text(where, value)
        if not text:
            return None
        try:
            moment = datetime.fromisoformat(text).astimezone(UTC)
        except (ValueError, OverflowError):
            self.problems.append(f"{where}: expected a time as in RFC 3339, got {text[:40]!r}")
            return None
        return moment.timestamp() if moment.year > 1 else None

    def _typed(self, where: str, value: Any, kind: type, meaning: str) -> Any:
        # Go writes an empty list or map that was never made as null.
        if isinstance(value, kind) or (value is None and kind is list):
            return value
        self.problems.append(f"{where[:80]}: expected {meaning}, got {type(value).__name__}")
        return None


def _storable(text: str) -> str:
    """Replace halves of surrogate pairs, which JSON can spell and UTF-8 cannot."""
    if text.isascii():
        return text
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _fingerprint(labels: Mapping[str, str]) -> str:
    ordered = json.dumps(labels, sort_keys=True).encode()
    return hashlib.blake2b(ordered, digest_size=8).hexdigest()
