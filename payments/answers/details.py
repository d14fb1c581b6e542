"""The payments of a camt.054 entry, with the amount and name of each.

The payments must add up to the amount of the entry, those of a debit with the bank's charges that it names
(`payments.answers.booking.debits`). If they do not, a person must resolve the entry as a whole.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Final, NamedTuple
from xml.etree.ElementTree import Element

from domain.payment.booked.figures import BookedFigures
from domain.payment.bookings import is_filler, reference_key
from payments.answers.booking.booked_sums import ExplainedSum
from payments.answers.booking.credits import comes_back, credited_back
from payments.answers.booking.debits import debited, is_payment_out
from payments.answers.elements import (
    Amount,
    MessageFault,
    amount,
    elements,
    exact_sum,
    glimpse,
    glimpse_amount,
    reference,
    value,
)


class NamesNone(MessageFault):
    """An entry is a batch that names none of its payments."""


class Detail(NamedTuple):
    """One payment of an entry."""

    element: Element
    number: int
    name: str
    """Its name within the entry, the same in every message about the entry."""
    servicer_reference: str
    amount: Amount
    references: tuple[str, ...] = ()
    """The bank's references of it and of its entry, as far as they identify anything."""
    parts: tuple[str, ...] = ()
    """The mark among the payments of its entry, or () if it is the only one."""
    figures: BookedFigures | None = None
    """The figures of its booking, where the bank tells more than its sum."""


def details_of(entry: Element, total: Amount) -> list[Detail]:
    """Return the payments of an entry. An entry that shows none and is not a batch is one payment without details.

    Raises:
        MessageFault: Payments are missing, have the opposite direction, or do not add up to the entry's `total`.
    """
    details = elements(entry, "NtryDtls/TxDtls")
    _complete(entry, details)
    _one_way(entry, details)
    match details:
        case []:
            references = _references(_entry_references(entry), Element("TxDtls"))
            return [Detail(Element("TxDtls"), 1, "1", reference(entry, "AcctSvcrRef"), total, references)]
        case _ if is_payment_out(value(entry, "CdtDbtInd"), value(entry, "RvslInd")):
            return [
                detail._replace(amount=_in_account(payment), figures=payment.figures)
                for detail, payment in zip(_named(entry, details), debited(entry, details, total), strict=True)
            ]
        case [only] if comes_back(entry, only) and (back := credited_back(entry, only, total)) is not None:
            return [_named(entry, details)[0]._replace(amount=_in_account(back), figures=back.figures)]
        case [only]:
            amounts = [_only_amount(only, total)]
        case _:
            amounts = _amounts(details, total)
    return [detail._replace(amount=amount) for detail, amount in zip(_named(entry, details), amounts, strict=True)]


def _in_account(payment: ExplainedSum) -> Amount:
    """Return the sum of a payment as instructed or, in another currency or of a return, as booked."""
    figures = payment.figures
    if figures is None or (figures.booked_sum.currency == payment.amount.currency and not figures.is_return):
        return payment.amount
    return Amount(figures.booked_sum.amount, figures.booked_sum.currency)


def _complete(entry: Element, details: list[Element]) -> None:
    """Raise MessageFault for a batch that does not show each of its payments."""
    blocks = elements(entry, "NtryDtls")
    for block in blocks:
        if elements(block, "Btch") and not elements(block, "TxDtls"):
            together = glimpse_amount(block, "Btch/TtlAmt") or glimpse_amount(entry, "Amt")
            count = glimpse(block, "Btch/NbOfTxs") or "an unknown number of"
            fault = MessageFault if len(blocks) > 1 else NamesNone
            raise fault(f"a batch of {count} payments, {together} together, that names none of them")
    stated_count = glimpse(blocks[0], "Btch/NbOfTxs").lstrip("0") if len(blocks) == 1 else ""
    if stated_count not in {"", str(len(details))}:
        raise MessageFault(f"a batch of {stated_count} payments that shows {len(details)}")


def _one_way(entry: Element, details: list[Element]) -> None:
    direction = value(entry, "CdtDbtInd")
    if any(value(detail, "CdtDbtInd") not in {"", direction} for detail in details):
        raise MessageFault("the entry goes one way and a payment in it the other")


def _only_amount(detail: Element, total: Amount) -> Amount:
    """Return the sum of an entry's one payment, which is the entry's."""
    amount = _said_amount(detail)
    if amount is None or amount == total:
        return total
    raise MessageFault(f"the entry is over {total}, its one payment over {amount}")


