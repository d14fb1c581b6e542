"""Several partnerships under one agreement: other payees, donors or funders of the same work, each with its own life.

One of them leads: its agreement is signed first, and the others name it. What is approved under one agreement is
approved together (R33), and nothing is paid under an agreement that has ended.
"""

from __future__ import annotations

from domain.fault import Fault
from domain.partnership.hold.holds import in_words, led_on_hold
from domain.partnership.stages import ENDED, Stage
from domain.partnership.state import Partnership
from domain.proposal import Proposal


def same_agreement(proposal: Proposal, other_proposal: Proposal) -> bool:
    """True if two proposals stand under one agreement."""
    return (proposal.under or proposal.reference) == (other_proposal.under or other_proposal.reference)


def door_fault(lead: Partnership, partnership_id: str) -> Fault | None:
    """Return the reason why nothing can be proposed under a partnership's agreement, or None."""
    if lead.proposal is None:
        return Fault(f"under: {partnership_id} was never proposed; propose it first")
    if lead.proposal.under is not None:
        return Fault(f"under: {partnership_id} stands under the agreement of {lead.proposal.under}; name that one")
    return Fault(f"under: {partnership_id} is {lead.stage.value}; nothing is added to it") if lead.ended else None


def signing_fault(lead: Partnership, document_sha256: str | None) -> Fault | None:
    """Return the reason why an agreement is not signed under a leading one, or None."""
    if lead.agreed_on is None:
        return Fault(f"it stands under the agreement of {lead.partnership_id}, which is signed first")
    if lead.agreement_sha256 != document_sha256:
        return Fault(f"it stands under the agreement of {lead.partnership_id}: give the same document (--document)")
    return payment_fault(lead)


def payment_fault(lead: Partnership) -> Fault | None:
    """Return the reason why nothing is paid under a leading agreement, or None. One that is fulfilled still stands."""
    return standing_fault(lead) or hold_fault(lead)


def standing_fault(lead: Partnership) -> Fault | None:
    """Return the reason if a leading agreement is over, or not signed, or None. A fulfilled one still stands."""
    partnership_id = lead.partnership_id
    if lead.stage in ENDED - {Stage.CLOSED}:
        return Fault(f"the agreement of {partnership_id}, under which it stands, has ended")
    if lead.agreed_on is None:
        return Fault(f"the agreement of {partnership_id}, under which it stands, is not signed")
    return None


def hold_fault(lead: Partnership) -> Fault | None:
    """Return the holds on everything under a leading agreement, in words, or None."""
    holds = tuple(hold for hold in lead.holds if hold.whole_agreement and not lead.ended)
    return Fault(f"{led_on_hold(lead.partnership_id)}{in_words(holds)}") if holds else None
