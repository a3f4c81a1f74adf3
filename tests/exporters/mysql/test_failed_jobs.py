"""Laravel's failed jobs, where they are kept in MariaDB."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from exporters.settings import FailedJobs

# As the migration that comes with Laravel makes it.
TABLE = """
    CREATE TABLE shop.failed_jobs (
        id bigint unsigned NOT NULL AUTO_INCREMENT PRIMARY KEY, uuid varchar(255) UNIQUE,
        connection text, queue text, payload longtext, exception longtext,
        failed_at timestamp NOT NULL DEFAULT CURRENT_TIMESTAMP)
"""
FILL = """
    INSERT INTO shop.failed_jobs (uuid, connection, queue)
    SELECT seq, 'redis', IF(seq < 3, 'mail', 'web') FROM seq_1_to_5
"""


def test_failed_jobs(
    start_database: Callable[..., Any],
    start_cache: Callable[..., Any],
    scraper: Callable[..., Any],
) -> None:
    """They are counted by queue, by an account that may read that one table."""
    database, cache = start_database(), start_cache()
    database.run(TABLE, FILL, "GRANT SELECT ON shop.failed_jobs TO monitor@localhost")
    target = database.target()
    failed_jobs = FailedJobs(target.url, password_file=target.password_file)
    page = scraper("laravel", cache.url, prefix="shop_", failed_jobs=failed_jobs)
    page.text()

    assert [line for line in page.lines("queue_jobs{") if '"failed"' in line] == [
        'queue_jobs{system="laravel",queue="web",state="failed"} 3',
        'queue_jobs{system="laravel",queue="mail",state="failed"} 2',
    ]
