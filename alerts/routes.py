"""Who is told: by severity, the inbox always, the cause before its symptoms."""

from exporters.catalog.family import differs, regex
from generator.routes import Inhibition, Inhibits, Receiver, Route, Routing, Tells

inbox = Receiver("inbox")
page = Receiver("page")
ticket = Receiver("ticket")

routing = Routing(
    root=Route(
        to=inbox,
        group_by=("alertname", "service"),
        wait="30s",
        interval="1m",
        repeat="12h",
        routes=[
            # What must never stop coming: where `repeat` is no less than `interval`, Alertmanager
            # leaves out every second message.
            Route(
                to=inbox,
                match={"alertname": "Watchdog"},
                wait="0s",
                interval="10s",
                repeat="9s",
            ),
            # Whoever tries the path out is waiting for it.
            Route(
                to=inbox,
                match={"drill": "true"},
                wait="0s",
                interval="5s",
                repeat="1h",
            ),
            # A page waits just long enough for the rest of its group.
            Route(
                to=page,
                match={"severity": "critical"},
                wait="5s",
                interval="10s",
                repeat="1h",
            ),
            Route(
                to=ticket,
                match={"severity": "warning"},
                wait="30s",
                interval="1m",
                repeat="12h",
            ),
        ],
    ),
    inhibitions=[
        Inhibition(
            name="a cache that is down has no hit ratio",
            cause={"alertname": "CacheDown"},
            symptom={"alertname": "CacheHitRatioLow"},
            equal=("instance",),
        ),
        Inhibition(
            name="a queue that nobody serves is stuck for that reason",
            cause={"alertname": "QueueWorkersGone"},
            symptom={"alertname": "QueueStuck"},
            equal=("instance", "queue"),
        ),
        Inhibition(
            name="a Horizon that does not run serves no queue, and all of them fill",
            cause={"alertname": "HorizonNotRunning"},
            symptom={"alertname": regex("QueueWorkersGone|QueueStuck|QueueDepthHigh")},
            equal=("instance",),
        ),
        Inhibition(
            name="a database that is down has no mean query",
            cause={"alertname": "DatabaseDown"},
            symptom={"alertname": "DatabaseQueriesSlow"},
            equal=("instance",),
        ),
        Inhibition(
            name="exporters that are down explain every target behind them",
            cause={"alertname": "TargetDown", "instance": "exporters"},
            symptom={"alertname": "TargetDown", "service": differs("lightship")},
            equal=(),
        ),
    ],
    # What all of this comes to, alert by alert: `lightship check` compares.
    tells=[
        Tells("ApplicationJobsFailing", ticket),
        Tells("HttpErrorsHigh", page),
        Tells("HttpLatencyHigh", page),
        Tells("AlertsNotSent", page),
        Tells("CacheClassHitRatioLow", ticket),
        Tells("CacheConnectionsRejected", page),
        Tells("CacheDown", page),
        Tells("CacheEvicting", ticket),
        Tells("CacheHitRatioLow", ticket),
        Tells("CacheMemoryFragmented", ticket),
        Tells("CacheMemoryNearLimit", page),
        Tells("CachePersistenceFailing", page),
        Tells("CacheWarmingOverdue", ticket),
        Tells("CacheWritesRefused", page),
        Tells("ClockSkewed", page),
        Tells("ConfigurationRefused", ticket),
        Tells("DatabaseConfiguredQueryScans", ticket),
        Tells("DatabaseConfiguredQuerySlow", ticket),
        Tells("DatabaseConnectionsHigh", ticket),
        Tells("DatabaseDeadlocks", ticket),
        Tells("DatabaseDown", page),
        Tells("DatabaseGrowthHigh", ticket),
        Tells("DatabaseLocksWaiting", ticket),
        Tells("DatabaseQueriesSlow", ticket),
        Tells("DatabaseRowsOld", ticket),
        Tells("DatabaseTransactionOld", ticket),
        Tells("DatabaseWraparoundNear", page),
        Tells("InboxNotStoring", page),
        Tells("NotificationsFailing", page),
        Tells("PrometheusStorageFailing", page),
        Tells("HorizonNotRunning", page),
        Tells("HorizonPaused", ticket),
        Tells("QueueDepthHigh", ticket),
        Tells("QueueFailedJobs", ticket),
        Tells("QueueSourceDown", page),
        Tells("QueueStuck", page),
        Tells("QueueWorkersGone", page),
        Tells("RuleFailing", page),
        Tells("RulesLate", ticket),
        Tells("StackDiskNearlyFull", page),
        Tells("TargetDown", page),
        Tells("Watchdog", inbox),
        Tells(None, inbox, {"drill": "true", "severity": "critical"}),
        Tells(None, inbox, {"severity": "info"}),
    ],
    inhibits=[
        Inhibits("CacheDown", "CacheHitRatioLow"),
        Inhibits("DatabaseDown", "DatabaseQueriesSlow"),
        Inhibits("HorizonNotRunning", "QueueDepthHigh"),
        Inhibits("HorizonNotRunning", "QueueStuck"),
        Inhibits("HorizonNotRunning", "QueueWorkersGone"),
        Inhibits("QueueWorkersGone", "QueueStuck"),
        Inhibits(
            "TargetDown",
            "TargetDown",
            {"instance": "exporters", "service": "lightship"},
            {"instance": "demo-cache", "service": "shop"},
        ),
    ],
)
