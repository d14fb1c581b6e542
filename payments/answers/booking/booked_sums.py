"""Explain the sum of a debit by what was instructed, the bank's rate and its charges, or say that it is not explained.

A sum is explained if charges that the bank names, added to what was instructed (at the bank's rate, where the account
is in another currency), come to it. Which of the named charges are in the sum follows from the sums alone: banks mean
several things by `ChrgInclInd`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import NamedTuple

from pydantic import ValidationError

from domain.payment.booked.figures import MOST_CHARGES, BankRate, Bearer, BookedFigures, Charge, multiplies_out
from domain.values import Money
from payments.answers.booking.told_sums import ASK_THE_BANK, ToldSums, money_of
from payments.answers.elements import Amount, MessageFault, exact_sum, readable


class ExplainedSum(NamedTuple):
    """The sum of one payment, and the figures that explain what was booked of it."""

    amount: Amount
    """The sum that was instructed, as far as the bank says it, and at which the payment counts."""
    figures: BookedFigures | None
    """None if the booked sum is the instructed one and nothing else is sums."""


def explained(sums: ToldSums, total: Amount) -> ExplainedSum:
    """Return the payment of a debit over `total`.

    Raises:
        MessageFault: The sums that the bank tells do not explain each other.
    """
    if len(sums.charges) > MOST_CHARGES:
        raise MessageFault(f"Chrgs: {len(sums.charges)} charges on one payment; {ASK_THE_BANK}")
    order = _instructed_abroad(sums, total)
    if order is not None:
        return _exchanged(sums, order, total)
    return _in_one_currency(sums, total)


def explained_return(sums: ToldSums, total: Amount) -> ExplainedSum:
    """Return what came back of an exchanged payment by a credit over `total`, with the charges that were taken from it.

    Raises:
        MessageFault: The sums that the bank tells do not explain each other.
    """
    order = _instructed_abroad(sums, total) if len(sums.charges) <= MOST_CHARGES else None
    if order is None:
        raise MessageFault(f"CcyXchg: nothing says which sum came back by {total}; {ASK_THE_BANK}")
    back = money_of(order, "AmtDtls/InstdAmt")
    for rate in sums.exchanges:
        for parts in _choices(sums.charges, total.currency):
            principal = _principal(exact_sum((total.figure, _sum(None, parts))), total)
            if multiplies_out(back, principal, rate):
                return ExplainedSum(order, _figures(sums, order, total, rate, parts, (), is_return=True))
    raise MessageFault(_not_made(sums, order, total))


def less_charges(sums: ToldSums, total: Amount) -> ExplainedSum | None:
    """Return the sum of a payment that came back in the account's own currency by a credit over `total`, less charges.

    None where the bank names no larger sum that came back, or no charges that come to the difference.
    """
    whole = next((sum_ for sum_ in (sums.instructed_sum, sums.own_sum) if sum_ is not None and sum_ != total), None)
    if whole is None or whole.currency != total.currency or len(sums.charges) > MOST_CHARGES:
        return None
    choices = (parts for parts in _choices(sums.charges, total.currency) if parts)
    parts = next((parts for parts in choices if _sum(total, parts) == whole.figure), None)
    return ExplainedSum(whole, _figures(sums, whole, total, None, parts, (), is_return=True)) if parts else None


def _instructed_abroad(sums: ToldSums, total: Amount) -> Amount | None:
    """Return the sum that was instructed in another currency than the account's, if an exchange is told, or None."""
    if not sums.exchanges:
        return None
    candidates = (sums.instructed_sum,) if sums.instructed_sum is not None else sums.beside
    return next((sum_ for sum_ in candidates if sum_.currency != total.currency), None)


# In the account's currency


def _in_one_currency(sums: ToldSums, total: Amount) -> ExplainedSum:
    own_sum, stated_sum = sums.own_sum, sums.instructed_sum
    if own_sum is not None and own_sum.currency != total.currency:
        raise MessageFault(_unexplained(total, own_sum))
    order = stated_sum if stated_sum is not None and stated_sum.currency == total.currency else own_sum or total
    choices = _choices(sums.charges, total.currency)
    parts = next((parts for parts in choices if _sum(order, parts) == total.figure), None)
    if parts is None:
        raise MessageFault(_unexplained(total, order))
    payees = _payees(sums, order, parts)
    if own_sum is not None and own_sum.figure not in {total.figure, order.figure} and not payees:
        raise MessageFault(_unexplained(total, own_sum))
    if not parts and not payees:
        return ExplainedSum(order, None)
    return ExplainedSum(order, _figures(sums, order, total, None, parts, payees))


