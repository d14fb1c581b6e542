"""Options of activities: time limits and retries, each with its reason, in one place."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Final

from temporalio.common import RetryPolicy
from temporalio.workflow import ActivityConfig, LocalActivityConfig

from domain.errors import EpochNotBegun, EventUnreadable, LedgerBehind

TASK_QUEUE: Final = "accord"

REGISTERS_QUEUE: Final = "accord-registers"
"""The task queue of the register loader: no other process has its login."""

WAIT_OUT: Final = RetryPolicy(
    initial_interval=timedelta(milliseconds=200), backoff_coefficient=2.0, maximum_interval=timedelta(seconds=30)
)
"""An outage of the database is waited out, however long: there is nothing better to do, and nothing is lost."""

STOPS: Final = {kind.__name__: kind for kind in (LedgerBehind, EpochNotBegun, EventUnreadable)}
"""The error types with which an activity says that nothing may be decided until people have looked."""

UNLESS_STOPPED: Final = replace(WAIT_OUT, non_retryable_error_types=list(STOPS))
"""What only people can fix is not retried every half minute: the workflow asks again, with a growing pause."""

LOCAL: Final = LocalActivityConfig(
    start_to_close_timeout=timedelta(seconds=10),
    retry_policy=UNLESS_STOPPED,
    local_retry_threshold=timedelta(seconds=5),
)
"""Short work on our own database. One history event each; longer outages become timers, not held tasks."""

FIRST_PAUSE: Final = timedelta(minutes=1)
LONGEST_PAUSE: Final = timedelta(hours=1)
"""How long a stopped workflow waits until it asks the ledger again, at first and at most."""

PAYMENT: Final = ActivityConfig(start_to_close_timeout=timedelta(seconds=30), retry_policy=WAIT_OUT)
"""Payments are instructed in a regular activity: it outlives the worker and shows its attempts to the operator."""

RESCREENING: Final = ActivityConfig(start_to_close_timeout=timedelta(minutes=10), retry_policy=WAIT_OUT)
"""For reading every open partnership, or signalling very many; safe to repeat from the start."""

REFRESHING: Final = ActivityConfig(
    start_to_close_timeout=timedelta(hours=2),
    heartbeat_timeout=timedelta(minutes=1),
    retry_policy=RetryPolicy(initial_interval=timedelta(minutes=10), backoff_coefficient=2.0, maximum_attempts=5),
)
"""A publisher that is away is asked again for some hours; then the next day's run does so."""


def with_summary(options: ActivityConfig, summary: str) -> ActivityConfig:
    """Return an activity's options with a summary, which tells operators what it does."""
    return {**options, "summary": summary}
