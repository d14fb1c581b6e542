"""The changes of the workflows since a release whose histories still replay.

A run says which release it began under in its first task, before it asks for anything (ADR 0082): a mark made after the
answer of a local activity is lost where the server was asked for more time between the two, and the run is stuck.
What only runs of before may still take up, long after they began, has a mark of its own.
"""

from __future__ import annotations

from typing import Final

from temporalio import workflow

RELEASE_0_3: Final = "release-0.3"
"""The changes of release 0.3.

A run begins by folding the ledger, and answers a first proposal that it refuses. The rules answer on a queue of their
own. An attempt to pay is found by its payee.
"""

TIMERS_STAY: Final = "release-0.3, timers stay"
"""The changes of release 0.3, and a deadline's timer stays where the next deadline is later."""

DUTIES_OUTLIVE_THE_END: Final = "duties-outlive-the-end"
"""The change since which a run goes on after its partnership's end while something is owed."""

FOLLOWS: Final = "an-attempt-is-asked-to-say-when-it-ends"
"""The change since which a run asks the attempts that another run started to tell it of their end."""


def say_release() -> bool:
    """Mark a new run with the present release, and return whether it bears its mark: a workflow's first act."""
    return timers_stay() or workflow.patched(RELEASE_0_3)


def timers_stay() -> bool:
    """True if a run's timers stay. They do not in one that began before release 0.3 had that."""
    return workflow.patched(TIMERS_STAY)


def since(change: str) -> bool:
    """True if a run knows a change: one that began before replays, and goes on, as it did."""
    return say_release() or workflow.patched(change)
