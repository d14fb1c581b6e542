"""Checks of a proposal against the state: a new one, and an amendment, also under a hold."""

from __future__ import annotations

from typing import assert_never

from domain.errors import AlreadyProposed, IllegalTransition, Incomplete, PaymentRefused
from domain.partnership.payment.admission import end_first
from domain.partnership.proposal import commands as c
from domain.partnership.proposal.amendment import ANEW, Change, changes_between, tells_anew
from domain.partnership.proposal.calls import admit_contacts
from domain.partnership.proposal.splitting import altered_fault, as_split
from domain.partnership.proposal.updates import is_one_body, is_same_body, names_lost
from domain.partnership.report.admission import admit_budget, admit_plan
from domain.partnership.state import Partnership
from domain.proposal import FundsIn, Proposal

Changes = tuple[Change, ...]


def admit_proposal(partnership: Partnership, command: c.ProposalRequest) -> None:
    """Raise a DomainError if the state does not allow a proposal, its change, or a question about it."""
    match command:
        case c.Propose():
            _admit_submission(partnership, command)
        case c.Amend():
            _admit_amendment(partnership, command)
        case c.ReportSubrecipients():
            _admit_subrecipients(partnership)
        case c.ReturnForInformation():
            pass  # whatever the state, in the stages of the procedure
        case _:
            assert_never(command)


def _admit_submission(partnership: Partnership, command: c.Propose) -> None:
    """Refuse a proposal of another reference, one beside another, and what would change what was paid."""
    if command.proposal.reference != partnership.partnership_id:
        raise IllegalTransition(f"the proposal is {command.proposal.reference}, not {partnership.partnership_id}")
    if partnership.proposal is not None and not partnership.question:
        raise AlreadyProposed(f"{partnership.partnership_id} was already proposed by {partnership.proposers[0]}")
    _admit_answer(partnership, command)
    _admit_succession(partnership, command.proposal)
    if partnership.proposal is not None:
        admit_budget(partnership, command.proposal)
        _admit_paid(partnership, command.proposal, _changes_to(partnership, command.proposal))


def _admit_answer(partnership: Partnership, command: c.Propose) -> None:
    """Refuse a proposal that leaves a person's question unanswered, and an answer where nobody asked."""
    if partnership.is_asked and command.answer is None:
        raise Incomplete(
            f"answer: {partnership.question!r} is not answered; answer it in words, in its field of the form or by"
            " `accord propose FILE --answer ANSWER`"
        )
    if command.answer is not None and not partnership.is_asked:
        raise IllegalTransition(
            f"answer: nobody asks anything of {partnership.partnership_id} that is open; leave the answer out"
        )


def _admit_amendment(partnership: Partnership, command: c.Amend) -> None:
    """Refuse an amendment of another partnership or of nothing, and of money paid, on its way or reported on."""
    before, after = partnership.proposed, command.proposal
    if after.reference != partnership.partnership_id:
        raise IllegalTransition(f"the proposal is {after.reference}, not {partnership.partnership_id}")
    if after == before:
        raise IllegalTransition("the amendment changes nothing")
    if after.interests != before.interests:
        raise IllegalTransition("an amendment declares no interests; see `accord declare-interest`")
    if before.directions != after.directions:
        raise IllegalTransition("an amendment keeps the legs of a partnership; propose another one for another leg")
    admit_contacts(partnership, command)
    _admit_succession(partnership, after)
    changes = _changes_to(partnership, after)
    _admit_paid(partnership, after, changes)
    admit_plan(partnership, after)
    if partnership.in_flight and not ANEW.isdisjoint(changes):
        raise PaymentRefused(f"a payment is on its way: {end_first(partnership)}; then the case begins anew")


def _admit_subrecipients(partnership: Partnership) -> None:
    """Refuse sub-recipients where no money goes out."""
    if partnership.proposed.funds_out is None:
        raise IllegalTransition("no money goes out in this partnership, so there are no sub-recipients")


def goes_on_under_hold(partnership: Partnership, after: Proposal) -> bool:
    """True if an amendment goes on beside a hold, since the hold may wait for it.

    It tells who the parties are now, or who took over; or it leaves out whoever is on a list.

    Raises:
        PaymentRefused: It would take what was paid from its funder or payee: to lift the hold would help nobody.
    """
    changes = _changes_to(partnership, after)
    if tells_anew(changes) or _takes_over(partnership.proposed, after):
        return True
    if partnership.has_paid:
        _admit_parties(partnership, after, changes)
    return bool(partnership.listed)


