"""Stand-ins for Slack, PagerDuty and a mail server: what each would have got, for people to see."""
