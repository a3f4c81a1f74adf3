"""Asks pg_settings: every setting that is a number or a switch."""

from exporters.catalog import postgres
from exporters.reading import Reading

READINGS = (
    Reading(
        """
        SELECT name, CASE
          WHEN vartype = 'bool' THEN (setting = 'on')::int
          -- Below zero means off, whatever the unit.
          WHEN setting::numeric < 0 THEN setting::numeric
          ELSE setting::numeric * CASE
            WHEN unit = 'us' THEN 0.000001
            WHEN unit = 'ms' THEN 0.001
            WHEN unit = 'min' THEN 60
            WHEN unit = 'h' THEN 3600
            WHEN unit = 'd' THEN 86400
            WHEN unit = 'B' THEN 1
            WHEN unit ~ '^[0-9].*B$' THEN pg_size_bytes(unit)
            WHEN unit ~ 'B$' THEN pg_size_bytes('1' || unit)
            ELSE 1
          END
        END
        FROM pg_settings WHERE vartype IN ('bool', 'integer', 'real')
        """,
        labels=("setting",),
        families=(postgres.setting,),
    ),
)
