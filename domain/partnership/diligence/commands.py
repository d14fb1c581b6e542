"""The commands of due diligence: what was found, and what answers the questions and conditions of the rule book."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from domain.directory.tiers import Role
from domain.partnership.acts import Among, Command, Document, NoInterest, Reason, StaffCommand
from domain.partnership.choices import open_questions, papers_to_file
from domain.partnership.submission.taking_over import TakingOver
from domain.policy.conditions import ConditionId
from domain.policy.findings import Assessment
from domain.screening.evidence import Verification
from domain.values import Sentence, is_false, is_zero


class RecordVerification(Command):
    """Record the findings of due diligence."""

    kind: Literal["record_verification"] = "record_verification"
    verification: Verification


class RecordAssessment(Command):
    """Record the assessment by the rule book."""

    kind: Literal["record_assessment"] = "record_assessment"
    assessment: Assessment
    quorum: tuple[Role, ...] | None = None
    """The roles that must approve by the organisation's tiers, or None if the tiers could not be looked up."""


class RecordRecheck(Command):
    """Record a new verification after registers changed, and its assessment by the rule book."""

    kind: Literal["record_recheck"] = "record_recheck"
    verification: Verification
    assessment: Assessment
    bank: str = ""
    """The reason why nothing may be paid through the payee's bank, empty if there is none."""
    seen: int = Field(default=0, exclude_if=is_zero)
    """The version of the partnership whose parties were asked about, or 0 if it was not told."""


class ClearQuestions(StaffCommand):
    """Clear the questions of a later look at the registers: a changed name, a likeness, a month off a list.

    Each is cleared once, for its facts: the same facts ask nothing again (rules 3.7, 3.8). The questions are
    signed, so that a signature clears nothing that its signer was not shown. Who proposed, approved, called back or
    paid may not. A paper proves a changed name, and the nature of a body that no register lists any more. Then
    another person can lift the hold.
    """

    kind: Literal["clear"] = "clear"
    questions: Annotated[
        tuple[str, ...], Field(min_length=1, max_length=500, title="What you looked into"), Among(open_questions)
    ]
    reason: Reason
    document_sha256: Document = None
    no_interest: NoInterest = Field(default=False, exclude_if=is_false)


class Satisfy(TakingOver):
    """Record that the papers of a condition are on file."""

    kind: Literal["satisfy"] = "satisfy"
    condition: Annotated[
        ConditionId,
        Field(title="Which condition", description="The condition. `accord show` says what each asks for."),
        Among(papers_to_file),
    ]
    note: Annotated[Sentence, Field(title="What is on file, and where", description="What is on file, and where.")]
    document_sha256: Document = None


DiligenceRequest = ClearQuestions | Satisfy


DiligenceRecord = RecordVerification | RecordAssessment | RecordRecheck
"""The commands of the workflow, after it asked the registers and the rule book."""
