"""Who is told in the invented stack."""

from exporters.catalog.family import differs, regex
from generator.intervals import TimeInterval
from generator.routes import Inhibition, Inhibits, Receiver, Route, Routing, Tells

working = TimeInterval(
    name="working hours",
    weekdays=("monday:friday",),
    times=("08:00-12:00", "13:00-17:30"),
    location="Europe/Berlin",
)

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
                continue_=True,
            ),
            Route(
                to=everyone,
                match={"severity": "critical", "service": "till"},
                mute=[working],
            ),
            Route(to=everyone, match={"severity": "info"}, active=[working]),
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
        Tells("ShopDown", page, {"service": "till"}, within=working),
        Tells("ShopDown", [page, everyone], {"service": "till"}, outside=working),
        Tells("ShopMisses", everyone),
        Tells(None, everyone, {"severity": "info"}, within=working),
        Tells(None, (), {"severity": "info"}, outside=working),
    ],
    inhibits=[Inhibits("ShopDown", "ShopMisses")],
)
