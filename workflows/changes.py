"""What changed in the workflows since a release whose histories still replay.

What every run meets bears one mark for the whole release: a mark costs each run two events and an update of its search
attributes. What few runs meet, long after they began, has a mark of its own, which a run of before may still take up.
"""

from __future__ import annotations

from typing import Final

from temporalio import workflow

RELEASE_0_3: Final = "release-0.3"
"""The changes of release 0.3.

A run begins by folding the ledger, and answers a first proposal that it refuses. The rules answer on a queue of their
own. An attempt to pay is found by its payee.
"""

DUTIES_OUTLIVE_THE_END: Final = "duties-outlive-the-end"
"""The change since which a run goes on after its partnership's end while something is owed."""

FOLLOWS: Final = "an-attempt-is-asked-to-say-when-it-ends"
"""The change since which a run asks the attempts that another run started to tell it of their end."""


def since(change: str) -> bool:
    """Return whether a run knows a change: one that began before replays, and goes on, as it did."""
    return workflow.patched(change)
