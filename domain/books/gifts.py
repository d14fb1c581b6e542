"""The places of a gift's money in the book: promised, received, gone back to its donor or blocked."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal

from domain.books.entries import PairedSums, Sums
from domain.directory.chart import Account, BookBasis
from domain.funds.claims import fund_of_own_gift
from domain.legs.funds_in import FundsIn, GiftKind
from domain.partnership.refund.refunds import RefundDirection
from domain.partnership.state import Partnership
from domain.proposal import Direction


def gift_sums(partnership: Partnership, basis: BookBasis) -> Sums:
    """Return the sums of a partnership's gift of money, or none without one. Goods and services are in no sum."""
    gift = partnership.proposal.funds_in if partnership.proposal is not None else None
    if gift is None or gift.in_kind is not None:
        return {}
    sheet, income = PairedSums(gift.funder, gift.money.currency), _income(gift)
    fund = fund_of_own_gift(partnership) or ""
    sheet.put(Account.BANK, income, partnership.received, fund)
    is_income = basis is BookBasis.ACCRUAL and not gift.contingent
    for due, amount in _outstanding(partnership, gift):
        if is_income:
            sheet.put(Account.PLEDGES_RECEIVABLE, income, amount, fund, due)
        else:
            sheet.put(Account.PLEDGED, Account.MEMORANDA, amount, fund, due)
    _put_what_left(sheet, partnership, fund)
    return sheet.sums


def _income(gift: FundsIn) -> Account:
    if gift.kind is GiftKind.SPONSORSHIP:
        return Account.SPONSORSHIPS
    return Account.GIFTS_RESTRICTED if gift.is_restricted else Account.GIFTS_UNRESTRICTED


def _outstanding(partnership: Partnership, gift: FundsIn) -> Iterator[tuple[date | None, Decimal]]:
    """Yield each sum that is agreed and not received, with the day on which it is due. Receipts met the first days."""
    is_over = partnership.ended or Direction.FUNDS_IN in partnership.ended_legs
    if not partnership.is_lasting or is_over:
        return
    surplus, remainder = partnership.received, gift.money.amount
    for instalment in sorted(gift.schedule, key=lambda instalment: instalment.due_on):
        part = min(surplus, instalment.amount)
        surplus, remainder = surplus - part, remainder - instalment.amount
        if instalment.amount > part:
            yield instalment.due_on, instalment.amount - part
    if remainder > surplus:
        yield None, remainder - surplus


def _put_what_left(sheet: PairedSums, partnership: Partnership, fund: str) -> None:
    """Put the money that left again. It counts as soon as it is on record, as it does in a fund."""
    for refund in partnership.refunds:
        match refund.direction:
            case RefundDirection.TO_DONOR:
                sheet.put(Account.GIFTS_RETURNED, Account.BANK, refund.money.amount, fund)
            case RefundDirection.TO_BLOCKED_ACCOUNT:
                sheet.put(Account.BLOCKED_FUNDS, Account.BANK, refund.money.amount, fund)
                sheet.put(Account.GIFTS_RETURNED, Account.BLOCKED_OWED, refund.money.amount, fund)
            case RefundDirection.FROM_GRANTEE:
                pass  # it is of the grant
