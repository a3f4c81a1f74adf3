"""Who is told: pages for what cannot wait, tickets for the rest, the inbox always."""

from generator.routes import Inhibition, Inhibits, Receiver, Route, Routing, Tells

# The settings file says what page and ticket are: a pager, a channel, a mailbox.
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
            # Whoever tries the path out, as `lightship up` does, is waiting for it.
            Route(to=inbox, match={"drill": "true"}, wait="0s", interval="5s"),
            Route(to=page, match={"severity": "critical"}, wait="5s", interval="10s", repeat="1h"),
            Route(to=ticket, match={"severity": "warning"}),
        ],
    ),
    inhibitions=[
        Inhibition(
            name="a server that is down is not full",
            cause={"alertname": "SessionsDown"},
            symptom={"alertname": "SessionsNearLimit"},
            equal=("instance",),
        ),
    ],
    # What all of this comes to, alert by alert: `lightship check` compares.
    tells=[
        Tells("SessionsDown", page),
        Tells("SessionsNearLimit", ticket),
        Tells("TargetDown", page),
        Tells(None, inbox, {"drill": "true", "severity": "critical"}),
        Tells(None, inbox, {"severity": "info"}),
    ],
    inhibits=[Inhibits("SessionsDown", "SessionsNearLimit")],
)
