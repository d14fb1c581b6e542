"""The commands that end a partnership or one leg of it, or open it again."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from domain.partnership.acts import Among, Reason, StaffCommand
from domain.partnership.choices import legs
from domain.partnership.submission.taking_over import TakingOver
from domain.proposal import Direction


class Decline(StaffCommand):
    """Decline a partnership for good."""

    kind: Literal["decline"] = "decline"
    reason: Reason


class Withdraw(TakingOver):
    """Withdraw a proposal before the agreement is signed."""

    kind: Literal["withdraw"] = "withdraw"
    reason: Reason


class EndLeg(StaffCommand):
    """End one leg of several, such as a gift that does not come. The others go on."""

    kind: Literal["end_leg"] = "end_leg"
    leg: Annotated[Direction, Field(title="Which leg", description="The leg that ends."), Among(legs)]
    reason: Reason


class Reopen(StaffCommand):
    """Let a closed partnership go on, of which a payment came back after the close: it may be paid again.

    To give it up instead: `accord terminate`.
    """

    kind: Literal["reopen"] = "reopen"
    reason: Reason


class Terminate(StaffCommand):
    """End an agreed partnership early, or give up what came back after its close."""

    kind: Literal["terminate"] = "terminate"
    reason: Reason


EndingRequest = Decline | Withdraw | EndLeg | Reopen | Terminate
