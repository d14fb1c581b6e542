"""The commands that end a partnership or one leg of it, or open it again."""

from __future__ import annotations

from typing import Literal

from domain.partnership.acts import StaffCommand
from domain.proposal import Direction
from domain.values import Sentence


class Decline(StaffCommand):
    """Refuse the partnership permanently."""

    kind: Literal["decline"] = "decline"
    reason: Sentence


class Withdraw(StaffCommand):
    """Withdraw the proposal before the agreement is signed."""

    kind: Literal["withdraw"] = "withdraw"
    reason: Sentence


class EndLeg(StaffCommand):
    """End one leg of several, such as a gift that does not come. The others go on."""

    kind: Literal["end_leg"] = "end_leg"
    leg: Direction
    reason: Sentence


class Reopen(StaffCommand):
    """Let a closed partnership go on, since a payment of it came back after the close: it may be paid again."""

    kind: Literal["reopen"] = "reopen"
    reason: Sentence


class Terminate(StaffCommand):
    """End an agreed partnership early, or give up what came back after its close."""

    kind: Literal["terminate"] = "terminate"
    reason: Sentence


EndingRequest = Decline | Withdraw | EndLeg | Reopen | Terminate
