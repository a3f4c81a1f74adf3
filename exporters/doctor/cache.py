"""Does the cache help, does it fit?"""

from __future__ import annotations

from collections.abc import Iterator

from exporters.catalog import cache, classes
from exporters.catalog.family import Family
from exporters.diagnosis import Diagnosis, Table, Value
from exporters.doctor import Limits
from exporters.samples import Samples

_OVERALL = {
    "hit_ratio": "ratio",
    "hit_ratio_now": "ratio",
    "operations_per_second": "",
    "evictions_per_second": "",
    "clients": "",
}
_MEMORY = {"used": "bytes", "limit": "bytes", "resident": "bytes", "fragmentation": ""}
_KEYS = {"database": "", "keys": "", "expiring": ""}
_COMMANDS = {"command": "", "calls": "", "share": "ratio", "mean_duration": "seconds"}

_CLASSES = {"class": "", "hit_ratio": "ratio", "keys": "", "memory": "bytes", "ttl": "seconds"}
_TENANTS = {"class": "", "tenant": "", "hit_ratio": "ratio", "keys": "", "memory": "bytes"}

# How many commands are worth a line each.
_MOST_COMMANDS = 10


def examine(samples: Samples, limits: Limits, diagnosis: Diagnosis) -> None:
    """Add what the cache does, holds and is asked, and what is wrong with that."""
    if samples.total(cache.up) != 1:
        return
    diagnosis.tables += [
        Table("cache", _OVERALL, [_overall(samples)]),
        Table("memory", _MEMORY, [_memory(samples)]),
        Table("keys", _KEYS, list(_keys(samples))),
        Table("commands", _COMMANDS, list(_commands(samples))),
        Table("classes", _CLASSES, list(_classes(samples))),
        Table("tenants", _TENANTS, list(_tenants(samples))),
    ]
    _judge(samples, limits, diagnosis)
    _judge_classes(samples, limits, diagnosis)


def _overall(samples: Samples) -> list[Value]:
    return [
        _ratio(samples.total(cache.hits_total), samples.total(cache.misses_total)),
        _ratio(samples.rate(cache.hits_total), samples.rate(cache.misses_total)),
        samples.rate(cache.operations_total),
        samples.rate(cache.evictions_total),
        samples.total(cache.connections),
    ]


def _ratio(hits: float | None, misses: float | None) -> float | None:
    """Return the share of reads that were answered; None where nothing was read."""
    if hits is None or misses is None or hits + misses <= 0:
        return None
    return hits / (hits + misses)


def _memory(samples: Samples) -> list[Value]:
    return [
        samples.total(cache.memory_used_bytes),
        # 0 means that there is none.
        samples.total(cache.memory_limit_bytes) or None,
        samples.total(cache.memory_resident_bytes),
        samples.total(cache.memory_fragmentation_ratio),
    ]


def _keys(samples: Samples) -> Iterator[list[Value]]:
    for labels, count in samples.of(cache.keys):
        database = labels["database"]
        yield [database, count, samples.total(cache.keys_expiring, database=database)]


def _commands(samples: Samples) -> Iterator[list[Value]]:
    found = sorted(samples.of(cache.commands_total), key=lambda one: -one[1])
    calls = sum(count for _, count in found)
    for labels, count in found[:_MOST_COMMANDS]:
        seconds = samples.total(cache.commands_seconds_total, command=labels["command"])
        mean = seconds / count if count and seconds is not None else None
        yield [labels["command"], count, count / calls if calls else None, mean]


def _classes(samples: Samples) -> Iterator[list[Value]]:
    counted = {labels["class"] for labels, _ in samples.of(classes.class_hits_total)}
    looked = {labels["class"] for labels, _ in samples.of(classes.class_keys)}
    for name in sorted(counted | looked):
        of = {"class": name}
        yield [
            name,
            _ratio(
                samples.total(classes.class_hits_total, **of),
                samples.total(classes.class_misses_total, **of),
            ),
            samples.total(classes.class_keys, **of),
            samples.total(classes.class_memory_bytes, **of),
            samples.total(classes.class_ttl_seconds, **of),
        ]


def _tenants(samples: Samples) -> Iterator[list[Value]]:
    names = _named(samples, classes.tenant_hits_total) | _named(samples, classes.tenant_keys)
    for name, tenant in sorted(names):
        of = {"class": name, "tenant": tenant}
        yield [
            name,
            tenant,
            _ratio(
                samples.total(classes.tenant_hits_total, **of),
                samples.total(classes.tenant_misses_total, **of),
            ),
            samples.total(classes.tenant_keys, **of),
            samples.total(classes.tenant_memory_bytes, **of),
        ]


def _named(samples: Samples, family: Family) -> set[tuple[str, str]]:
    return {(labels["class"], labels["tenant"]) for labels, _ in samples.of(family)}


def _judge(samples: Samples, limits: Limits, diagnosis: Diagnosis) -> None:
    hits, misses = samples.total(cache.hits_total) or 0, samples.total(cache.misses_total) or 0
    reads_per_second = (hits + misses) / (samples.total(cache.uptime_seconds) or 1)
    ratio = _ratio(hits, misses)
    # A few reads say nothing about a ratio.
    enough = reads_per_second >= limits("cache_reads_per_second_min", 1)
    if enough and ratio is not None and ratio < (least := limits("cache_hit_ratio_min", 0.75)):
        todo = "see what is asked for and not there, and for how long values are kept"
        diagnosis.complain(f"{ratio:.1%} of reads were answered; at least {least:.1%} should", todo)
    used, most = samples.total(cache.memory_used_bytes), samples.total(cache.memory_limit_bytes)
    if used and most and used / most > (share := limits("cache_memory_ratio_max", 0.85)):
        todo = "raise maxmemory, or keep less"
        diagnosis.complain(f"{used / most:.1%} of the memory is used; {share:.1%} may be", todo)


def _judge_classes(samples: Samples, limits: Limits, diagnosis: Diagnosis) -> None:
    least = limits("cache_class_hit_ratio_min", 0.7)
    uptime = samples.total(cache.uptime_seconds) or 1
    for labels, hits in samples.of(classes.class_hits_total):
        misses = samples.total(classes.class_misses_total, **labels) or 0
        enough = (hits + misses) / uptime >= limits("cache_class_reads_per_second_min", 0.1)
        ratio = _ratio(hits, misses)
        if enough and ratio is not None and ratio < least:
            what = f"{ratio:.1%} of reads of {labels['class']} were answered"
            diagnosis.complain(
                f"{what}; at least {least:.1%} should", "see whether it is worth its memory"
            )
