"""Measure the installation for operators: what is late, missing or stopped, as gauges (`accord status` in numbers).

Each worker measures, and exports at its own address; a rule takes the greatest of them.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final

from temporalio.api.enums.v1 import TaskQueueType
from temporalio.api.taskqueue.v1 import TaskQueue
from temporalio.api.workflowservice.v1 import DescribeTaskQueueRequest
from temporalio.common import MetricMeter

from accord.client.sending import Sending
from accord.client.waiting.account_statements import stated_accounts
from accord.client.waiting.stated_entries import tell_open_entries
from accord.client.waiting.uncovered import uncovered_claims
from accord.operations.health import InstallationStatus, installation_status, last_days
from accord.operations.rates import rates_standing
from accord.runs.open_workflows import last_completed
from accord.runs.watching import watch
from ledger import clock
from ledger.projections import ReadModel
from records.read_models.lists import ListQuery, kept_totals
from records.read_models.projectors import ALL
from records.submissions.seals import unsealed_since
from workflows.options import RULES_QUEUE, TASK_QUEUE

EVERY: Final = timedelta(minutes=2)
"""It compares every open partnership with its workflow, so not more often."""

GAUGES: Final[Mapping[str, str]] = {
    "accord_events": "Events in the ledger",
    "accord_read_models_behind": "Events that read models are behind, added up",
    "accord_partnerships_missing": "Open partnerships without an open workflow",
    "accord_partnerships_ahead": "Partnerships whose workflow knows events that the ledger does not hold",
    "accord_workflows_paused": "Workflows that an operator paused",
    "accord_partnerships_stopped": "Partnerships that are stopped until people resolve a fault",
    "accord_directory_unjudged": "Unreadable events in the directory that freeze people",
    "accord_registers_ageing": "Registers too old to be used, or soon, and lists that bind and were never loaded",
    "accord_reference_rates_late_days": "Days of publication whose reference rates are missing, if that is late",
    "accord_exceptions_open": "The bank's words that wait for a person",
    "accord_statement_breaks": "Statements of account that are missing, or do not go on from the one before",
    "accord_entries_overdue": "Entries of the bank's statements that nothing explains for longer than the rule says",
    "accord_entry_days": "Days since the oldest of those entries was booked, or 0 without one",
    "accord_funds_uncovered": "Sums that funds promised to partnerships and cannot pay",
    "accord_read_models_age_seconds": "Since when the oldest event waits that a read model lacks",
    "accord_payments_unanswered": "Payments over whose silence somebody must enquire at the bank",
    "accord_submissions_unsealed_seconds": "Since when the oldest submission of a grantee waits for its seal",
    "accord_rescreening_age_seconds": "Since when changes of registers wait to be told, at most",
}
"""The measures of the whole, by the name of the gauge."""

SELDOM: Final = timedelta(minutes=30)
"""Each entry of every statement is explained anew, so not more often. What is told is days old."""

MEASURED_AT: Final = "accord_measured_at_seconds"
WHEN: Final[Mapping[str, str]] = {MEASURED_AT: "When all of this was measured last, in seconds since 1970"}
"""The time of measurement, by the name of its gauge."""

REGISTER_DAYS: Final = "accord_register_days_left"
BACKLOG: Final = "accord_queue_backlog"
EACH: Final[Mapping[str, str]] = {
    REGISTER_DAYS: "Days for which a register may still be used, by the register",
    BACKLOG: "Tasks that wait for a worker, by the queue",
}
"""The measures of each register and each queue, by the name of the gauge."""


def numbers(status: InstallationStatus) -> dict[str, int]:
    """Return the state of the installation in numbers, by the name of the gauge."""
    return {
        "accord_events": status.events,
        "accord_read_models_behind": sum(max(0, events) for events in status.behind.values()),
        "accord_partnerships_missing": len(status.missing),
        "accord_partnerships_ahead": len(status.ahead),
        "accord_workflows_paused": len(status.paused),
        "accord_partnerships_stopped": len(status.stopped),
        "accord_directory_unjudged": len(status.unjudged),
        "accord_registers_ageing": len(status.ageing),
        "accord_exceptions_open": status.exceptions,
    }


async def read_numbers(desk: Sending) -> dict[str, int]:
    """Return the numbers that only the database knows, by the name of the gauge."""
    waiting = [await ReadModel(desk.ledger, projection.name).waits_since() for projection in ALL]
    ages = [(clock.now() - since).total_seconds() for since in waiting if since is not None]
    oldest = await unsealed_since(desk.pool)
    totals = await kept_totals(desk.pool, ListQuery("payments", (("status:UNKNOWN",),)), {"status": 99})
    rates = await rates_standing(desk)
    return {
        "accord_reference_rates_late_days": rates.late_days if rates is not None else 0,
        "accord_read_models_age_seconds": int(max(ages, default=0)),
        "accord_submissions_unsealed_seconds": int((clock.now() - oldest).total_seconds()) if oldest else 0,
        "accord_payments_unanswered": sum(total.lines for total in totals),
        "accord_statement_breaks": sum(len(account.breaks) for account in await stated_accounts(desk)),
        "accord_funds_uncovered": len(await uncovered_claims(desk)),
    }


async def days_left(desk: Sending) -> dict[str, int]:
    """Return the number of days for which each register in force may still be used, or 0 for one too old."""
    return {name: max(0, (end.on - clock.today()).days) for name, end in (await last_days(desk)).items()}


async def backlogs(desk: Sending) -> dict[str, int]:
    """Return the number of tasks that wait on each queue, by Temporal."""
    return {queue: await _backlog(desk, queue) for queue in (TASK_QUEUE, RULES_QUEUE)}


async def _backlog(desk: Sending, queue: str) -> int:
    kinds = (TaskQueueType.TASK_QUEUE_TYPE_WORKFLOW, TaskQueueType.TASK_QUEUE_TYPE_ACTIVITY)
    waiting = 0
    for kind in kinds:
        request = DescribeTaskQueueRequest(
            namespace=desk.temporal.namespace, task_queue=TaskQueue(name=queue), task_queue_type=kind, report_stats=True
        )
        waiting += (await desk.temporal.workflow_service.describe_task_queue(request)).stats.approximate_backlog_count
    return waiting


async def rescreening_age(desk: Sending, since: datetime) -> dict[str, int]:
    """Return the seconds since the re-screening that completed last began, or since a time if none has completed.

    Whatever changed in a register before that was told; of what changed since, nobody knows yet.
    """
    began = await last_completed(desk.temporal, "Rescreening") or since
    return {"accord_rescreening_age_seconds": max(0, int((clock.now() - began).total_seconds()))}


async def entries_explained(desk: Sending) -> dict[str, int]:
    """Return the number of entries that nothing explains for longer than the rule says, and the age of the oldest."""
    ages = await tell_open_entries(desk)
    return {"accord_entries_overdue": len(ages), "accord_entry_days": max(ages, default=0)}


class Measurements:
    """One worker's repeated measurement of the installation."""

    def __init__(self, desk: Sending, meter: MetricMeter) -> None:
        self._desk, self._since = desk, clock.now()
        self._entries: tuple[datetime, dict[str, int]] | None = None
        """When the entries of statements were explained last, and the numbers of then."""
        self._gauges = {
            name: meter.create_gauge(name, description) for name, description in {**GAUGES, **EACH, **WHEN}.items()
        }

    async def forever(self) -> None:
        """Measure every two minutes until cancelled."""
        await watch("measurements", self.once, EVERY)

    async def _explained(self) -> dict[str, int]:
        if self._entries is None or clock.now() - self._entries[0] >= SELDOM:
            self._entries = clock.now(), await entries_explained(self._desk)
        return self._entries[1]

    async def once(self) -> None:
        """Measure once."""
        measurements = numbers(await installation_status(self._desk)) | await read_numbers(self._desk)
        measurements |= await rescreening_age(self._desk, self._since)
        measurements |= await self._explained()
        for name, number in measurements.items():
            self._gauges[name].set(number)
        for register, days in (await days_left(self._desk)).items():
            self._gauges[REGISTER_DAYS].set(days, {"register": register})
        for queue, waiting in (await backlogs(self._desk)).items():
            self._gauges[BACKLOG].set(waiting, {"queue": queue})
        self._gauges[MEASURED_AT].set(int(clock.now().timestamp()))  # last: all of it succeeded
