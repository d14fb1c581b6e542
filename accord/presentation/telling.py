"""Describe an event in a few words, for the last column of a history."""

from __future__ import annotations

from typing import Any

from accord.presentation.numbers import count_in_words
from accord.presentation.words.payments import booking_in_words
from domain.partnership import events as e
from domain.payment.account_numbers import masked


def told_of(event: Any) -> str:
    """Return a summary of an event's content in one line, or '' if the event's type is enough.

    Account numbers in it, which banks write into their reasons, are told by their last digits.
    """
    return masked(_words_of(event))


def _words_of(event: Any) -> str:
    match event:
        case e.ApprovalGiven(role=role, on_behalf_of=lender, reason=reason):
            return f"{role.value}{f' for {lender}' if lender else ''}: {reason}"
        case e.DeadlineSet(deadline=deadline):
            return f"{deadline.wait.value.lower()} due {deadline.due:%Y-%m-%d}"
        case e.DeciderReminded(wait=wait, ends_at=ends_at) if ends_at is not None:
            return f"{wait.value.lower()}: it lapses on {ends_at:%Y-%m-%d} unless somebody acts or gives more time"
        case e.AgreementSigned(account=account, account_verifier=verifier) if account is not None:
            return f"account {account.reference}, verified by {verifier or 'nobody'}"
        case e.EligibilityAssessed(assessment=assessment):
            return f"{assessment.outcome.value}: {assessment.deciding}"
        case e.DueDiligenceCompleted(verification=verification):
            screening = verification.screening
            return (
                f"{count_in_words(len(screening.parties), 'name')} screened, {len(screening.matches)} met a listed one"
            )
        case e.RegistersRechecked(adverse=adverse):
            return adverse or "asked again; nothing new stands against it"
        case e.SubrecipientsReported(subrecipients=subrecipients):
            return ", ".join(subrecipient.party.name for subrecipient in subrecipients)
        case e.LegEnded(leg=leg, reason=reason):
            return f"{leg.value}: {reason}"
        case e.PartnershipAssigned(to=person):
            return person or "nobody"
        case e.FundsReceived(money=money, bank_reference=reference):
            return f"{money}, {reference}"
        case e.DecisionsFell(fell=fell, reason=reason):
            return f"{', '.join(part.value.lower() for part in fell)}: {reason}"
        case _:
            return _of_a_hold(event) or _of_a_payment(event) or _own_words(event)


def _of_a_hold(event: Any) -> str:
    match event:
        case e.HoldPlaced(leg=leg, reason=reason) | e.HeldWithLead(leg=leg, reason=reason) if leg is not None:
            return f"{leg.value}: {reason}"
        case e.HoldLifted(holds=numbers, reason=reason) if numbers:
            return f"{_numbered(numbers)}: {reason}"
        case e.FreedWithLead(holds=numbers, lead=lead):
            return f"{_numbered(numbers)}: what stood on {lead} was lifted, or changed"
        case _:
            return ""


def _numbered(numbers: tuple[int, ...]) -> str:
    return ", ".join(f"hold {number}" for number in numbers)


def _of_a_payment(event: Any) -> str:
    match event:
        case e.TrancheReleased(tranche=tranche, attempt=attempt, money=money):
            return f"tranche {tranche}, attempt {attempt}: {money}"
        case e.TrancheHandedOver(tranche=tranche, attempt=attempt, message_id=message_id):
            return f"tranche {tranche}, attempt {attempt}, in file {message_id}"
        case e.TrancheNeverSent(tranche=tranche, attempt=attempt, message_id=message_id):
            return f"tranche {tranche}, attempt {attempt}: the bank never got file {message_id}"
        case e.PaymentCancelled(tranche=tranche, attempt=attempt, reason=reason):
            return f"tranche {tranche}, attempt {attempt}: {reason}"
        case e.TrancheEnded(tranche=tranche, attempt=attempt, outcome=outcome, reason=reason, figures=figures):
            figures_text = f"; {booking_in_words(figures)}" if figures is not None else ""
            return f"tranche {tranche}, attempt {attempt}: {outcome.value} ({reason}){figures_text}"
        case e.TranchePaidShort(tranche=tranche, attempt=attempt, money=money, reason=reason):
            return f"tranche {tranche}, attempt {attempt}: SHORT, {money} was booked ({reason})"
        case (
            e.RestAgreed(tranche=tranche, remainder=remainder, reason=reason)
            | e.RestGivenUp(tranche=tranche, remainder=remainder, reason=reason)
        ):
            return f"tranche {tranche}, the rest of {remainder}: {reason}"
        case e.RecoveryWaived(money=money, reason=reason):
            return f"{money} beyond the plan: {reason}"
        case e.BankContradicted(exception=kind, reason=reason):
            return f"{kind.value}: {reason}"
        case e.ContradictionResolved(resolution=resolution, answer=answer):
            counts = f"; {answer.status.value} {answer.money} counts" if answer is not None else ""
            return f"{resolution.value}{counts}"
        case _:
            return ""


def _own_words(event: Any) -> str:
    words = (getattr(event, field, "") for field in ("reason", "question", "answer", "summary", "note", "what", "text"))
    return next((str(text) for text in words if text), "")
