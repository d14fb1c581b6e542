"""How activities are called: time limits and retries, each with its reason, in one place."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, Final

from temporalio.common import RetryPolicy

TASK_QUEUE: Final = "accord"

WAIT_OUT: Final = RetryPolicy(
    initial_interval=timedelta(milliseconds=200), backoff_coefficient=2.0, maximum_interval=timedelta(seconds=30)
)
"""An outage of the database is waited out, however long: there is nothing better to do, and nothing is lost."""

LOCAL: Final[dict[str, Any]] = {
    "start_to_close_timeout": timedelta(seconds=10),
    "retry_policy": WAIT_OUT,
    "local_retry_threshold": timedelta(seconds=5),
}
"""Short work on our own database. One history event each; longer outages become timers, not held tasks."""

PAYMENT: Final[dict[str, Any]] = {"start_to_close_timeout": timedelta(seconds=30), "retry_policy": WAIT_OUT}
"""Money moves in an activity of the server's own: it outlives the worker and shows its attempts to the operator."""

RESCREENING: Final[dict[str, Any]] = {
    "start_to_close_timeout": timedelta(minutes=10),
    "retry_policy": WAIT_OUT,
}
"""Reads every open partnership, or tells very many of them; done again from the start, it does no harm."""