def _amounts(details: list[Element], total: Amount) -> list[Amount]:
    stated_amounts = [_said_amount(detail) or _instructed(detail, total) for detail in details]
    amounts = [figure for figure in stated_amounts if figure is not None]
    if len(amounts) < len(stated_amounts):
        missing = len(stated_amounts) - len(amounts)
        raise MessageFault(
            f"the entry is over {total} and has {len(stated_amounts)} payments, {missing} of them without an amount"
        )
    if any(figure.currency != total.currency for figure in amounts):
        currencies = ", ".join(sorted({figure.currency for figure in amounts}))
        raise MessageFault(f"the entry is over {total}, its {len(stated_amounts)} payments are in {currencies}")
    together = exact_sum(figure.figure for figure in amounts)
    if total.figure != together:
        raise MessageFault(
            f"the entry is over {total}, its {len(stated_amounts)} payments come to {Amount(together, total.currency)}"
        )
    return amounts


def _said_amount(detail: Element) -> Amount | None:
    """Return the amount of a payment from `Amt`, or from `AmtDtls` as in older versions, or None if it has neither."""
    direct_amount, nested_amount = amount(detail, "Amt"), amount(detail, "AmtDtls/TxAmt/Amt")
    if direct_amount is not None and nested_amount is not None and direct_amount != nested_amount:
        raise MessageFault(f"a payment is over {direct_amount} and over {nested_amount}")
    return direct_amount or nested_amount


def _instructed(detail: Element, total: Amount) -> Amount | None:
    """Return the instructed amount if in the entry's currency, or None. It is used only if the payments then add up."""
    instructed_amount = amount(detail, "AmtDtls/InstdAmt/Amt")
    return instructed_amount if instructed_amount is not None and instructed_amount.currency == total.currency else None


_NO_SUM: Final = Amount(Decimal(0), "")


def _named(entry: Element, details: list[Element]) -> list[Detail]:
    """Return the payments of an entry with their names, and without their sums."""
    numbers = range(1, len(details) + 1)
    rows = zip(details, numbers, _names(details), _servicer_references(entry, details), strict=True)
    several, of_entry = len(details) > 1, _entry_references(entry)
    return [
        Detail(*row, _NO_SUM, _references(of_entry, row[0]), _own_names(row[0], row[1]) if several else ())
        for row in rows
    ]


_ENTRY_REFERENCE: Final = 6
"""The fewest letters and digits of an entry's own name that identify it. A shorter one counts lines of a statement."""


class _EntryReferences(NamedTuple):
    """The references of an entry, which each of its payments has: read once, since an entry may hold ten thousand."""

    servicer: str
    own: str


def _entry_references(entry: Element) -> _EntryReferences:
    own = reference(entry, "NtryRef")
    return _EntryReferences(reference(entry, "AcctSvcrRef"), own if len(reference_key(own)) >= _ENTRY_REFERENCE else "")


def _references(of_entry: _EntryReferences, detail: Element) -> tuple[str, ...]:
    """Return the references by which people may know a payment of an entry: the servicer's, the bank's, the entry's."""
    candidates = [of_entry.servicer, *_own_references(detail), of_entry.own]
    return tuple(dict.fromkeys(candidate for candidate in candidates if not is_filler(candidate)))


def _own_references(detail: Element) -> list[str]:
    return [reference(detail, f"Refs/{name}") for name in ("AcctSvcrRef", "TxId")]


def _own_names(detail: Element, number: int) -> tuple[str, ...]:
    names = [reference_key(own_reference) for own_reference in _own_references(detail) if not is_filler(own_reference)]
    return tuple(dict.fromkeys((*names, str(number))))


def _names(details: list[Element]) -> list[str]:
    """Return the payments' own references if they all differ and none is a filler, or else their numbers.

    A single payment is always "1": the entry's reference identifies it, whether or not the bank shows its details.
    """
    for path in ("Refs/TxId", "Refs/AcctSvcrRef"):
        names = [reference(detail, path) for detail in details]
        if len(names) > 1 and len(set(names)) == len(names) and not any(map(is_filler, names)):
            return names
    return [str(number) for number in range(1, len(details) + 1)]


def _servicer_references(entry: Element, details: list[Element]) -> list[str]:
    """Return the entry's reference for each payment, or the payments' own if only they have one."""
    of_entry = reference(entry, "AcctSvcrRef")
    payment_references = [reference(detail, "Refs/AcctSvcrRef") for detail in details]
    return (
        payment_references
        if is_filler(of_entry) and not any(map(is_filler, payment_references))
        else [of_entry] * len(details)
    )
