"""What all of it is for: are people content, do they stay, do they use what was made?"""

from exporters.catalog.family import gauge

satisfaction_score = gauge(
    "business_satisfaction_score",
    "Mean answer of the last 30 days to how content people are, from 0 to 10.",
    source="SQL",
)

abandonment_ratio = gauge(
    "business_abandonment_ratio",
    "Share of the last day's visits that ended before the page was there.",
    unit="ratio",
    source="SQL",
)

slow_tickets = gauge(
    "business_slow_tickets",
    "Support tickets of the last 30 days that say that something is slow.",
    source="SQL",
)

adoption_ratio = gauge(
    "business_adoption_ratio",
    "Share of the active users that used a feature within the last day.",
    unit="ratio",
    labels=("feature",),
    source="SQL",
)

staff_appointments = gauge(
    "business_staff_appointments",
    "Appointments that a member of staff kept within the last day, by id; the busiest.",
    labels=("staff",),
    source="SQL",
)

compliance_ratio = gauge(
    "business_compliance_ratio",
    "Share of the last day's cases in which a policy was kept.",
    unit="ratio",
    labels=("policy",),
    source="SQL",
)
