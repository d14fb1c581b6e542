"""Monitoring: alerts for Prometheus and dashboards for Grafana, both checked against a running worker."""
