"""Count a donor's money that came in: on its own account, from its own donor, on a possible day."""

from __future__ import annotations

from collections.abc import Sequence

from accord.counter.transactions import Counter
from domain.fault import Fault
from domain.identity import derive
from domain.partnership import commands as c
from domain.partnership.payment.decisions import receipt_fault
from domain.partnership.state import Partnership
from domain.payment.account_numbers import is_same_account
from domain.payment.bank_answers import BankAnswer, Contradiction, ExceptionKind
from payments.accounts import AccountChanged, UnknownAccount, find_account, holders_of, read_account
from payments.answers.matching.faults import EARLIEST
from payments.answers.matching.matched import MatchedEntry
from payments.answers.messages import BankNotice
from registers.matching.identity.holders import is_held_by, may_be_held_by


async def receive(
    counter: Counter, partnership: Partnership, answer: BankAnswer, entry: MatchedEntry
) -> Contradiction | None:
    """Record a gift on its partnership. Return a contradiction if a person must resolve it, or None."""
    if fault := receipt_fault(partnership, answer):
        return Contradiction(ExceptionKind.UNEXPECTED_RECEIPT, str(fault))
    if fault := await _own_account_fault(counter, partnership, entry.account):
        return Contradiction(ExceptionKind.WRONG_ACCOUNT, str(fault))
    if fault := await _debtor_fault(counter, partnership, entry.said):
        return Contradiction(ExceptionKind.UNEXPECTED_RECEIPT, str(fault))
    day = await counter.begun_on(partnership.partnership_id) - EARLIEST
    if answer.booked_on is not None and answer.booked_on < day:
        reason = f"the booking day is {answer.booked_on}, before {partnership.partnership_id} was proposed"
        return Contradiction(ExceptionKind.IMPOSSIBLE_DAY, reason)
    receipt = c.RecordReceipt(command_id=derive("receipt", answer.answer_id), at=answer.said_at, answer=answer)
    await counter.decide(partnership, receipt)
    return None


async def _own_account_fault(counter: Counter, partnership: Partnership, account: str) -> Fault | None:
    """Return the fault if money came in on another account than that of the gift's funder, or None."""
    gift = partnership.proposal.funds_in if partnership.proposal else None
    if gift is None or not account:
        return None
    funder = (await counter.desk.directory()).funder(gift.funder)
    if funder is None:
        return Fault(f"the directory holds no funder {gift.funder} any more")
    try:
        reference = await find_account(counter.connection, funder.account)
        details = await read_account(counter.connection, reference.reference, reference.sha256)
    except (UnknownAccount, AccountChanged) as fault:
        return Fault(str(fault))
    if is_same_account(details.identifier, account):
        return None
    return Fault(f"it came in on another account than that of {gift.funder}")


def _is_payees(partnership: Partnership, notice: BankNotice, holders: Sequence[str]) -> bool:
    """True if money may have come from the partnership's own payee: by the account on record, or by a name of its."""
    out = partnership.proposal.funds_out if partnership.proposal else None
    names = [*holders, *([notice.debtor] if notice.debtor else [])]
    edition = partnership.approved_under
    return out is not None and any(may_be_held_by(name, out.payee.names, edition) for name in names)


async def _debtor_fault(counter: Counter, partnership: Partnership, notice: BankNotice | None) -> Fault | None:
    """Return the fault if money came in from another than the donor, by name or by a known account, or None.

    A grantee's money is a refund, whichever partnership its text names. No name is told: a person reads the file.
    """
    gift = partnership.proposal.funds_in if partnership.proposal else None
    if gift is None or notice is None:
        return None
    holders = await holders_of(counter.connection, notice.debtor_account) if notice.debtor_account else []
    donors, edition = (gift.donor.name,), partnership.approved_under
    if holders and not any(is_held_by(holder, donors, edition) for holder in holders):
        return Fault("it came from the account of somebody who is not the donor; it may be a refund: `accord refund`")
    if _is_payees(partnership, notice, holders):
        return Fault("it came from the payee, whoever the donor is; it may be a refund: `accord refund`")
    if not notice.debtor or holders or is_held_by(notice.debtor, donors, edition):
        return None
    return Fault(
        "it came from somebody who is not called as the donor is; if it is the donor's gift, two people say so"
    )
