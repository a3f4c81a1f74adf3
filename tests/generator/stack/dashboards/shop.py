"""A dashboard of an invented stack: every kind of panel once."""

from alerts.shop import MAX_MISSES, ShopDown, ShopMisses, misses

from exporters.catalog import cache
from generator.annotations import Annotation, firing
from generator.panels import Dashboard, Query, Variable, bars, pie, stat, timeseries

service = Variable("service", cache.up)
instance = Variable("instance", cache.up)

dashboard = Dashboard(
    "Shop",
    "Is the shop open?",
    variables=[service, instance],
    annotations=[
        firing(service, instance),
        Annotation("Young", f"{cache.uptime_seconds(service, instance)} < 60", "{{instance}}"),
    ],
    rows={
        "Is it open?": [
            stat(
                "Open",
                f"sum({cache.up(service, instance)})",
                line=1,
                bad="below",
                help="Shops that answer.",
                alerts=[ShopDown],
            ),
            pie(
                "Reads",
                Query(
                    f"sum(increase({cache.hits_total(service, instance)}[$__range]))", legend="hits"
                ),
                Query(
                    f"sum(increase({cache.misses_total(service, instance)}[$__range]))",
                    legend="misses",
                ),
                help="What became of reads.",
            ),
            timeseries(
                "Misses",
                Query(misses(service, instance), legend="{{instance}}"),
                unit="ops",
                line=MAX_MISSES,
                help="The line is where we alert.",
                alerts=[ShopMisses],
            ),
        ],
        "What does it do?": [
            bars(
                "Commands",
                Query(
                    f"""
                    sum by (command) (
                      rate({cache.commands_total(service, instance)}[$__rate_interval])
                    )
                    """,
                    legend="{{command}}",
                ),
                unit="ops",
                help="What is sold.",
            ),
        ],
    },
)
