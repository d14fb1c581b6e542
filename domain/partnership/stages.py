"""The stages of a partnership, by themselves: what only names one needs nothing else of the domain."""

from __future__ import annotations

from enum import StrEnum
from typing import Final


class Stage(StrEnum):
    """A stage of a partnership. A hold does not change the stage."""

    PROPOSED = "PROPOSED"
    DUE_DILIGENCE = "DUE_DILIGENCE"
    ELIGIBILITY = "ELIGIBILITY"
    APPROVAL = "APPROVAL"
    AGREEMENT = "AGREEMENT"
    ACTIVE = "ACTIVE"
    CLOSED = "CLOSED"
    DECLINED = "DECLINED"
    WITHDRAWN = "WITHDRAWN"
    TERMINATED = "TERMINATED"


ENDED: Final = frozenset({Stage.CLOSED, Stage.DECLINED, Stage.WITHDRAWN, Stage.TERMINATED})
