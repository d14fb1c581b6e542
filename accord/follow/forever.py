"""Follow on: round after round until stopped, with outages waited out."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any, Final

from accord.follow.faults import ApiRefused, ApiSilent
from accord.follow.following import LedgerFollower, Progress, Round

_FIRST_WAIT: Final = 2.0
_LONGEST_WAIT: Final = 60.0


def follow_on(
    follower: LedgerFollower, progress: Progress, after_round: Callable[[Round], Any], say: Callable[[str], Any],
    every: float, sleep: Callable[[float], Any] = time.sleep,
) -> None:  # fmt: skip
    """Follow until the ledger diverges. An API that is away, or refuses, is asked again, later each time.

    `say`: is told a line when it is away, once for each outage, and when it answers again.

    Raises:
        LedgerDiverged, UpgradeNeeded: As for `Follower.once`.
    """
    wait, words = _FIRST_WAIT, ""
    while True:
        try:
            result = follower.once(progress)
        except (ApiSilent, ApiRefused) as fault:
            if str(fault) != words:
                say(f"{fault}; asked again until it answers")
            words = str(fault)
            sleep(wait)
            wait = min(2 * wait, _LONGEST_WAIT)
            continue
        if words:
            say("it answers again")
        wait, words = _FIRST_WAIT, ""
        after_round(result)
        sleep(every)
