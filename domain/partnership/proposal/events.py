"""The events of a proposal."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from domain.directory.tiers import Role
from domain.edition_names import EditionReference
from domain.grants import Subrecipient
from domain.partnership.acts import PartnershipEvent, StaffEvent
from domain.partnership.proposal.amendment import Change
from domain.partnership.submission.invitations import ContactNumber
from domain.partnership.submission.taking_over import TakenOver
from domain.proposal import Funding, Proposal
from domain.screening.conversion import Conversion
from domain.values import is_false, is_none


class PartnershipProposed(StaffEvent):
    """A proposal was submitted. Due diligence begins. `funding` holds its funders as the directory had them then."""

    schema_version: ClassVar[int] = 2
    event_type: Literal["PartnershipProposed"] = "PartnershipProposed"
    proposal: Proposal
    funding: Funding
    template: EditionReference | None = Field(default=None, exclude_if=is_none)
    """The edition of a template that its budget was made within, or None."""


class ProposalRevised(StaffEvent):
    """The proposer answered a request for information with a new version. Due diligence begins again."""

    event_type: Literal["ProposalRevised"] = "ProposalRevised"
    schema_version: ClassVar[int] = 3
    proposal: Proposal
    funding: Funding
    answer: Annotated[str | None, Field(exclude_if=is_none)] = None
    """The answer in words. None where the rules sent it back, and in events from before an answer was asked for."""
    template: EditionReference | None = Field(default=None, exclude_if=is_none)
    """The edition of a template that its budget was made within, or None."""


class ProposalAmended(TakenOver):
    """The proposal changed after it went to approval.

    Only the approvals that `changes` affects are withdrawn.
    """

    schema_version: ClassVar[int] = 3
    event_type: Literal["ProposalAmended"] = "ProposalAmended"
    proposal: Proposal
    funding: Funding
    reason: str
    changes: tuple[Change, ...]
    quorum: tuple[Role, ...] | None = None
    conversion: Conversion | None = Field(default=None, exclude_if=is_none)
    """The base currency and the rates by which the quorum was found, or None without a base currency."""
    template: EditionReference | None = Field(default=None, exclude_if=is_none)
    """The edition of a template that its budget was made within, or None."""
    called: ContactNumber | None = Field(default=None, exclude_if=is_none)
    """The contact, in the proposal before, whose number was called before an address or a number changed, or None."""
    unanswered: bool = Field(default=False, exclude_if=is_false)
    """True if that number is dead: what changed is vouched for by nobody yet."""


class InformationRequested(StaffEvent):
    """The proposal was returned to its proposer with a question. Earlier approvals are withdrawn."""

    event_type: Literal["InformationRequested"] = "InformationRequested"
    question: str


class ReturnedForCure(PartnershipEvent):
    """The rules refuse the proposal as it is, and it can be cured: it went back to its proposer with the ways out."""

    event_type: Literal["ReturnedForCure"] = "ReturnedForCure"
    what: str
    """The fault to cure, and the remedies."""
    rules: tuple[str, ...]
    """The rules that fail."""


class SubrecipientsReported(StaffEvent):
    """The payee's current sub-recipients were reported. The list replaces the earlier one."""

    schema_version: ClassVar[int] = 2
    event_type: Literal["SubrecipientsReported"] = "SubrecipientsReported"
    subrecipients: tuple[Subrecipient, ...]


ProposalEvent = (
    PartnershipProposed
    | ProposalRevised
    | ProposalAmended
    | InformationRequested
    | ReturnedForCure
    | SubrecipientsReported
)
