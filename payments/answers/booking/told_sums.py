"""Read the sums of a payment that a bank tells beside the entry's amount: the exchange, and the charges.

`AmtDtls/{InstdAmt, TxAmt, CntrValAmt}` with `CcyXchg`, and `Chrgs`, in camt.053 and camt.054 alike, in the layouts of
2009 and of today. A value that cannot be read is a fault in one line with its remedy, and nothing of the entry counts.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from decimal import Decimal
from typing import Final, NamedTuple
from xml.etree.ElementTree import Element

from pydantic import TypeAdapter, ValidationError

from domain.payment.booked.figures import BankRate, Bearer, Charge
from domain.values import Currency, Money
from payments.answers.elements import (
    Amount,
    MessageFault,
    amount,
    amounts_above_zero,
    element,
    elements,
    moment,
    readable,
    reference,
    value,
)

ASK_THE_BANK: Final = "ask the bank for its entry as it booked it"

_RATE: Final = re.compile(r"[0-9]{1,11}(\.[0-9]{1,10})?", re.ASCII)
_PLACES: Final = ("InstdAmt", "TxAmt", "CntrValAmt")
_CURRENCY: Final = TypeAdapter(Currency)


class ToldSums(NamedTuple):
    """The sums that a bank tells of one payment, each None where it tells none."""

    instructed_sum: Amount | None = None
    posted_sum: Amount | None = None
    """The amount of the payment by its own `Amt`."""
    transaction: Amount | None = None
    counter_value: Amount | None = None
    exchanges: tuple[BankRate, ...] = ()
    """The rate that is told, once for each unit that it may be in: banks leave the unit out."""
    charges: tuple[Charge, ...] = ()
    """The charges as they are told, of which nobody said yet where they are part of."""

    @property
    def own_sum(self) -> Amount | None:
        """The amount of the payment itself, or None."""
        return self.posted_sum or self.transaction

    @property
    def beside(self) -> tuple[Amount, ...]:
        """The amounts of the payment beside what was instructed."""
        return tuple(amount for amount in (self.transaction, self.posted_sum, self.counter_value) if amount is not None)


def told_sums(detail: Element, blocks: Iterable[Element], around: Element | None = None) -> ToldSums:
    """Return the sums that a bank tells of a payment.

    `blocks`: the elements with its charges. `around`: its entry, whose own details are read where the payment has none.

    Raises:
        MessageFault: One of them cannot be read, or two that are one differ.
    """
    details = element(detail, "AmtDtls")
    if details is None and around is not None:
        details = element(around, "AmtDtls")
    charges = tuple(charge for block in blocks for charge in _charges(block))
    posted_sum = amount(detail, "Amt")
    if details is None:
        return ToldSums(posted_sum=posted_sum, charges=charges)
    sums = ToldSums(
        instructed_sum=amount(details, "InstdAmt/Amt"),
        posted_sum=posted_sum,
        transaction=amount(details, "TxAmt/Amt"),
        counter_value=amount(details, "CntrValAmt/Amt"),
        exchanges=_exchanges(details),
        charges=charges,
    )
    _require_one_sum(sums)
    return sums


def money_of(amount_: Amount, place: str) -> Money:
    """Return an amount as money. Raises MessageFault where it is none in its currency."""
    _require_currency(amount_.currency, place)
    try:
        return Money(amount=amount_.figure, currency=amount_.currency)
    except ValidationError:
        raise MessageFault(f"{place}: {amount_} is no sum of {amount_.currency}; {ASK_THE_BANK}") from None


def _require_one_sum(sums: ToldSums) -> None:
    """Raise MessageFault if the amount of a payment is told twice, differently. An exchange may tell both its sides."""
    posted_sum, transaction = sums.posted_sum, sums.transaction
    if posted_sum is None or transaction is None or posted_sum == transaction:
        return
    if not (sums.exchanges and posted_sum.currency != transaction.currency):
        raise MessageFault(f"a payment is over {posted_sum} and over {transaction}")


def _exchanges(details: Element) -> tuple[BankRate, ...]:
    nodes = [node for place in _PLACES for node in elements(details, f"{place}/CcyXchg")]
    exchanges = list(dict.fromkeys(_exchange(node) for node in nodes))
    if len(exchanges) > 1:
        raise MessageFault(f"CcyXchg: the entry tells {len(exchanges)} exchanges of one payment; {ASK_THE_BANK}")
    return exchanges[0] if exchanges else ()


def _exchange(node: Element) -> tuple[BankRate, ...]:
    """Return the rate of an exchange, once for each unit that it may be in."""
    source, unit = _currency(node, "SrcCcy"), _currency(node, "UnitCcy", needed=False)
    target = _currency(node, "TrgtCcy", needed=False) or (unit if unit != source else "")
    rate, moment_text = _rate_of(node), value(node, "QtnDt")
    if not target:
        raise MessageFault(f"CcyXchg/TrgtCcy: the exchange from {source} says into which currency; {ASK_THE_BANK}")
    shared = {"source": source, "target": target, "rate": rate, "contract": reference(node, "CtrctId")}
    quoted_on = moment(moment_text).date() if moment_text else None
    try:
        return tuple(
            BankRate.model_validate({**shared, "unit": code, "quoted_on": quoted_on})
            for code in ((unit,) if unit else (source, target))
        )
    except ValidationError as fault:
        words = fault.errors()[0]["msg"].removeprefix("Value error, ")
        raise MessageFault(f"CcyXchg: {readable(words, 120)}; {ASK_THE_BANK}") from None


def _rate_of(node: Element) -> Decimal:
    text = value(node, "XchgRate")
    if not _RATE.fullmatch(text):
        raise MessageFault(f"CcyXchg/XchgRate: {readable(text, 40) or 'nothing'} is no rate; {ASK_THE_BANK}")
    if not (rate := Decimal(text)):
        raise MessageFault(f"CcyXchg/XchgRate: the rate is {text}, and no currency is worth nothing; {ASK_THE_BANK}")
    return rate


def _currency(node: Element, name: str, *, needed: bool = True) -> str:
    code = value(node, name)
    if code or needed:
        _require_currency(code, f"CcyXchg/{name}")
    return code


def _require_currency(code: str, place: str) -> None:
    try:
        _CURRENCY.validate_python(code)
    except ValidationError:
        name = readable(code, 40) or "nothing"
        raise MessageFault(f"{place}: {name} is no currency of ISO 4217; {ASK_THE_BANK}") from None


# Charges


def charge_blocks(*parts: Element) -> list[Element]:
    """Return the elements with charges in parts of an entry."""
    return [block for part in parts for block in elements(part, "Chrgs")]


def _charges(block: Element) -> list[Charge]:
    """Return the charges of one block: each record, or else the block's own sum. What came back is left out as a whole.

    Where the total is another sum, taxes are in it: then the total is the charge.
    """
    records = elements(block, "Rcrd")
    if any(value(record, "CdtDbtInd") == "CRDT" for record in (block, *records)):
        return []
    charges = [charge for record in records for charge in _charge(record, "Amt", record)]
    total = _charge(block, "TtlChrgsAndTaxAmt", records[0] if len(records) == 1 else block)
    if total and not (len(charges) > 1 and _come_to(charges, total[0].money)):
        return total
    return charges or _charge(block, "Amt", block)


def _come_to(charges: list[Charge], total: Money) -> bool:
    currencies = {charge.money.currency for charge in charges}
    return currencies == {total.currency} and sum(charge.money.amount for charge in charges) == total.amount


def _charge(node: Element, path: str, borne: Element) -> list[Charge]:
    bearer = value(borne, "Br")
    if bearer and bearer not in Bearer.__members__:
        raise MessageFault(f"Chrgs/Br: {readable(bearer, 40)} bears no charge; {ASK_THE_BANK}")
    return [
        Charge(money=money_of(amount_, "Chrgs"), bearer=Bearer(bearer) if bearer else None)
        for amount_ in amounts_above_zero(node, path)
    ]
