"""The events of deadlines."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from domain.partnership.acts import PartnershipEvent, StaffEvent
from domain.partnership.waiting.deadlines import Deadline, Wait
from domain.values import Moment, is_empty, is_none


class DeadlineSet(PartnershipEvent):
    """A deadline was set for an act that the partnership waits for."""

    event_type: Literal["DeadlineSet"] = "DeadlineSet"
    deadline: Deadline


class DeciderReminded(PartnershipEvent):
    """The deadline is near. Those who must act were reminded, or asked once more before the partnership lapses."""

    event_type: Literal["DeciderReminded"] = "DeciderReminded"
    wait: Wait
    ends_at: Moment | None = Field(default=None, exclude_if=is_none)
    """The time at which the partnership lapses unless somebody acts or gives more time. None before the escalation."""
    obligation: str = Field(default="", exclude_if=is_empty)
    """The obligation whose day is near, empty if a decision is."""


class DeadlineExtended(StaffEvent):
    """A person gave those who must act more time: their time begins anew."""

    event_type: Literal["DeadlineExtended"] = "DeadlineExtended"
    reason: str


class DeadlineEscalated(PartnershipEvent):
    """The deadline passed: a director may now decide in place of those who did not, or an obligation is overdue."""

    event_type: Literal["DeadlineEscalated"] = "DeadlineEscalated"
    wait: Wait
    due: Moment
    obligation: str = Field(default="", exclude_if=is_empty)


WaitingEvent = DeadlineSet | DeciderReminded | DeadlineExtended | DeadlineEscalated
