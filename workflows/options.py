"""Options of activities: time limits and retries, each with its reason, in one place."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Final, TypedDict

from temporalio.common import Priority, RetryPolicy
from temporalio.workflow import ActivityConfig, ContinueAsNewVersioningBehavior, LocalActivityConfig

from domain.errors import EpochNotBegun, EventUnreadable, LedgerBehind, QuestionUnknown

TASK_QUEUE: Final = "accord"

RULES_QUEUE: Final = "accord-rules"
"""The task queue of registers, lists and rule book, for runs of whichever version: nobody is judged by an old one."""

REGISTERS_QUEUE: Final = "accord-registers"
"""The task queue of the register loader: no other process has its login."""

WAIT_OUT: Final = RetryPolicy(
    initial_interval=timedelta(milliseconds=200), backoff_coefficient=2.0, maximum_interval=timedelta(seconds=30)
)
"""Retries without limit: an outage of the database is waited out, however long, and nothing is lost."""

STOPS: Final = {kind.__name__: kind for kind in (LedgerBehind, EpochNotBegun, EventUnreadable)}
"""The errors, by name, with which an activity reports that nothing may be decided until people resolve a fault."""

UNLESS_STOPPED: Final = replace(WAIT_OUT, non_retryable_error_types=list(STOPS))
"""As WAIT_OUT, except for faults that only people can resolve: there the workflow asks again, with growing pauses."""

LOCAL: Final = LocalActivityConfig(
    start_to_close_timeout=timedelta(seconds=10),
    retry_policy=UNLESS_STOPPED,
    local_retry_threshold=timedelta(seconds=5),
)
"""For short work on our own database: one history event each. A long outage becomes a timer, not a blocked task."""

PEOPLE, BANK, LISTS = (Priority(priority_key=key) for key in (1, 2, 5))
"""The order of service where tasks queue up: people who wait, then payments for the bank, and re-screening last."""

NOT_KNOWN_THERE: Final = (QuestionUnknown.__name__, "NotFoundError")
"""The errors, by name, with which an older release's rules meet a question: its form, or the whole activity, is new."""

RULES: Final = ActivityConfig(
    task_queue=RULES_QUEUE,
    start_to_close_timeout=timedelta(minutes=1),
    retry_policy=replace(WAIT_OUT, non_retryable_error_types=[*STOPS, *NOT_KNOWN_THERE]),
)
"""For asking the rules, for which the current release answers, whichever release a workflow is pinned to."""

FIRST_PAUSE: Final = timedelta(minutes=1)
LONGEST_PAUSE: Final = timedelta(hours=1)
"""The pauses, at first and at most, before a stopped workflow asks the ledger again."""

PAYMENT: Final = ActivityConfig(start_to_close_timeout=timedelta(seconds=30), retry_policy=WAIT_OUT)
"""For instructing a payment: a regular activity, which outlives the worker and shows its attempts to operators."""

TELLING: Final = ActivityConfig(
    start_to_close_timeout=timedelta(days=1), heartbeat_timeout=timedelta(minutes=1), retry_policy=WAIT_OUT
)
"""For signalling very many, a few at a time: it goes on from its heartbeat, so a limit is no loss."""

FINDING: Final = ActivityConfig(
    task_queue=RULES_QUEUE,
    start_to_close_timeout=timedelta(days=1),
    heartbeat_timeout=timedelta(minutes=1),
    retry_policy=WAIT_OUT,
    priority=LISTS,
)
"""For reading every open partnership beside the lists, where the lists are: as above, it goes on from its heartbeat."""

REFRESHING: Final = ActivityConfig(
    start_to_close_timeout=timedelta(hours=2),
    schedule_to_close_timeout=timedelta(hours=22),
    heartbeat_timeout=timedelta(minutes=1),
    retry_policy=RetryPolicy(
        initial_interval=timedelta(minutes=10), backoff_coefficient=2.0, maximum_interval=timedelta(hours=4)
    ),
)
"""A publisher that does not answer is asked again with growing pauses all day, and then by the next day's run."""


class Anew(TypedDict):
    """The options with which a run continues as new."""

    initial_versioning_behavior: ContinueAsNewVersioningBehavior


ON_THE_CURRENT_VERSION: Final = Anew(initial_versioning_behavior=ContinueAsNewVersioningBehavior.AUTO_UPGRADE)
"""A new run begins on the version that is current, and is pinned to it then."""


def with_summary(options: ActivityConfig, summary: str) -> ActivityConfig:
    """Return an activity's options with a summary, which tells operators what it does."""
    return {**options, "summary": summary}
