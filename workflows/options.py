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
"""The loader's own: no other process has its login."""

WAIT_OUT: Final = RetryPolicy(
    initial_interval=timedelta(milliseconds=200), backoff_coefficient=2.0, maximum_interval=timedelta(seconds=30)
)
"""An outage of the database is waited out, however long: there is nothing better to do, and nothing is lost."""

STOPS: Final = {kind.__name__: kind for kind in (LedgerBehind, EpochNotBegun, EventUnreadable)}
"""How an activity says that nothing may be decided until people have looked."""

UNLESS_STOPPED: Final = replace(WAIT_OUT, non_retryable_error_types=list(STOPS))
"""What only people can mend is asked again by a timer that grows, not every half minute."""

LOCAL: Final = LocalActivityConfig(
    start_to_close_timeout=timedelta(seconds=10),
    retry_policy=UNLESS_STOPPED,
    local_retry_threshold=timedelta(seconds=5),
)
"""Short work on our own database. One history event each; longer outages become timers, not held tasks."""

FIRST_PAUSE: Final = timedelta(minutes=1)
LONGEST_PAUSE: Final = timedelta(hours=1)
"""How long until what is stopped asks the ledger again, at first and at most."""

PAYMENT: Final = ActivityConfig(start_to_close_timeout=timedelta(seconds=30), retry_policy=WAIT_OUT)
"""Money moves in an activity of the server's own: it outlives the worker and shows its attempts to the operator."""

RESCREENING: Final = ActivityConfig(start_to_close_timeout=timedelta(minutes=10), retry_policy=WAIT_OUT)
"""Reads every open partnership, or tells very many of them; done again from the start, it does no harm."""

REFRESHING: Final = ActivityConfig(
    start_to_close_timeout=timedelta(hours=2),
    heartbeat_timeout=timedelta(minutes=1),
    retry_policy=RetryPolicy(initial_interval=timedelta(minutes=10), backoff_coefficient=2.0, maximum_attempts=5),
)
"""A publisher that is away is asked again for some hours; then the next day's run does so."""


def told(options: ActivityConfig, summary: str) -> ActivityConfig:
    """Return options of an activity with the line that tells operators what it does."""
    return {**options, "summary": summary}
