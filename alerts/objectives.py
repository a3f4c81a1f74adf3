"""What we promise: `lightship` makes of each a budget, its alerts and a row of a dashboard."""

from exporters.catalog import cache, database, http, inbox, queue
from exporters.catalog.family import regex
from generator.drills import Scaled, Simulated
from generator.objectives import GOOGLE, Objective, availability, freshness, latency, ratio

# What is down pages within seconds by itself: its budget is for working hours.
BY_DAY = [rate for rate in GOOGLE if rate.severity == "warning"]

# Whoever is taken out of the configuration is no target that is down, and is missed all the same.
FORGOTTEN = Scaled("targets-forgotten")

# A service is what its users see, wherever it runs.
BY_SERVICE = ("service", "team")

requests = http.request_duration_seconds.count

# H8: fewer than one request in 2,000 ends in an error of ours.
HttpSuccess = Objective(
    promise="Requests are answered without an error of ours",
    target="99.95",
    indicator=ratio(bad=requests(status=regex("5..")), total=requests),
    by=BY_SERVICE,
    impact="Users see an error page instead of what they asked for.",
    drill=Scaled("http-errors"),
    absent_drill=FORGOTTEN,
)

# H8: p95 below half a second.
HttpLatency = Objective(
    promise="Requests are answered within half a second",
    target="95",
    indicator=latency(http.request_duration_seconds, 0.5),
    by=BY_SERVICE,
    impact="Users wait for pages, and some of them leave.",
    drill=Scaled("http-slow"),
    absent_drill=FORGOTTEN,
)

# T3: p99 below a second.
HttpTailLatency = Objective(
    promise="Requests are answered within a second",
    target="99",
    indicator=latency(http.request_duration_seconds, 1),
    by=BY_SERVICE,
    impact="Some users wait for so long that they try again, which makes it worse.",
    drill=Scaled("http-slow"),
    absent_drill=FORGOTTEN,
)

CacheAvailability = Objective(
    promise="The cache answers",
    target="99.9",
    indicator=availability(cache.up),
    burn_rates=BY_DAY,
    impact="Every read goes to the database while the cache does not answer: pages are slow.",
    drill=Scaled("cache-stopped"),
    absent_drill=FORGOTTEN,
)

DatabaseAvailability = Objective(
    promise="The database answers",
    target="99.9",
    indicator=availability(database.up),
    burn_rates=BY_DAY,
    impact="Whoever needs the database gets an error while it does not answer.",
    drill=Scaled("database-stopped"),
    absent_drill=FORGOTTEN,
)

QueueFreshness = Objective(
    promise="No job waits for longer than five minutes",
    target="99",
    indicator=freshness(queue.oldest_ready_job_age_seconds, 300, idle=queue.up),
    impact="What users have asked for is not done yet: mails, exports, payments.",
    drill=Scaled("jobs-old"),
    absent_drill=FORGOTTEN,
)

JobSuccess = Objective(
    promise="Jobs end well",
    target="99",
    indicator=ratio(bad=queue.jobs_failed_total, total=queue.jobs_processed_total),
    impact="What users have asked for was tried, and has failed.",
    drill=Scaled("jobs-failing"),
    absent_drill=FORGOTTEN,
)

PagePromptness = Objective(
    promise="What fires is in the inbox within a minute",
    target="99",
    indicator=latency(inbox.notification_latency_seconds, 60),
    impact="Whoever is on call hears of it late.",
    drill=Simulated("ten pages would have to be held up for a minute each"),
    absent_drill=FORGOTTEN,
)
