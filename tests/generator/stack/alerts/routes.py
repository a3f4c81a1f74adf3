"""Who is told in the invented stack."""

from exporters.catalog.family import differs, regex
from generator.routes import Inhibition, Receiver, Route, Routing, Tells

everyone = Receiver("everyone")
page = Receiver("page")

routing = Routing(
    root=Route(
        to=everyone,
        group_by=("alertname",),
        routes=[
            Route(
                to=page,
                match={"severity": "critical", "service": regex("shop|till"), "job": differs("x")},
                wait="5s",
                interval="10s",
                repeat="1h",
            )
        ],
    ),
    inhibitions=[
        Inhibition(
            name="down explains misses",
            cause={"alertname": "ShopDown"},
            symptom={"alertname": "ShopMisses"},
            equal=("instance",),
        )
    ],
    tells=[
        Tells("ShopDown", page, {"service": "shop"}),
        Tells("ShopDown", everyone, {"service": "bakery"}),
        Tells("ShopMisses", everyone),
    ],
)
