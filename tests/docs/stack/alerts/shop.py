from exporters.catalog import cache
from generator.rules import Alert

ShopDown = Alert(
    expr=f"{cache.up} == 0",
    for_="1m",
    severity="critical",
    summary="{{ $labels.instance }} is down",
    description="Nothing is sold.",
)

ShopSlow = Alert(
    expr=f"{cache.connections_blocked} > 9",
    for_="1m",
    severity="warning",
    summary="{{ $labels.instance }} is slow",
    description="Customers leave.",
)
