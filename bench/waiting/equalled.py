"""A worker, as the product runs it, whose questions to the rules can all be given one priority and their own again.

For `bench.waiting`: a worker that is started anew would begin without what it keeps of workflows, which takes longer.
"""

from __future__ import annotations

import signal
from typing import Any, Final

import worker
from workflows import inquiries
from workflows.options import PEOPLE
from workflows.recording import of_the_rules

ALL_EQUAL: Final = signal.SIGUSR1
AS_THE_PRODUCT: Final = signal.SIGUSR2
"""The signals to the process."""

_is_equal = False


async def _asked(method: Any, argument: Any, summary: str, priority: Any = PEOPLE) -> Any:
    return await of_the_rules(method, argument, summary, PEOPLE if _is_equal else priority)


def _turn(given: int, _frame: object) -> None:
    global _is_equal  # a signal's handler has nowhere else to leave it
    _is_equal = given == ALL_EQUAL


if __name__ == "__main__":
    vars(inquiries)["of_the_rules"] = _asked  # workflows see this module through their sandbox
    signal.signal(ALL_EQUAL, _turn)
    signal.signal(AS_THE_PRODUCT, _turn)
    worker.main()
