"""Dashboards drawn where there is no Grafana: from its own JSON and from Prometheus' answers."""