def _changes_to(partnership: Partnership, after: Proposal) -> Changes:
    before = as_split(partnership.proposed, after, partnership.approved_under)
    return changes_between(before, after, partnership.checked_payee)


def _admit_paid(partnership: Partnership, after: Proposal, changes: Changes) -> None:
    """Refuse another funder after any release, another payee without its succession, and a change of what was paid."""
    progresses = [tranche for tranche in partnership.tranches if tranche.attempt]
    if progresses:
        _admit_parties(partnership, after, changes)
    faults = (altered_fault(partnership, progress, after) for progress in progresses)
    if fault := next(filter(None, faults), None):
        raise PaymentRefused(str(fault))
    _admit_received(partnership, after)


def _admit_received(partnership: Partnership, after: Proposal) -> None:
    """Refuse, once a gift's money came in, to leave it out, or another funder, currency or kind: the money lies there.

    In another currency the same figure would be another sum.
    """
    was, now = partnership.proposed.funds_in, after.funds_in
    if was is None or not partnership.received:
        return
    if field := "funds_in" if now is None else _field_of_received(was, now):
        raise PaymentRefused(
            f"{field}: {was.money.currency} {partnership.received:,} came in for {was.funder} already; keep it, and"
            " propose another gift under a reference of its own"
        )


def _field_of_received(was: FundsIn, now: FundsIn) -> str:
    """Return the field of a gift that is changed and may not be once money came in, or an empty text."""
    fields = (
        ("funds_in.funder", was.funder != now.funder),
        ("funds_in.money", was.money.currency != now.money.currency),
        ("funds_in.in_kind", (was.in_kind is None) != (now.in_kind is None)),
    )
    return next((name for name, is_changed in fields if is_changed), "")


def _admit_parties(partnership: Partnership, after: Proposal, changes: Changes) -> None:
    """Refuse, once payments were released, what would take them from their funder or from the payee that got them."""
    before, partnership_id = partnership.proposed, partnership.partnership_id
    if Change.FUNDER in changes:
        raise PaymentRefused(
            f"funder: payments of {partnership_id} were released for {before.legs[0].funder} already; amend it down to"
            " what was paid, and propose the rest for the other funder under a reference of its own"
        )
    if Change.PAYEE in changes and not _takes_over(before, after):
        raise PaymentRefused(
            f"payee: payments were released to {partnership.paid_party} already; if it only bears another name, keep"
            " the one before in also_known_as; if another body took over from it, as by a merger, say so in"
            f" funds_out.succession, with its paper; else end this partnership (`accord terminate {partnership_id}`),"
            " and propose another one"
        )
    if (lost_names := names_lost(before, after)) and Change.PAYEE not in changes:
        raise PaymentRefused(
            f"also_known_as: payments were released to {lost_names[0]}; keep the name, so that it is screened as well"
        )


def _takes_over(before: Proposal, after: Proposal) -> bool:
    """True if an amendment names the succession by which another body takes the agreement over."""
    was, now = before.funds_out, after.funds_out
    return now is not None and now.succession is not None and was is not None and now.succession != was.succession


def _admit_succession(partnership: Partnership, after: Proposal) -> None:
    """Refuse a succession that says something else than the ledger: of whom, and what was paid (rules 4.4)."""
    now = after.funds_out.succession if after.funds_out is not None else None
    was = partnership.proposal.funds_out if partnership.proposal is not None else None
    if now is None or after.funds_out is None or (was is not None and was.succession == now):
        return
    paid_sum, field = partnership.paid_or_in_flight, "funds_out.succession"
    if was is None or not partnership.has_paid:
        raise IllegalTransition(f"{field}: nothing was released here yet; leave it out, and name the payee alone")
    if not is_one_body(was.payee, now.of):
        raise IllegalTransition(f"{field}.of: {now.of.name} is not the payee; it is {was.payee.name}, as it stands")
    if is_same_body(was.payee, after.funds_out.payee):
        raise IllegalTransition(f"funds_out.payee: it is {was.payee.name} still; name the body that took over")
    if now.paid != paid_sum:
        raise IllegalTransition(f"{field}.paid: it says {now.paid:,}, and {was.currency} {paid_sum:,} were paid")
    if not after.funds_out.left.amount:
        raise IllegalTransition(f"{field}: nothing is left to be paid; propose another partnership with it")
