"""Deeds as sentences: the person, the act, and their words with it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any, Final, NamedTuple

from accord.presentation.numbers import count_in_words
from accord.presentation.words.codes import words_of
from accord.presentation.words.days import day_in_words
from accord.presentation.words.facts import without_rule
from accord.presentation.words.payments import bank_in_words, booking_in_words
from accord.presentation.words.values import NamesInWords, money_in_words
from domain.directory.tiers import Role
from domain.identity import ACCORD
from domain.partnership import events as e
from domain.partnership.waiting.deadlines import LAPSING, Wait


class Deed(NamedTuple):
    """An event as a sentence that begins with who did it."""

    what: str
    said: str = ""
    """The words of who did it."""


APPROVED_AS: Final = {
    Role.PROGRAMME_APPROVER: "approved for the programme",
    Role.FINANCE_APPROVER: "approved for finance",
    Role.DIRECTOR: "approved as director",
    Role.VERIFIER: "approved as verifier",
}

Telling = Callable[[Any, NamesInWords], Deed]


def _reasoned(what: str) -> Telling:
    return lambda event, _: Deed(what, str(event.reason))


def _payment(event: Any) -> str:
    again = f", try {event.attempt}" if event.attempt > 1 else ""
    return f"payment {event.tranche}{again}"


def _approval(event: Any, names: NamesInWords) -> Deed:
    lender = f", for {names.person(event.on_behalf_of)}" if event.on_behalf_of else ""
    return Deed(f"{APPROVED_AS.get(event.role, 'approved')}{lender}", event.reason)


def _hold(event: Any, _: NamesInWords) -> Deed:
    part = f" {words_of(event.leg)}" if event.leg is not None else " it"
    return Deed(f"put{part} on hold", event.reason)


def _assessed(event: Any, _: NamesInWords) -> Deed:
    findings = event.assessment.findings
    passed = sum(finding.outcome.value == "PASS" for finding in findings)
    rest = len(findings) - passed
    looks = f", {rest} {'needs' if rest == 1 else 'need'} a look" if rest else ""
    return Deed(f"asked {count_in_words(len(findings), 'rule')}: {passed} {'passes' if passed == 1 else 'pass'}{looks}")


def _screened(event: Any, _: NamesInWords) -> Deed:
    screening = event.verification.screening
    met = len(screening.matches)
    rest = f"{met or 'none'} {'resemble' if met > 1 else 'resembles'} an entry"
    return Deed(f"looked up {count_in_words(len(screening.parties), 'name')} in the sanctions lists: {rest}")


def _rechecked(event: Any, _: NamesInWords) -> Deed:
    return Deed(
        "asked the registers again: something must be looked at" if event.adverse
        else "asked the registers again: nothing new stands against it"
    )  # fmt: skip


def _deadline(event: Any, _: NamesInWords) -> Deed:
    deadline, words = event.deadline, words_of(event.deadline.wait)
    if deadline.wait is not Wait.OBLIGATION:
        return Deed(f"set the day for {words}: {day_in_words(deadline.due)}")
    if deadline.escalated:
        return Deed(f"tells of {words} again on {day_in_words(deadline.due)}")
    return Deed(f"set the day for {words}: {day_in_words(deadline.due - timedelta(seconds=1))}")


def _reminded(event: Any, _: NamesInWords) -> Deed:
    if event.ends_at is not None:
        return Deed(
            f"asked once more for {words_of(event.wait)}: without it this lapses on {day_in_words(event.ends_at)}"
        )
    return Deed(f"reminded of {words_of(event.wait)}")


def _agreed(event: Any, names: NamesInWords) -> Deed:
    called = f"; {names.person(event.account_verifier)} had called about its account" if event.account_verifier else ""
    return Deed(f"recorded the agreement, signed on {day_in_words(event.signed_on)}{called}")


def _ended(event: Any, _: NamesInWords) -> Deed:
    notes = [bank_in_words(event.reason), booking_in_words(event.figures)]
    return Deed(f"noted that {_payment(event)} {words_of(event.outcome)}", "; ".join(filter(None, notes)))


def _report(event: Any, _: NamesInWords) -> Deed:
    return Deed(f"recorded a {words_of(event.report_kind)}", event.summary)


def _refund(event: Any, _: NamesInWords) -> Deed:
    booked = f", booked as {money_in_words(event.booked)}" if event.booked is not None else ""
    return Deed(f"recorded a refund of {money_in_words(event.money)}{booked}", event.reason)


def _cleared(event: Any, _: NamesInWords) -> Deed:
    return Deed(f"cleared what the registers asked: {'; '.join(map(without_rule, event.questions))}", event.reason)


def _received(event: Any, _: NamesInWords) -> Deed:
    return Deed(f"noted that {money_in_words(event.money)} came in")


def _resolved(event: Any, _: NamesInWords) -> Deed:
    return Deed(f"noted what was found on the bank's word: {words_of(event.resolution)}")


def _interest(event: Any, names: NamesInWords) -> Deed:
    return Deed(f"declared an interest of {names.person(event.interest.person)}", event.interest.what)


def _fell(event: Any, names: NamesInWords) -> Deed:
    parts = ", ".join(words_of(part) for part in event.fell)
    return Deed(f"withdrew what {names.person(event.person)} had signed ({parts}), since a key was stolen")


def _changed(event: Any, _: NamesInWords) -> Deed:
    changes = ", ".join(words_of(change) for change in event.changes)
    return Deed(f"changed what is proposed{f': {changes}' if changes else ''}", event.reason)


def _assigned(event: Any, names: NamesInWords) -> Deed:
    return Deed(f"assigned it to {names.person(event.to)}" if event.to else "assigned it to nobody in particular")


def _escalated(event: Any, _: NamesInWords) -> Deed:
    until = day_in_words(event.due)
    then = f"waits for it until {until}" if event.wait in LAPSING else f"tells them again on {until}"
    return Deed(f"told the directors that {words_of(event.wait)} is late, and {then}")


_DEEDS: Final[dict[type[Any], Telling]] = {
    e.PartnershipProposed: lambda event, _: Deed("proposed it"),
    e.ProposalRevised: lambda event, _: Deed("answered, and proposed it again", event.answer or ""),
    e.ProposalAmended: _changed,
    e.InformationRequested: lambda event, _: Deed("asked", event.question),
    e.ReturnedForCure: lambda event, _: Deed("sent it back to its proposer: a rule forbids it as it is"),
    e.SubrecipientsReported: lambda event, _: Deed(
        f"reported whom the payee supports: {', '.join(body.party.name for body in event.subrecipients)}"
    ),
    e.DueDiligenceCompleted: _screened,
    e.EligibilityAssessed: _assessed,
    e.RegistersRechecked: _rechecked,
    e.QuestionsCleared: _cleared,
    e.ConditionMet: lambda event, _: Deed(f"put papers on file: {words_of(event.condition)}", event.note),
    e.ReferralCleared: _reasoned("looked into it, and let it go on"),
    e.ApprovalGiven: _approval,
    e.FundsAllotted: lambda event, _: Deed("set money aside in the funds"),
    e.AgreementSigned: _agreed,
    e.TrancheReleased: lambda event, _: Deed(f"released {_payment(event)}, {money_in_words(event.money)}"),
    e.PaymentCancelled: lambda event, _: Deed(f"took the release of {_payment(event)} back", event.reason),
    e.TrancheHandedOver: lambda event, _: Deed(f"noted that {_payment(event)} went to the bank"),
    e.TrancheNeverSent: lambda event, _: Deed(f"noted that {_payment(event)} never reached the bank"),
    e.TrancheEnded: _ended,
    e.TranchePaidShort: lambda event, _: Deed(
        f"noted that {_payment(event)} is short: {money_in_words(event.money)} was booked"
    ),
    e.RestAgreed: lambda event, _: Deed(
        f"agreed to pay the rest of payment {event.tranche}, {money_in_words(event.remainder)}", event.reason
    ),
    e.RestGivenUp: lambda event, _: Deed(
        f"gave up the rest of payment {event.tranche}, {money_in_words(event.remainder)}", event.reason
    ),
    e.RecoveryWaived: lambda event, _: Deed(
        f"let the grantee keep {money_in_words(event.money)} that was paid beyond the plan", event.reason
    ),
    e.PaymentRecalled: lambda event, _: Deed(f"asked for {_payment(event)} back", event.reason),
    e.RecallAnswered: lambda event, _: Deed(
        f"noted that the bank {words_of(event.answer)} the recall of {_payment(event)}", event.reason
    ),
    e.RecallHeard: lambda event, _: Deed(
        f"read in a file of the bank that it {words_of(event.answer)} the recall of {_payment(event)}",
        f"{event.code} {event.reason}".strip(),
    ),
    e.BankContradicted: lambda event, _: Deed(f"asked people to look at the bank's word: {words_of(event.exception)}"),
    e.ContradictionResolved: _resolved,
    e.FundsReceived: _received,
    e.ReportReceived: _report,
    e.ReportAccepted: lambda event, _: Deed(f"accepted report {event.report}", event.reason),
    e.ReportReturned: lambda event, _: Deed(f"returned report {event.report}", event.reason),
    e.RefundRecorded: _refund,
    e.RefundConfirmed: _reasoned("confirmed a refund"),
    e.RefundWithdrawn: _reasoned("took a refund back"),
    e.DiversionReported: lambda event, _: Deed("reported that money was diverted", event.what),
    e.AssuranceRecorded: lambda event, _: Deed("recorded the grantee's assurances", event.what),
    e.LetterIssued: lambda event, _: Deed(
        f"issued the {words_of(event.letter)} to {words_of(event.to)}", event.note or ""
    ),
    e.GranteeInvited: lambda event, _: Deed(f"invited the grantee: {words_of(event.form)}", event.note or ""),
    e.InvitationEnded: _reasoned("ended an invitation of the grantee"),
    e.SubmissionReturned: _reasoned("returned what the grantee handed in"),
    e.HoldPlaced: _hold,
    e.HoldLifted: _reasoned("lifted a hold"),
    e.HeldWithLead: _hold,
    e.FreedWithLead: lambda event, _: Deed("freed it, since the hold on its lead was lifted"),
    e.InterestDeclared: _interest,
    e.DecisionsFell: _fell,
    e.LegEnded: lambda event, _: Deed(f"ended {words_of(event.leg)}", event.reason),
    e.PartnershipDeclined: _reasoned("declined it"),
    e.PartnershipWithdrawn: _reasoned("withdrew it"),
    e.PartnershipTerminated: _reasoned("ended it early"),
    e.PartnershipReopened: _reasoned("reopened it"),
    e.PartnershipClosed: lambda event, _: Deed("closed it: everything agreed was done"),
    e.DeadlineSet: _deadline,
    e.DeciderReminded: _reminded,
    e.DeadlineExtended: _reasoned("gave more time"),
    e.DeadlineEscalated: _escalated,
    e.CommentMade: lambda event, _: Deed("commented", event.text),
    e.PartnershipAssigned: _assigned,
    e.CommandRefused: lambda event, names: Deed(f"refused an act of {names.person(event.actor)}"),
}


def deed_of(event: Any, names: NamesInWords) -> Deed:
    """Return an event as a sentence, to follow who did it."""
    telling = _DEEDS.get(type(event))
    return telling(event, names) if telling is not None else Deed("recorded something")


def doer_of(event: Any) -> str:
    """Return who did it, by their id, or '' if Accord did."""
    actor = "" if isinstance(event, e.CommandRefused) else str(getattr(event, "actor", ""))
    return "" if actor == ACCORD else actor
