"""The commands that take people out of a partnership: an interest, and a key that was revoked."""

from __future__ import annotations

from typing import Literal

from domain.grants import Interest
from domain.partnership.acts import Command, StaffCommand
from domain.partnership.people.taking_part import Part
from domain.values import StaffId


class DeclareInterest(StaffCommand):
    """Declare an interest, your own or another person's. Whoever has it is recused from then on (R32).

    Their approvals and clearances in the partnership are withdrawn. Open work that nobody could do any more is
    named, and `accord work` lists it.
    """

    kind: Literal["declare_interest"] = "declare_interest"
    interest: Interest


class RecordFallen(Command):
    """Withdraw the decisions that a person signed with a key that was revoked as compromised."""

    kind: Literal["record_fallen"] = "record_fallen"
    person: StaffId
    fell: tuple[Part, ...]
    reason: str
