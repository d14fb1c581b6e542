"""The payments of a debit, each with the sum at which it counts and what was booked of it.

The payments, with the bank's charges that the entry names, must add up to its amount. Charges that an entry names for
its payments as a whole stand with the first of them: nothing says whose they are.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from xml.etree.ElementTree import Element

from domain.payment.booked.figures import Charge
from payments.answers.booking.booked_sums import ExplainedSum, explained
from payments.answers.booking.told_sums import ToldSums, charge_blocks, told_sums
from payments.answers.elements import Amount, MessageFault, exact_sum


def is_payment_out(direction: str, reversal: str) -> bool:
    """True if an entry is a debit that takes back nothing: a payment of ours."""
    return direction == "DBIT" and reversal not in {"true", "1"}


def debited(entry: Element, details: Sequence[Element], total: Amount) -> list[ExplainedSum]:
    """Return the payments of a debit over `total`, each explained.

    Raises:
        MessageFault: They do not add up to it, or the sums that the bank tells of one do not explain each other.
    """
    if len(details) == 1:
        sums = told_sums(details[0], charge_blocks(entry, details[0]), around=entry)
        return [explained(sums, total)]
    sums_of_each = [told_sums(detail, charge_blocks(detail)) for detail in details]
    shares = _shares(sums_of_each, total)
    together = exact_sum(shares)
    if together == total.figure:
        return _each(sums_of_each, shares, total.currency)
    of_entry = told_sums(Element("TxDtls"), charge_blocks(entry)).charges
    with_charges = _with_charges_of_entry(sums_of_each, of_entry)
    shares = [
        share + exact_sum(_own(sums.charges, total.currency)) for share, sums in zip(shares, with_charges, strict=True)
    ]
    if exact_sum(shares) != total.figure:
        raise MessageFault(
            f"the entry is over {total}, its {len(details)} payments come to {Amount(together, total.currency)}"
        )
    return _each(with_charges, shares, total.currency)


def _each(sums_of_each: Sequence[ToldSums], shares: Sequence[Decimal], currency: str) -> list[ExplainedSum]:
    return [explained(sums, Amount(share, currency)) for sums, share in zip(sums_of_each, shares, strict=True)]


def _with_charges_of_entry(sums_of_each: Sequence[ToldSums], charges: tuple[Charge, ...]) -> list[ToldSums]:
    first, *others_sums = sums_of_each
    return [first._replace(charges=(*first.charges, *charges)), *others_sums]


def _shares(sums_of_each: Sequence[ToldSums], total: Amount) -> list[Decimal]:
    """Return the sum of each payment in the account's currency, as its details tell it.

    Raises:
        MessageFault: One of them tells none.
    """
    amounts = [_share(sums, total.currency) for sums in sums_of_each]
    missing, count = sum(amount is None for amount in amounts), len(amounts)
    if missing:
        raise MessageFault(f"the entry is over {total} and has {count} payments, {missing} of them without an amount")
    shares = [amount for amount in amounts if amount is not None]
    if any(share.currency != total.currency for share in shares):
        currencies = ", ".join(sorted({share.currency for share in shares}))
        raise MessageFault(f"the entry is over {total}, its {count} payments are in {currencies}")
    return [share.figure for share in shares]


def _share(sums: ToldSums, currency: str) -> Amount | None:
    """Return the sum of a payment in a currency, or in another one if it tells no other, or None if it tells none."""
    candidates = [sum_ for sum_ in (sums.own_sum, *sums.beside, sums.instructed_sum) if sum_ is not None]
    return next((sum_ for sum_ in candidates if sum_.currency == currency), sums.own_sum)


def _own(charges: Sequence[Charge], currency: str) -> list[Decimal]:
    return [charge.money.amount for charge in charges if charge.money.currency == currency]
