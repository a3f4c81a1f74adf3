"""What the business does: does anything happen, is anybody in the way, does it reach people?"""

from alerts.business import (
    MAX_IDLE_SECONDS,
    MAX_LOGINS_FAILED,
    MAX_TENANT_SHARE,
    BusinessIdle,
    BusinessQueryFailing,
    LoginsFailing,
    TenantNoisy,
    logins_failed_ratio,
    revenue,
)
from alerts.deliveries import (
    MAX_FAILED,
    MAX_WAITING,
    DeliveriesFailing,
    DeliveriesWaiting,
    failed_ratio,
)
from exporters.catalog import business, deliveries, scrape
from exporters.catalog.family import regex
from generator.annotations import firing
from generator.panels import Dashboard, Query, Variable, bars, stat, timeseries

service = Variable("service", business.objects)

idle = timeseries(
    "Time since it last happened",
    Query(
        f"time() - {business.last_event_timestamp_seconds(service)}",
        legend="{{service}} {{event}}",
    ),
    unit="s",
    line=MAX_IDLE_SECONDS,
    help="Sales, bookings, checks: what should never stop for long. The line is where we alert.",
    alerts=[BusinessIdle],
)

objects = bars(
    "What is kept",
    Query(business.objects(service), legend="{{service}} {{object}} {{state}}"),
    unit="short",
    help="Sites, invoices, appointments, risks, by state.",
)

overdue = timeseries(
    "Overdue",
    Query(business.objects_overdue(service), legend="{{service}} {{object}}"),
    unit="short",
    help="What is not done and whose date has passed. Worry when it grows from day to day.",
)

revenue_per_hour = timeseries(
    "Revenue per hour",
    Query(revenue(service), legend="{{service}} {{currency}}"),
    unit="short",
    help="What is paid in an hour, in units of the currency.",
)

users = stat(
    "Active users",
    f"sum({business.active_users(service)})",
    help="People who did something within the last day.",
)

tenants = timeseries(
    "Share of each tenant",
    Query(
        f"""
        {business.tenant_operations(service)}
          / ignoring (tenant) group_left ()
        (sum without (tenant) ({business.tenant_operations(service)}) > 0)
        """,
        legend="{{service}} {{tenant}}",
    ),
    unit="percentunit",
    line=MAX_TENANT_SHARE,
    help="Of what all tenants did within the last hour. The line is where we alert; tenants that "
    "are not told apart are together in other.",
    alerts=[TenantNoisy],
)

logins = timeseries(
    "Attempts to sign in that fail",
    Query(logins_failed_ratio(service), legend="{{service}}"),
    unit="percentunit",
    line=MAX_LOGINS_FAILED,
    help="Share of five minutes. The line is where we alert, if there are enough of them.",
    alerts=[LoginsFailing],
)

failing = timeseries(
    "Notifications that fail",
    Query(failed_ratio(service), legend="{{service}} {{channel}}"),
    unit="percentunit",
    line=MAX_FAILED,
    help="Share of a quarter of an hour, by channel. The line is where we alert.",
    alerts=[DeliveriesFailing],
)

waiting = timeseries(
    "Notifications that wait",
    Query(deliveries.notifications_waiting(service), legend="{{service}} {{channel}}"),
    unit="short",
    line=MAX_WAITING,
    help="Asked for, and not sent yet. The line is where we alert.",
    alerts=[DeliveriesWaiting],
)

delivery_time = timeseries(
    "Time to deliver",
    Query(deliveries.notification_delivery_seconds(service), legend="{{service}} {{channel}}"),
    unit="s",
    help="Mean of the last hour, from asking to delivery.",
)

answered = timeseries(
    "Queries that are answered",
    Query(
        scrape.collector_success(service, collector=regex("metrics[.].+")),
        legend="{{instance}} {{collector}}",
    ),
    unit="none",
    line=1,
    bad="below",
    help="1 while a query's last run succeeded; at 0 what it gave is about to vanish.",
    alerts=[BusinessQueryFailing],
)

age = timeseries(
    "Age of the answers",
    Query(
        scrape.collector_age_seconds(service, collector=regex("metrics[.].+")),
        legend="{{instance}} {{collector}}",
    ),
    unit="s",
    help="How old the numbers on this page are. Each query has an interval of its own.",
)


dashboard = Dashboard(
    "Business",
    "What the business does, system by system: choose a service.",
    links=("backups", "monitors", "outcomes"),
    variables=[service],
    annotations=[firing(service)],
    rows={
        "Does anything happen?": [idle, objects, overdue, revenue_per_hour, users],
        "Is anybody in the way?": [tenants, logins],
        "Does it reach people?": [failing, waiting, delivery_time],
        "Are these numbers fresh?": [answered, age],
    },
)
