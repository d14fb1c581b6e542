"""What re-screening asks of each partnership: whom it names, and what the registers last said of them."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from typing import Any, Final

from pydantic import Field

from domain.errors import EventUnreadable
from domain.grants import Subrecipient
from domain.parties import Party
from domain.partnership import events as e
from domain.proposal import Proposal
from domain.recorded.schema import AnyEvent
from domain.screening.evidence import Verification
from domain.screening.matches import ScreeningEvidence
from domain.screening.screened import who_is_screened
from domain.screening.tax_status import StatusEvidence
from domain.unions import event_types
from domain.values import Value, is_empty
from ledger import StoredEvent, StoredPayload
from records.codec import read_stored

RELEVANT: Final = event_types(
    e.PartnershipProposed, e.ProposalRevised, e.ProposalAmended, e.DueDiligenceCompleted, e.RegistersRechecked,
    e.EligibilityAssessed, e.InformationRequested, e.ReturnedForCure, e.SubrecipientsReported,
    e.PartnershipDeclined, e.PartnershipWithdrawn, e.PartnershipTerminated, e.PartnershipClosed,
    e.PartnershipReopened,
)  # fmt: skip
"""The types of the events that re-screening asks about."""


class OpenPartnership(Value):
    """The latest facts about a partnership that re-screening asks, according to its events."""

    proposal: Proposal | None = None
    subrecipients: tuple[Subrecipient, ...] = Field(default=(), exclude_if=is_empty)
    verification: Verification | None = None
    ended: bool = False
    under: str = ""
    """The newest edition of the rule book under which it was assessed or looked at, empty before."""

    def after(self, event: AnyEvent) -> OpenPartnership:
        """Return the facts after one more event."""
        match event:
            case e.PartnershipProposed() | e.ProposalRevised():
                return OpenPartnership(proposal=event.proposal)
            case e.ProposalAmended():
                return self._with(proposal=event.proposal, subrecipients=())
            case e.DueDiligenceCompleted():
                return self._with(verification=event.verification)
            case e.RegistersRechecked():
                return self._with(verification=event.verification, under=event.assessment.rule_book)
            case e.EligibilityAssessed():
                return self._with(under=event.assessment.rule_book)
            case e.InformationRequested() | e.ReturnedForCure():
                return self._with(verification=None)  # it is verified anew when the answer comes
            case e.SubrecipientsReported():
                return self._with(subrecipients=event.subrecipients)
            case e.PartnershipReopened():
                return self._with(ended=False)
            case _:
                return self._with(ended=True)

    def after_all(self, events: Iterable[StoredEvent | StoredPayload]) -> OpenPartnership:
        """Return the facts after more events, of which those that do not matter, or that nobody can read, are left out.

        Unreadable events are skipped: their partnerships decide and pay nothing until two guardians have judged them.

        Raises:
            UpgradeNeeded: A newer release recorded an event.
        """
        facts = self
        for event in events:
            if event.event_type in RELEVANT:
                with suppress(EventUnreadable):
                    facts = facts.after(read_stored(event))
        return facts

    def _with(self, **changes: Any) -> OpenPartnership:
        return self.model_copy(update=changes)

    @property
    def is_asked(self) -> bool:
        """True if it is open, and was verified."""
        return self.proposal is not None and self.verification is not None and not self.ended

    @property
    def now(self) -> Proposal | None:
        """The proposal with the sub-recipients that were reported since."""
        return self.proposal.regranted(self.subrecipients) if self.proposal and self.subrecipients else self.proposal

    @property
    def evidence(self) -> tuple[ScreeningEvidence | StatusEvidence, ...]:
        """All evidence from registers."""
        return (self.verification.screening, *self.exempt_status_evidence) if self.verification else ()

    @property
    def exempt_status_evidence(self) -> tuple[StatusEvidence, ...]:
        """Evidence of registers of exempt organisations, on every body that gets money and its group."""
        return self.verification.looked_up if self.verification else ()

    @property
    def lists(self) -> dict[str, int]:
        """The version of each list that its parties were screened against, by the list's name."""
        asked = self.verification.screening.asked if self.verification else ()
        return {version.register_name: version.version for version in asked}

    @property
    def parties(self) -> tuple[Party, ...]:
        """All parties that must be screened: those of the proposal, with the sub-recipients reported since."""
        proposal_parties = self.proposal.parties if self.proposal else ()
        if self.proposal and self.verification:
            proposal_parties = who_is_screened(self.proposal, self.verification)
        subrecipient_parties = (
            behind for subrecipient in self.subrecipients for behind in subrecipient.party.with_principals
        )
        return tuple(dict.fromkeys((*proposal_parties, *subrecipient_parties)))