def _unexplained(total: Amount, order: Amount) -> str:
    return f"the entry is over {total}, its one payment over {order}"


# In another currency


def _exchanged(sums: ToldSums, order: Amount, total: Amount) -> ExplainedSum:
    money_of(order, "AmtDtls/InstdAmt")
    own_sums = [sum_.figure for sum_ in sums.beside if sum_.currency == total.currency]
    for rate in sums.exchanges:
        for parts in _choices(sums.charges, total.currency):
            principal = exact_sum((total.figure, -_sum(None, parts)))
            if principal <= 0 or any(sum_ not in {principal, total.figure} for sum_ in own_sums):
                continue
            if multiplies_out(money_of(order, "InstdAmt"), _principal(principal, total), rate):
                payees = _payees(sums, order, parts)
                return ExplainedSum(order, _figures(sums, order, total, rate, parts, payees))
    raise MessageFault(_not_made(sums, order, total))


def _principal(figure: Decimal, total: Amount) -> Money:
    return money_of(Amount(figure, total.currency), "Amt")


def _not_made(sums: ToldSums, order: Amount, total: Amount) -> str:
    rate = sums.exchanges[0]
    charge_texts = [f"{charge.money}" for charge in sums.charges]
    charges = f" and the charges it names ({', '.join(charge_texts[:5])})" if charge_texts else ""
    return readable(
        f"CcyXchg: {order} at {rate.rate:f} from {rate.source} to {rate.target}{charges} do not come to {total} "
        f"within one smallest unit; {ASK_THE_BANK}",
        290,
    )


# Charges


def _choices(charges: Sequence[Charge], currency: str) -> Iterator[tuple[Charge, ...]]:
    """Yield the charges that may be in the booked sum: all, those that are not the payee's, or none."""
    in_currency = tuple(charge for charge in charges if charge.money.currency == currency)
    yield in_currency
    yield tuple(charge for charge in in_currency if charge.bearer is not Bearer.CRED)
    yield ()


def _payees(sums: ToldSums, order: Amount, parts: tuple[Charge, ...]) -> tuple[Charge, ...]:
    """Return the charges that were taken from what arrived: the payee's, and shared ones if they explain what arrived.

    Raises:
        MessageFault: Less arrived than was instructed, and the charges that are told do not explain it.
    """
    currency = order.currency
    outside = [charge for charge in sums.charges if charge not in parts and charge.money.currency == currency]
    payee_charges = tuple(charge for charge in outside if charge.bearer is Bearer.CRED)
    shared = tuple(charge for charge in outside if charge.bearer in {Bearer.CRED, Bearer.SHAR})
    beside = (sums.transaction, sums.posted_sum)
    arrival = next((sum_ for sum_ in beside if sum_ is not None and sum_.currency == currency), None)
    if arrival is None or arrival.figure >= order.figure:
        return payee_charges
    for payees in (payee_charges, shared):
        if _sum(arrival, payees) == order.figure:
            return payees
    raise MessageFault(
        f"AmtDtls: {order} were instructed and {arrival} were paid, and no charge that is told explains it; "
        f"{ASK_THE_BANK}"
    )


def _sum(base: Amount | None, charges: Sequence[Charge]) -> Decimal:
    start = base.figure if base is not None else Decimal(0)
    return exact_sum((start, *(charge.money.amount for charge in charges)))


def _figures(
    sums: ToldSums, order: Amount, total: Amount, rate: BankRate | None, parts: tuple[Charge, ...],
    payees: tuple[Charge, ...], *, is_return: bool = False,
) -> BookedFigures:  # fmt: skip
    charges = tuple(
        charge.model_copy(update={"is_part": charge in parts, "is_payees": charge in payees}) for charge in sums.charges
    )
    try:
        return BookedFigures(
            instructed_sum=money_of(order, "InstdAmt"),
            booked_sum=money_of(total, "Amt"),
            rate=rate,
            charges=charges,
            is_return=is_return,
        )
    except ValidationError as fault:
        words = fault.errors()[0]["msg"].removeprefix("Value error, ")
        raise MessageFault(f"{readable(words, 200)}; {ASK_THE_BANK}") from None
