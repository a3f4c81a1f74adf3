"""What a business counts: queries of the settings feed these families from its databases."""

from exporters.catalog.family import counter, gauge

objects = gauge(
    "business_objects",
    "What a business keeps, by kind and state: sites, invoices, appointments, risks.",
    labels=("object", "state"),
    source="SQL",
)

objects_overdue = gauge(
    "business_objects_overdue",
    "What is not done and whose date has passed, by kind; 0 while everything is in time.",
    labels=("object",),
    source="SQL",
)

last_event_timestamp_seconds = gauge(
    "business_last_event_timestamp_seconds",
    "When something last happened, in Unix time: a sale, a booking, a check.",
    unit="seconds",
    labels=("event",),
    source="SQL",
)

revenue_total = counter(
    "business_revenue_total",
    "What was paid so far, in units of the currency.",
    labels=("currency",),
    source="SQL",
)

active_users = gauge(
    "business_active_users",
    "People who did something within the last day.",
    source="SQL",
)

tenant_operations = gauge(
    "business_tenant_operations",
    "What each tenant did within the last hour, by its id; the busiest are told apart.",
    labels=("tenant",),
    source="SQL",
)

logins_total = counter(
    "business_logins_total",
    "Attempts to sign in, by outcome: succeeded or failed.",
    labels=("outcome",),
    source="SQL",
)
