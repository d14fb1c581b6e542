"""The state of a partnership: always the fold of its events (see `evolution`)."""

from __future__ import annotations

from domain.partnership.standing.money import Paid
from domain.partnership.standing.parts import (
    IN_FLIGHT,
    LEFT_STATES,
    PAID_STATES,
    RELEASABLE,
    Act,
    AnsweredQuestion,
    Approval,
    ChangedFields,
    Cleared,
    Reminder,
    TrancheProgress,
    TrancheState,
)
from domain.partnership.standing.people import least_of
from domain.proposal import Direction
from domain.signatures.signing import Terms, content_digest

__all__ = [
    "IN_FLIGHT", "LEFT_STATES", "PAID_STATES", "RELEASABLE", "Act", "AnsweredQuestion", "Approval", "ChangedFields",
    "Cleared", "Partnership", "Reminder", "TrancheProgress", "TrancheState", "least_of",
]  # fmt: skip


class Partnership(Paid):
    """The state of a partnership. Version 0 has no proposal yet."""

    @property
    def terms(self) -> Terms:
        """The current terms, to which a decision is bound."""
        proposal, out = self.proposed, self.proposed.funds_out
        purpose, gift_goes_on = out.purpose if out else "", Direction.FUNDS_IN not in self.ended_legs
        return Terms(
            amount=proposal.money,
            payee=out.payee.name if out else proposal.partner.name,
            funder=proposal.legs[0].funder,
            purpose_sha256=content_digest({"purpose": purpose}),
            account_sha256=self.account.sha256 if self.account else None,
            determination_sha256=content_digest(proposal.public_interest.model_dump(mode="json")),
            amount_in=proposal.funds_in.money if proposal.funds_in and out and gift_goes_on else None,
            rule_book=self.approved_under,
        )

    @property
    def fulfilled(self) -> bool:
        """True if everything agreed was done: all paid, all received, reported where a report is due."""
        has_all_money = not self.unpaid and not self.in_flight and not self.awaits_money
        has_final_report = self.reporting.final is not None or not self.owes_a_final_report
        has_planned_reports = not self.reporting.owed()
        return (
            has_all_money
            and has_final_report
            and has_planned_reports
            and not self.open_conditions()
            and not self.unspent_for_sure
        )
