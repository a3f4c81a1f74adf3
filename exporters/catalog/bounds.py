"""How many values labels take at most on one target: what the cost in series is estimated from."""

from collections.abc import Mapping

# Labels that are bounded together stand in one line: there are 100 tables, and not 100 of each
# database. Where an exporter keeps to a limit, the number is that limit.
MOST: Mapping[tuple[str, ...], int] = {
    ("alertmanager",): 4,
    ("cause",): 2,
    ("channel", "thread"): 8,
    ("class",): 10,
    ("class", "tenant"): 100,
    ("collector",): 12,
    ("command",): 250,
    ("database",): 50,
    ("database", "id", "statement"): 20,
    ("database", "table"): 100,
    ("database", "table", "index"): 20,
    ("direction",): 2,
    ("error",): 31,
    ("event",): 10,
    ("family",): 20,
    ("integration",): 20,
    ("integration", "receiver_name"): 40,
    ("kind",): 2,
    ("mode",): 8,
    ("operation",): 4,
    ("outcome",): 2,
    ("peer",): 4,
    ("place",): 2,
    ("product", "version", "role"): 1,
    ("reason",): 8,
    ("replica",): 20,
    ("run_id", "mode", "os", "eviction_policy"): 1,
    ("rule_group",): 100,
    ("setting",): 40,
    ("slot",): 20,
    ("state",): 6,
    ("system",): 1,
    ("system", "queue"): 100,
    ("version", "python"): 1,
    ("when",): 2,
}
