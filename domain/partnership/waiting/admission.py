"""Checks of a deadline against the state: more time."""

from __future__ import annotations

from domain.errors import IllegalTransition
from domain.partnership.state import Partnership
from domain.partnership.waiting.commands import ExtendDeadline


def admit_extension(partnership: Partnership, _: ExtendDeadline) -> None:
    """Refuse more time where nobody is waited for, or was reminded yet."""
    deadline, partnership_id = partnership.deadline, partnership.partnership_id
    if deadline is None:
        raise IllegalTransition(
            f"{partnership_id} is {partnership.stage.value} and has no deadline to give more time for"
        )
    if not (deadline.reminded or deadline.escalated):
        raise IllegalTransition(
            f"there is time until {deadline.due:%Y-%m-%d}; more is given from {deadline.remind_at:%Y-%m-%d} on, when "
            "those who must act are reminded"
        )
