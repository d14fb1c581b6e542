"""The commands on a proposal."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from domain.grants import Subrecipient
from domain.partnership.acts import Reason, StaffCommand
from domain.partnership.submission.invitations import ContactNumber
from domain.partnership.submission.taking_over import TakingOver
from domain.proposal import Proposal
from domain.values import Sentence, is_false, is_none


class Propose(StaffCommand):
    """Submit a proposal, or submit it again after information was requested.

    Proposing the same file again changes nothing. In the file, a party that is on record may be named by its EIN or
    name instead of being described again (`accord partners`).
    """

    kind: Literal["propose"] = "propose"
    proposal: Proposal
    answer: Annotated[
        Sentence | None,
        Field(
            title="Your answer",
            description="The answer to what was asked. Who decides reads it, and it is signed.",
            exclude_if=is_none,
        ),
    ] = None


class Amend(TakingOver):
    """Change a proposal that is in approval, agreed or active.

    Approvals that the change affects are withdrawn (R34, R36).
    """

    kind: Literal["amend"] = "amend"
    proposal: Proposal
    reason: Reason
    called: Annotated[
        ContactNumber | None,
        Field(
            title="Whom you called",
            description="Where a contact's address or number changes: the contact, from 1, whom you called before "
            "that, on the number in the proposal as it stands.",
        ),
    ] = Field(default=None, exclude_if=is_none)
    unanswered: Annotated[
        bool,
        Field(
            title="Nobody answers there any more",
            description="The number before is dead. The new one counts for call-backs after ten days, and by others.",
        ),
    ] = Field(default=False, exclude_if=is_false)


class ReturnForInformation(StaffCommand):
    """Send a proposal back with a question. Its proposer answers with `accord propose FILE --answer ANSWER`."""

    kind: Literal["return"] = "return"
    question: Annotated[
        Sentence, Field(title="What must be answered", description="What the proposer must answer. They read this.")
    ]


class ReportSubrecipients(StaffCommand):
    """Record the complete list of the payee's current sub-recipients. It replaces the earlier one (R7).

    The format of the file: `accord schema subrecipients`.
    """

    kind: Literal["report_subrecipients"] = "report_subrecipients"
    subrecipients: Annotated[tuple[Subrecipient, ...], Field(min_length=1, max_length=200)]


ProposalRequest = Propose | Amend | ReturnForInformation | ReportSubrecipients
