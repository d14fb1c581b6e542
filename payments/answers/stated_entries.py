"""Read the booked entries of a camt.053 statement of account, in the words of a notification of the same bookings.

Each entry comes whole: its payments, and what is beside them (the bank's charges), come to the sum of the entry.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Final
from xml.etree.ElementTree import Element

from payments.answers.elements import elements, entry_status, exact_sum, figure, glimpse, value
from payments.answers.notifications import Notification, NotificationEntry, entries_in, told_by
from payments.answers.statements import BankNotice, Unclear

_CHARGES: Final = frozenset({"CHRG", "COME", "COMI", "COMM", "COMT", "FEES"})
"""The sub-families of the bank's own charges, commissions and fees (ISO 20022, bank transaction codes)."""
_SUB_FAMILY: Final = "BkTxCd/Domn/Fmly/SubFmlyCd"


def read_stated_entries(message: Notification) -> Iterator[BankNotice | Unclear]:
    """Yield what the statements in a message say of their booked entries that move money, in their order.

    The statements hold already: they name their account, and their entries add up to their balances.
    """
    for entry in entries_in(message, elements(message.element, "Stmt")):
        if entry_status(entry.element) == "BOOK" and figure(entry.element, "Amt").figure:
            yield from _stated(entry)


def _stated(entry: NotificationEntry) -> Iterator[BankNotice | Unclear]:
    movement, place = _moved(entry.element), entry.part.place
    is_charge = glimpse(entry.element, _SUB_FAMILY) in _CHARGES
    beside = _beside(notices := told_by(entry), movement)
    for notice in notices:
        if isinstance(notice, Unclear):
            currency = figure(entry.element, "Amt").currency
            yield notice._replace(statement_place=place, movement=movement, currency=currency)
        else:
            yield notice._replace(statement_place=place, beside=beside, is_charge=is_charge)
            beside = Decimal(0)


def _moved(entry: Element) -> Decimal:
    """Return the sum of an entry, below zero for a debit. Its statement has been read, so that it has both."""
    amount = figure(entry, "Amt").figure
    return amount if value(entry, "CdtDbtInd") == "CRDT" else -amount


def _beside(notices: list[BankNotice | Unclear], movement: Decimal) -> Decimal:
    """Return the part of an entry's sum that none of its payments is."""
    amounts = [notice.amount or Decimal(0) for notice in notices if isinstance(notice, BankNotice)]
    if not amounts:
        return Decimal(0)
    together = exact_sum(amounts)
    return exact_sum((movement, -together if movement > 0 else together))
