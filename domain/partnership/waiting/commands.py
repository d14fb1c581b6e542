"""The commands on deadlines: more time, and that a time has come."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from domain.partnership.acts import Command, Reason, StaffCommand
from domain.partnership.waiting.deadlines import Wait
from domain.values import is_empty


class ExtendDeadline(StaffCommand):
    """Give those who must act more time, once they were reminded. The time allowed begins anew."""

    kind: Literal["extend_deadline"] = "extend_deadline"
    reason: Reason


class PassDeadline(Command):
    """Record a reminder that is due, or a deadline that passed without a decision. `at` is that time."""

    kind: Literal["pass_deadline"] = "pass_deadline"
    wait: Wait = Wait.APPROVAL
    obligation: str = Field(default="", exclude_if=is_empty)
    """The obligation whose day it is, if the wait is for one."""
