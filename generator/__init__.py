"""Definitions in, Grafana, Prometheus and Alertmanager files out."""
