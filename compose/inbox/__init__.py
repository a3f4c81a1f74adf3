"""The on-call inbox: what Alertmanager sent, kept before it is answered, and shown to a person."""
