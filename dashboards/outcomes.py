"""What all of it is for: are people content, do they stay, do they use what was made?"""

from exporters.catalog import outcomes
from generator.annotations import firing
from generator.panels import Dashboard, Query, Variable, timeseries

# A8: what was promised to whoever pays for it.
MIN_SATISFACTION = 8.5
MAX_ABANDONMENT = 0.05
MAX_SLOW_TICKETS = 1
MIN_ADOPTION = 0.9

service = Variable("service", outcomes.satisfaction_score)

satisfaction = timeseries(
    "Satisfaction",
    Query(outcomes.satisfaction_score(service), legend="{{service}}"),
    unit="none",
    line=MIN_SATISFACTION,
    bad="below",
    help="Mean answer of the last 30 days, from 0 to 10. The line is the target.",
)

abandonment = timeseries(
    "Visits that are broken off",
    Query(outcomes.abandonment_ratio(service), legend="{{service}}"),
    unit="percentunit",
    line=MAX_ABANDONMENT,
    help="Before the page was there, of the last day's. The line is the target.",
)

tickets = timeseries(
    "Tickets that say slow",
    Query(outcomes.slow_tickets(service), legend="{{service}}"),
    unit="short",
    line=MAX_SLOW_TICKETS,
    help="Of the last 30 days. The line is the target.",
)

adoption = timeseries(
    "Features in use",
    Query(outcomes.adoption_ratio(service), legend="{{feature}}"),
    unit="percentunit",
    line=MIN_ADOPTION,
    bad="below",
    help="Share of the active users that used each within the last day. The line is the target.",
)

staff = timeseries(
    "Appointments by staff",
    Query(outcomes.staff_appointments(service), legend="{{staff}}"),
    unit="short",
    help="Kept within the last day, by id; those with the most.",
)

compliance = timeseries(
    "Policies kept",
    Query(outcomes.compliance_ratio(service), legend="{{policy}}"),
    unit="percentunit",
    help="Share of the last day's cases.",
)


dashboard = Dashboard(
    "Outcomes",
    "What all of it is for: are people content, do they stay, do they use what was made?",
    links=("business",),
    variables=[service],
    annotations=[firing(service)],
    rows={
        "Are people content?": [satisfaction, tickets],
        "Do they stay?": [abandonment, adoption],
        "Is it done well?": [staff, compliance],
    },
)
