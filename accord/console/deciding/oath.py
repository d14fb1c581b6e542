"""What the page that signs says: the act in one sentence, every field that is signed, and who else decided."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from accord.client.foresight import ApprovalsForeseen
from accord.client.sight import Sight
from accord.console.deciding.prepared import Waiting
from accord.console.pages.case.deciders import deciders_of
from accord.console.pages.case.money import money_of
from accord.console.pages.case.reports import received_reports
from accord.presentation.shown_accounts import ShownAccount
from accord.presentation.words.days import whole_day_in_words
from accord.presentation.words.facts import FieldInWords, changes_of, command_facts, facts_of
from accord.presentation.words.oaths import oath_of
from accord.presentation.words.values import NamesInWords, listed, money_in_words, refund_in_words
from domain.partnership import commands as c
from domain.partnership.choices import payable
from domain.partnership.refund.refunds import Refund
from domain.partnership.state import AnsweredQuestion, Partnership
from domain.proposal import Proposal
from domain.recorded.event import RecordedEvent
from domain.signatures.signing import Statement

_REPORTS = (c.AcceptReport, c.ReturnReport)
_JUDGED = (c.Approve, c.Decline, c.ReturnForInformation)
_REFUNDS = (c.ConfirmRefund, c.WithdrawRefund)
_WITH_PARTS = frozenset({"proposal"})
"""Fields that the page says in a section of their own."""


def told_of(
    waiting: Waiting,
    sight: Sight | None,
    history: Sequence[RecordedEvent],
    names: NamesInWords,
    account: ShownAccount | None,
    foreseen: ApprovalsForeseen | None = None,
) -> dict[str, Any]:
    """Return what the page says of a decision. `sight` is the partnership as it stands, None for one that begins."""
    command, partnership = waiting.command, sight.partnership if sight is not None else None
    proposed = command.proposal if isinstance(command, c.Propose | c.Amend) else None
    proposal = proposed or (partnership.proposed if partnership is not None else None)
    if proposal is None:
        raise ValueError(f"{waiting.partnership_id} has no proposal, and this proposes none")
    return {
        "oath": oath_of(command, proposal, partnership, names),
        "title": proposal.title,
        "signer": names.person(command.actor),
        "subject": (*_of_the_case(proposal), *_account(account), *_paid_as(proposal, command)),
        "said": _said(command, partnership, names),
        "about": _about(command, partnership, history, names),
        "deciders": deciders_of(partnership, history, names, command.actor, foreseen)
        if partnership is not None
        else (),
        "changes": changes_of(partnership.proposed, proposed, names) if partnership and proposed else (),
        "proposed": facts_of(proposed, names) if proposed is not None else (),
        "holds": [(names.person(hold.actor), names.within(hold.reason)) for hold in partnership.holds]
        if partnership is not None
        else [],
        "signed": statement_facts(waiting.statement, names),
        "terms": terms_facts(waiting.statement, proposal, names),
    }


def _of_the_case(proposal: Proposal) -> tuple[FieldInWords, ...]:
    interest, out = proposal.public_interest, proposal.funds_out
    return (
        FieldInWords("Partnership", proposal.title),
        *([FieldInWords("Purpose", out.purpose)] if out is not None else []),
        *([FieldInWords("Partner", proposal.partner.name)] if out is None or out.payee != proposal.partner else []),
        FieldInWords("Whom it serves", interest.community_served),
        FieldInWords("How it serves them", interest.statement),
    )


def _account(account: ShownAccount | None) -> tuple[FieldInWords, ...]:
    if account is None:
        return ()
    return (FieldInWords("To the account", f"of {account.holder}, ending in {account.last_digits}"),)


def _paid_as(proposal: Proposal, command: c.StaffRequest) -> tuple[FieldInWords, ...]:
    out = proposal.funds_out
    if out is None or not isinstance(command, c.Propose | c.Amend | c.Approve | c.SignAgreement):
        return ()
    plans = [
        f"{money_in_words(plan.money)}{f' from {whole_day_in_words(plan.due_on)}' if plan.due_on is not None else ''}"
        for plan in out.tranches
    ]
    return (FieldInWords("Paid as", listed(plans)),)


def _said(command: c.StaffRequest, partnership: Partnership | None, names: NamesInWords) -> tuple[FieldInWords, ...]:
    """Return what the command says, field by field, with what its numbers stand for."""
    facts = command_facts(command, names, _WITH_PARTS)
    if isinstance(command, c.Assign) and command.to is None:
        facts = (FieldInWords("Who looks after it", "nobody in particular"),)
    if isinstance(command, c.LiftHold) and partnership is not None:
        holds = [hold for hold in partnership.holds if hold.number in command.holds]
        words = listed([f"by {names.person(hold.actor)}: {names.within(hold.reason)}" for hold in holds])
        facts = tuple(FieldInWords(fact.label, words) if fact.label == "Hold" and words else fact for fact in facts)
    return facts


def _about(
    command: c.StaffRequest, partnership: Partnership | None, history: Sequence[RecordedEvent], names: NamesInWords
) -> tuple[FieldInWords, ...]:
    """Return what the decision is about, where it names something that is on record: a report, or a refund."""
    if partnership is None:
        return ()
    if isinstance(command, _REPORTS):
        return _of_a_report(command.report, partnership, history, names)
    if isinstance(command, _REFUNDS):
        return _of_a_refund(command, partnership, names)
    if isinstance(command, c.Release):
        return _of_a_release(command, partnership, names)
    if isinstance(command, c.Propose):
        return (FieldInWords("You are asked", names.within(partnership.question)),) if partnership.is_asked else ()
    return tuple(_of_an_answer(one, names) for one in partnership.answered) if isinstance(command, _JUDGED) else ()


def _of_an_answer(one: AnsweredQuestion, names: NamesInWords) -> FieldInWords:
    words = f"{names.within(one.question)} {names.person(one.actor)} answered: {names.within(one.answer)}"
    return FieldInWords("Asked and answered", words)


def _of_a_report(
    number: int, partnership: Partnership, history: Sequence[RecordedEvent], names: NamesInWords
) -> tuple[FieldInWords, ...]:
    received = {report.number: report for report in received_reports(partnership, history, names)}
    report = received.get(number)
    if report is None:
        return ()
    results = tuple(
        FieldInWords(what, f"{achieved} of {target}" if target else achieved)
        for what, target, achieved in report.results
    )
    figures = tuple(FieldInWords(name, words) for name, words in report.figures)
    return (FieldInWords("It says", report.summary), *figures, *results, FieldInWords("It came", report.received))


def _of_a_refund(
    command: c.ConfirmRefund | c.WithdrawRefund, partnership: Partnership, names: NamesInWords
) -> tuple[FieldInWords, ...]:
    refunds = [refund for refund in partnership.refunds if refund.is_named(command.bank_reference, command.detail)]
    return _refund_facts(refunds[0], names) if refunds else ()


def _refund_facts(refund: Refund, names: NamesInWords) -> tuple[FieldInWords, ...]:
    booked = FieldInWords("Booked on", whole_day_in_words(refund.booked_on))
    recorded = FieldInWords("Recorded by", names.person(refund.recorded_by))
    direction = facts_of(refund, names, frozenset(type(refund).model_fields) - {"direction"})
    return (FieldInWords("The refund", refund_in_words(refund)), *direction, booked, recorded)


def _of_a_release(command: c.Release, partnership: Partnership, names: NamesInWords) -> tuple[FieldInWords, ...]:
    progress, money = partnership.tranche(command.tranche), money_of(partnership, names)
    if progress is None or money is None:
        return ()
    paid = next(part.money for part in money.slices if part.label == "Paid")
    return (
        FieldInWords("This pays", money_in_words(payable(progress))),
        FieldInWords("Paid before", paid),
        FieldInWords("In all", money.total),
    )


def statement_facts(statement: Statement, names: NamesInWords) -> tuple[FieldInWords, ...]:
    """Return the statement itself in words: who signs what, of which record, when, and what a machine compares."""
    shown, log = statement.shown, statement.log
    seen = f"as it stood after step {shown.version} of its record" if shown is not None else "which begins with this"
    return (
        FieldInWords("Who", names.person(statement.actor)),
        FieldInWords("Of", f"{statement.subject}, {seen}"),
        FieldInWords("Place in the ledger", str(shown.position) if shown is not None else "new"),
        FieldInWords("When", f"{statement.at:%Y-%m-%d %H:%M:%S} UTC"),
        FieldInWords("Request", str(statement.command_id)),
        *([FieldInWords("Ledger", f"{log.origin}, epoch {log.epoch}")] if log is not None else []),
        FieldInWords("Digest of what you say", statement.content_sha256, is_digest=True),
    )


def terms_facts(statement: Statement, proposal: Proposal, names: NamesInWords) -> tuple[FieldInWords, ...]:
    """Return the terms that the statement binds the decision to, and the words whose digests are among them."""
    shown = statement.shown
    if shown is None:
        return ()
    interest = facts_of(proposal.public_interest, names)
    purpose = proposal.funds_out.purpose if proposal.funds_out is not None else ""
    return (
        *facts_of(shown.terms, names),
        *([FieldInWords("Purpose", purpose)] if purpose else []),
        FieldInWords("Public interest", parts=interest),
    )
