"""Laravel's failed jobs, where they are kept in PostgreSQL."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from exporters.settings import FailedJobs

# As the migration that comes with Laravel makes it.
TABLE = """
    CREATE TABLE {table} (
        id bigserial PRIMARY KEY, uuid varchar(255) UNIQUE, connection text, queue text,
        payload text, exception text, failed_at timestamp(0) DEFAULT CURRENT_TIMESTAMP)
"""
FILL = """
    INSERT INTO {table} (uuid, connection, queue)
    SELECT n, 'redis', 'tenant' || least(n, 150) FROM generate_series(1, 200) AS n
"""


def test_failed_jobs(
    start_database: Callable[..., Any],
    start_cache: Callable[..., Any],
    scraper: Callable[..., Any],
) -> None:
    """They are counted by queue, the most first, and the queues that are too many as one."""
    database, cache = start_database(), start_cache()
    statements = [text.format(table="public.failed_jobs") for text in (TABLE, FILL)]
    database.run(*statements, "GRANT SELECT ON public.failed_jobs TO monitor")
    target = database.target()
    failed_jobs = FailedJobs(target.url, password_file=target.password_file)
    page = scraper("laravel", cache.url, prefix="shop_", failed_jobs=failed_jobs)
    page.text()

    lines = [line for line in page.lines("queue_jobs{") if '"failed"' in line]
    assert len(lines) == 101
    assert 'queue_jobs{system="laravel",queue="tenant150",state="failed"} 51' in lines
    assert 'queue_jobs{system="laravel",queue="other",state="failed"} 50' in lines

    database.run(TABLE.format(table="orders_failed"), "ALTER TABLE orders_failed SET SCHEMA public")
    elsewhere = replace(failed_jobs, table="public.orders_failed")
    database.run("GRANT SELECT ON public.orders_failed TO monitor")
    page = scraper("laravel", cache.url, prefix="shop_", failed_jobs=elsewhere)
    page.text()
    assert not [line for line in page.lines("queue_jobs{") if '"failed"' in line]
