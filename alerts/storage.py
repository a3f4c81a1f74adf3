"""Alerts for what the database keeps: does it fit, and how long will it last?"""

from alerts.database import DatabaseDown
from exporters.catalog import database, postgres
from generator.drills import Scaled, Simulated
from generator.rules import Alert, Example, Limit, Reading, Vanished, record

# A disk of a few hundred gigabytes lasts for months at this pace.
MAX_GROWTH_BYTES = Limit("database_growth_bytes_per_day_max", 1_000_000_000)

# U6: a quarter of what is written at this time of the week is no quiet day any more.
MIN_GROWTH_RATIO = Limit("database_growth_ratio_min", 0.25)

# What grows by less than this may as well not grow for some hours.
MIN_USUAL_GROWTH_BYTES = Limit("database_growth_usual_bytes_per_day_min", 10_000_000)

# What the disk holds is not the database's to know: who has more room says so.
MAX_SIZE_BYTES = Limit("database_size_bytes_max", 100_000_000_000)

# U6: time enough to order a disk, or to find out what should have been deleted.
MIN_DAYS_LEFT = Limit("database_days_left_min", 14)

# Beyond half of the transaction ids vacuum has not done its work for a long time.
MAX_WRAPAROUND_RATIO = Limit("database_wraparound_ratio_max", 0.5)

# How many transaction ids there are before old and new ones could be confused.
TRANSACTION_IDS = 2**31


growth = record(
    "instance:database_growth_bytes_per_day:delta6h",
    "How much all databases together grow in a day, by the last six hours.",
    f"sum without (database) (delta({database.size_bytes}[6h])) * 4",
    tests=[
        Reading(
            "one database grows by 36 bytes in six hours, another loses 9; both did more before",
            given={
                database.size_bytes(instance="a", database="d"): "0+9x36 324+1x72",
                database.size_bytes(instance="a", database="e"): "900-9x36 576-0.25x72",
            },
            interval="10m",
            at="15h",
            reads={'{instance="a"}': 108},
        ),
    ],
)

usual_growth = record(
    "instance:database_growth_bytes_per_day:min2w",
    "What the databases grew by at this time of the last two weeks, in the quieter of them; absent "
    "until both are known.",
    f"""
    {growth} offset 1w < ({growth} offset 2w)
      or
    {growth} offset 2w and {growth} offset 1w
    """,
    tests=[
        Reading(
            "the last week was quieter than the one before; elsewhere it was busier; and one is "
            "known for ten days",
            given={
                growth(instance="a"): "30x167 20x167 90x20",
                growth(instance="b"): "20x167 30x167 90x20",
                growth(instance="c"): "_x100 20x250",
            },
            interval="1h",
            at="14d2h",
            reads={'{instance="a"}': 20, '{instance="b"}': 20},
        ),
    ],
)

days_left = record(
    "instance:database_days_left:delta6h",
    "Days until all databases together are as large as they may be, at the pace of the last six "
    "hours; absent while they do not grow.",
    f"""
    ({MAX_SIZE_BYTES} - sum without (database) ({database.size_bytes}))
      /
    ({growth} > 0)
    """,
    tests=[
        Reading(
            "two databases hold ten billion together, and grow by three a day",
            given={
                database.size_bytes(instance="a", database="d"): "4e9x600",
                database.size_bytes(instance="a", database="e"): "6e9x600",
                growth(instance="a"): "3e9x600",
            },
            at="10m",
            reads={'{instance="a"}': 30},
        ),
        Reading(
            "one shrinks, another stays as it is",
            given={
                database.size_bytes(instance="a", database="d"): "4e9x20",
                growth(instance="a"): "-1e9x20",
                database.size_bytes(instance="b", database="d"): "4e9x20",
                growth(instance="b"): "0x20",
            },
            at="10m",
            reads={},
        ),
    ],
)

wraparound_ratio = record(
    "instance:postgres_wraparound_ratio:max",
    "Share of the transaction ids in use, in the database that has used most of them.",
    f"max without (database) ({postgres.transaction_ids_age}) / {TRANSACTION_IDS}",
    tests=[
        Reading(
            "one database has used a quarter of them, another an eighth",
            given={
                postgres.transaction_ids_age(instance="a", database="d"): "536870912x5",
                postgres.transaction_ids_age(instance="a", database="e"): "268435456x5",
            },
            at="5m",
            reads={'{instance="a"}': 0.25},
        ),
    ],
)

DatabaseGrowthHigh = Alert(
    expr=f"{growth} > {MAX_GROWTH_BYTES}",
    for_="1h",
    severity="warning",
    summary="Database {{ $labels.instance }} grows by {{ $value | humanize }}B a day",
    description="Faster than it is meant to: something writes more, or nothing is deleted.",
    drill=Scaled("database-grown"),
    tests=[
        Example(
            "it grows by 2 GB a day for twelve hours, and then no more",
            # 2 GB a day are 14 MB in ten minutes.
            given={database.size_bytes(instance="a", database="d"): "0+14000000x72 1008000000x72"},
            interval="10m",
            silent_at="3h50m",
            fires_at="4h",
            gone_at="15h10m",
            says="Database a grows by 1.372GB a day",
            labels={"instance": "a"},
        ),
        Vanished(
            "the database stops answering while it grows: perhaps its disk is full",
            given={
                database.size_bytes(instance="a", database="d"): "0+14000000x72 stale",
                database.up(instance="a"): "1x72 0x72",
            },
            interval="10m",
            at="20h",
            instead=DatabaseDown,
        ),
    ],
)

