"""Dashboards for Grafana, made from a table: `python -m deploy.monitoring.dashboards` writes them beside this file."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Final, NamedTuple

FOLDER: Final = Path(__file__).parent / "dashboards"
_WIDTH: Final = 12
_HEIGHT: Final = 8


class Panel(NamedTuple):
    """A panel: its title, what it asks of Prometheus, and the unit as Grafana names it."""

    title: str
    expr: str
    unit: str = "short"
    legend: str = ""


def _share(metric: str, within: str) -> str:
    """Return the part of what a histogram counted that was done within a limit, over the time of an objective."""
    part, whole = f'{metric}_bucket{{le="{within}"}}', f"{metric}_count"
    return f"sum by (installation) (increase({part}[28d])) / sum by (installation) (increase({whole}[28d]))"


DASHBOARDS: Final[dict[str, tuple[str, tuple[Panel, ...]]]] = {
    "accord-work": (
        "Accord: what is decided",
        (
            Panel(
                "Decisions a minute", "sum by (installation, act) (rate(accord_decisions[5m])) * 60", legend="{{act}}"
            ),
            Panel(
                "Refusals a minute, by kind",
                'sum by (installation, outcome) (rate(accord_decisions{outcome!="done"}[5m])) * 60',
                legend="{{outcome}}",
            ),
            Panel("Since when the oldest mail waits", "max by (installation) (accord_mail_waits_seconds)", "s"),
            Panel("Mails that wait for a person", "max by (installation) (accord_mail_exceptions)"),
            Panel(
                "Since when the oldest event waits for its endpoint",
                "max by (installation, endpoint) (accord_webhook_waits_seconds)",
                "s",
                "{{endpoint}}",
            ),
            Panel(
                "Endpoints that are stopped",
                "max by (installation, endpoint) (accord_webhook_stopped)",
                legend="{{endpoint}}",
            ),
            Panel(
                "Since when a grantee's submission waits for its seal",
                "max by (installation) (accord_submissions_unsealed_seconds)",
                "s",
            ),
            Panel(
                "Since when the oldest paper of the door waits",
                "max by (installation) (accord_door_papers_wait_seconds)",
                "s",
            ),
            Panel("Holds placed a day", "sum by (installation, act) (increase(accord_holds[1d]))", legend="{{act}}"),
            Panel("Partnerships for which an operator must act", "max by (installation) (accord_partnerships_stopped)"),
        ),
    ),
    "accord-processes": (
        "Accord: processes",
        (
            Panel("Ready", "max by (installation, process) (accord_up)", legend="{{process}}"),
            Panel(
                "Age of the newest whole checkpoint",
                "time() - max by (installation) (accord_checkpoint_at_seconds)",
                "s",
            ),
            Panel("Age of the newest backup", "time() - max by (installation) (accord_backup_at_seconds)", "s"),
            Panel("Age of the newest drill", "time() - max by (installation) (accord_drill_at_seconds)", "s"),
        ),
    ),
    "accord-workers": (
        "Accord: workers",
        (
            Panel("Tasks that wait", "max by (installation, queue) (accord_queue_backlog)", legend="{{queue}}"),
            Panel(
                "Workflow tasks that failed",
                "sum by (installation) (increase(temporal_workflow_task_execution_failed[5m]))",
            ),
            Panel("Partnerships without a workflow", "max by (installation) (accord_partnerships_missing)"),
            Panel("Workflows paused by an operator", "max by (installation) (accord_workflows_paused)"),
            Panel("Workflows ahead of the ledger", "max by (installation) (accord_partnerships_ahead)"),
        ),
    ),
    "accord-ledger": (
        "Accord: the ledger",
        (
            Panel("Events", "max by (installation) (accord_events)"),
            Panel(
                "Append, 99 of 100 within",
                "histogram_quantile(0.99, sum by (installation, le) (rate(accord_append_seconds_bucket[5m])))",
                "s",
            ),
            Panel("Events that lists lack", "max by (installation) (accord_read_models_behind)"),
            Panel(
                "Since when lists lack the oldest of them",
                "max by (installation) (accord_read_models_age_seconds)",
                "s",
            ),
            Panel("Unreadable events that freeze people", "max by (installation) (accord_directory_unjudged)"),
        ),
    ),
    "accord-objectives": (
        "Accord: objectives over 28 days",
        (
            Panel("Appends within half a second (99.5 of 100)", _share("accord_append_seconds", "0.5"), "percentunit"),
            Panel(
                "Workflow tasks taken within a second (99.5 of 100)",
                _share("temporal_workflow_task_schedule_to_start_latency", "1000"),
                "percentunit",
            ),
        ),
    ),
    "accord-money": (
        "Accord: payments and registers",
        (
            Panel("Payments withheld a day", "sum by (installation) (increase(accord_payments_withheld[1d]))"),
            Panel("Payments of which the bank says nothing", "max by (installation) (accord_payments_unanswered)"),
            Panel("The bank's words that wait for a person", "max by (installation) (accord_exceptions_open)"),
            Panel("Statements of account that are missing", "max by (installation) (accord_statement_breaks)"),
            Panel("Entries of the bank that nothing explains", "max by (installation) (accord_entries_overdue)"),
            Panel("Days since the oldest of them was booked", "max by (installation) (accord_entry_days)"),
            Panel("Sums that funds promised and cannot pay", "max by (installation) (accord_funds_uncovered)"),
            Panel("Days on which sides differ", "max by (installation) (accord_attestation_differing_days)"),
            Panel("Age of the newest attestation", "time() - max by (installation) (accord_attested_at_seconds)", "s"),
            Panel("Age of the export judged", "time() - max by (installation) (accord_shadow_export_at_seconds)", "s"),
            Panel("Columns that the export lacks", "max by (installation) (accord_shadow_missing_columns)"),
            Panel("Exports that cannot be judged", "max by (installation) (accord_shadow_refused)"),
            Panel(
                "Days for which a register may be used",
                "min by (installation, register) (accord_register_days_left)",
                "d",
                "{{register}}",
            ),
            Panel("Registers too old, or soon", "max by (installation) (accord_registers_ageing)"),
            Panel(
                "Days of reference rates that are missing",
                "max by (installation) (accord_reference_rates_late_days)",
            ),
            Panel(
                "Since when changes of registers wait, at most",
                "max by (installation) (accord_rescreening_age_seconds)",
                "s",
            ),
        ),
    ),
}
"""The dashboards, by their ids: the title, and the panels in rows of two."""


def dashboard(uid: str) -> dict[str, Any]:
    """Return a dashboard as Grafana imports it."""
    title, panels = DASHBOARDS[uid]
    return {
        "uid": uid,
        "title": title,
        "schemaVersion": 39,
        "timezone": "utc",
        "refresh": "1m",
        "time": {"from": "now-24h", "to": "now"},
        "templating": {"list": [{"name": "source", "type": "datasource", "query": "prometheus"}]},
        "panels": [_panel(number, panel) for number, panel in enumerate(panels)],
    }


def _panel(number: int, panel: Panel) -> dict[str, Any]:
    row, column = divmod(number, 2)
    return {
        "id": number + 1,
        "type": "timeseries",
        "title": panel.title,
        "datasource": {"type": "prometheus", "uid": "${source}"},
        "gridPos": {"x": column * _WIDTH, "y": row * _HEIGHT, "w": _WIDTH, "h": _HEIGHT},
        "fieldConfig": {"defaults": {"unit": panel.unit, "min": 0}, "overrides": []},
        "targets": [{"refId": "A", "expr": panel.expr, "legendFormat": f"{{{{installation}}}} {panel.legend}".strip()}],
    }


def written(uid: str) -> str:
    """Return a dashboard as its file holds it."""
    return json.dumps(dashboard(uid), indent=2) + "\n"


def main() -> None:
    """Write every dashboard to its file."""
    FOLDER.mkdir(exist_ok=True)
    for uid in DASHBOARDS:
        (FOLDER / f"{uid}.json").write_text(written(uid), "utf-8")


if __name__ == "__main__":
    main()
