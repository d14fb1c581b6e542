"""The events of due diligence: what was found, and what answered the rule book."""

from __future__ import annotations

from typing import ClassVar, Literal

from pydantic import Field

from domain.directory.tiers import Role
from domain.partnership.acts import PartnershipEvent, StaffEvent
from domain.partnership.submission.taking_over import TakenOver
from domain.policy.conditions import ConditionId
from domain.policy.earlier import Later
from domain.policy.findings import Assessment
from domain.screening.evidence import Verification
from domain.values import Sha256, is_empty, is_false


class DueDiligenceCompleted(PartnershipEvent):
    """The registers were asked. `verification` is the evidence on the payee's tax status and on every party."""

    schema_version: ClassVar[int] = 2
    event_type: Literal["DueDiligenceCompleted"] = "DueDiligenceCompleted"
    verification: Verification


class EligibilityAssessed(PartnershipEvent):
    """The rule book was applied. A failure declines, a referral needs a verifier, anything else goes to approval."""

    event_type: Literal["EligibilityAssessed"] = "EligibilityAssessed"
    assessment: Assessment
    quorum: tuple[Role, ...] | None = None


class RegistersRechecked(PartnershipEvent):
    """The parties were checked again after a register changed. Earlier decisions stay valid."""

    schema_version: ClassVar[int] = 2
    event_type: Literal["RegistersRechecked"] = "RegistersRechecked"
    verification: Verification
    assessment: Assessment
    adverse: str = ""
    """The reason why nothing may be paid now, empty if the change is harmless."""
    later: tuple[Later, ...] = Field(default=(), exclude_if=is_empty)
    """The new questions of a newer edition on an earlier approval: they hold payments from their day on."""


class QuestionsCleared(StaffEvent):
    """A verifier cleared questions that a later look at the registers raised. Each clearance holds for its facts."""

    event_type: Literal["QuestionsCleared"] = "QuestionsCleared"
    questions: tuple[str, ...]
    reason: str
    document_sha256: Sha256 | None
    no_interest: bool = Field(default=False, exclude_if=is_false)
    """True if they were asked and said that they have no interest in it."""


class ConditionMet(TakenOver):
    """A condition's papers are on file."""

    schema_version: ClassVar[int] = 2
    event_type: Literal["ConditionMet"] = "ConditionMet"
    condition: ConditionId
    note: str
    document_sha256: Sha256 | None


DiligenceEvent = DueDiligenceCompleted | EligibilityAssessed | RegistersRechecked | QuestionsCleared | ConditionMet