DatabaseGrowthLow = Alert(
    expr=f"""
    {growth} < {MIN_GROWTH_RATIO} * ({usual_growth} > {MIN_USUAL_GROWTH_BYTES})
    """,
    for_="1h",
    severity="warning",
    summary="Database {{ $labels.instance }} grows by {{ $value | humanize }}B a day, far less "
    "than usual",
    description=f"Less than {MIN_GROWTH_RATIO:.0%} of what it grew by at this time of the last two "
    "weeks: whatever writes it stands still, or its users are elsewhere.",
    drill=Simulated("nothing in the demo has grown for two weeks"),
    tests=[
        Example(
            "it grows by a quarter of the usual, then less, until whatever writes it is restarted",
            given={
                growth(instance="a"): "5e6x20 4.9e6x10 20e6x10",
                usual_growth(instance="a"): "20e6x41",
            },
            interval="10m",
            silent_at="4h20m",
            fires_at="4h30m",
            gone_at="5h20m",
            says="Database a grows by 4.9MB a day, far less than usual",
            labels={"instance": "a"},
        ),
        Example(
            "another has never grown by much, and does not grow; one that does stands still",
            given={
                growth(instance="a"): "0x40",
                usual_growth(instance="a"): "10e6x40",
                growth(instance="b"): "20e6x10 0x10 20e6x20",
                usual_growth(instance="b"): "10.1e6x40",
            },
            interval="10m",
            silent_at="2h40m",
            fires_at="2h50m",
            gone_at="3h40m",
            says="Database b grows by 0B a day, far less than usual",
            labels={"instance": "b"},
        ),
        Vanished(
            "the database stops answering, and grows no more for that reason",
            given={
                database.size_bytes(instance="a", database="d"): "1e9x60 stale",
                usual_growth(instance="a"): "20e6x120",
                database.up(instance="a"): "1x60 0x60",
            },
            interval="10m",
            at="18h",
            instead=DatabaseDown,
        ),
    ],
)

DatabaseFullSoon = Alert(
    expr=f"{days_left} < {MIN_DAYS_LEFT}",
    for_="1h",
    severity="warning",
    summary="Database {{ $labels.instance }} reaches its limit in "
    '{{ $value | printf "%.1f" }} days',
    description=f"At the pace of the last six hours it is then larger than {MAX_SIZE_BYTES:.0f} "
    "bytes. A database without room on its disk stops.",
    drill=Scaled("database-grown"),
    tests=[
        Example(
            "it grows by 5 GB a day from 30 GB on, until everything old is deleted",
            # 70 GB are left, 14 days at this pace; a little later it is less.
            given={
                database.size_bytes(instance="a", database="d"): "30e9+0x43 30e9x60 30e9-1e8x20",
                growth(instance="a"): "4.99e9x20 5.01e9x20 4e9x10 -1e9x20",
            },
            interval="10m",
            silent_at="4h20m",
            fires_at="4h40m",
            gone_at="7h10m",
            says="Database a reaches its limit in 14.0 days",
            labels={"instance": "a"},
        ),
        Vanished(
            "the database stops answering before it is full, perhaps because it is",
            given={
                database.size_bytes(instance="a", database="d"): "95e9x30 stale",
                growth(instance="a"): "5e9x30 stale",
                database.up(instance="a"): "1x30 0x30",
            },
            interval="10m",
            at="8h",
            instead=DatabaseDown,
        ),
    ],
)

DatabaseWraparoundNear = Alert(
    expr=f"{wraparound_ratio} > {MAX_WRAPAROUND_RATIO}",
    for_="10m",
    severity="critical",
    summary="Database {{ $labels.instance }} has used {{ $value | humanizePercentage }} of its "
    "transaction ids",
    description="Vacuum does not free them. When they run out the database refuses every write.",
    drill=Simulated("a thousand million transactions take days"),
    tests=[
        Example(
            "the oldest row of one database is not frozen until half of the ids are used",
            given={
                postgres.transaction_ids_age(
                    instance="a", database="d"
                ): "1073741000+100x20 200x10",
                postgres.transaction_ids_age(instance="a", database="e"): "200x30",
            },
            silent_at="18m",
            fires_at="19m",
            gone_at="21m",
            says="Database a has used 50% of its transaction ids",
            labels={"instance": "a"},
        ),
        Vanished(
            "the database stops answering with most of its ids used",
            given={
                postgres.transaction_ids_age(instance="a", database="d"): "1900000000x20 stale",
                database.up(instance="a"): "1x20 0x20",
            },
            at="30m",
            instead=DatabaseDown,
        ),
    ],
)
