"""Read camt.052 reports: what a bank says of a day that is not over, for people to look at.

A sight is no statement: no balance, no booking and no chain counts it.
"""

from __future__ import annotations

from contextlib import suppress
from datetime import date, datetime
from decimal import Decimal
from typing import Final, NamedTuple
from xml.etree.ElementTree import Element

from domain.payment.account_numbers import masked_account
from domain.payment.bookings import is_filler
from payments.answers.account_statements import account_of, bank_of, signed
from payments.answers.elements import (
    MessageFault,
    elements,
    entry_status,
    figure,
    glimpse,
    moment,
    readable,
    value,
)

_BALANCES: Final = ("ITBD", "ITAV", "CLBD", "CLAV")
"""The balances that say what stands there now: booked or available, within the day or at its end. The first counts."""

_STATES: Final = {
    "BOOK": "booked, no statement yet",
    "PDNG": "pending",
    "INFO": "for information",
    "FUTR": "expected",
}
"""The states of an entry (ISO 20022, entry status codes)."""


class IntradayEntry(NamedTuple):
    """An entry that a bank shows before its statement."""

    amount: Decimal
    """Negative for a debit."""
    currency: str
    state: str
    reference: str
    """The payment's own reference, or else the bank's, or ''."""
    text: str


class IntradayReport(NamedTuple):
    """An account within a day, as a bank shows it."""

    place: str
    account: str
    """Its IBAN or number, the letters and digits alone."""
    bank: str
    """The BIC of the bank that keeps it, or '' where the report names none."""
    on: date
    at: str
    """The time of the day as the bank says it, or ''."""
    entries: tuple[IntradayEntry, ...]
    currency: str = ""
    balance: Decimal | None = None
    """The balance at that time, or None if the bank does not say."""


def sights_of(message: Element, creation_time: datetime) -> tuple[IntradayReport, ...]:
    """Return the sights in a camt.052. A report without a time of its own is of the message's.

    Raises:
        MessageFault: A report names no account, or a sum of it cannot be read.
    """
    reports = elements(message, "Rpt")
    if not reports:
        raise MessageFault("it holds no report")
    return tuple(_sight(place, node, creation_time) for place, node in enumerate(reports, start=1))


def _sight(place: int, node: Element, creation_time: datetime) -> IntradayReport:
    try:
        at = moment(time_text) if (time_text := value(node, "CreDtTm")) else creation_time
        entries = tuple(_entry(entry) for entry in elements(node, "Ntry"))
        currency, balance = _balance(node)
        return IntradayReport(
            str(place), account_of(node), bank_of(node), at.date(), f"{at:%H:%M}", entries, currency, balance
        )  # fmt: skip
    except MessageFault as fault:
        raise MessageFault(f"report {glimpse(node, 'Id') or place}: {fault}") from None


def _entry(node: Element) -> IntradayEntry:
    currency = figure(node, "Amt").currency
    status = entry_status(node)
    return IntradayEntry(
        signed(node, currency),
        currency,
        _STATES.get(status, readable(status, 35) or "without status"),
        _reference(node),
        readable(glimpse(node, "AddtlNtryInf") or glimpse(node, "NtryDtls/TxDtls/RmtInf/Ustrd"), 140),
    )


def _reference(node: Element) -> str:
    paths = ("NtryDtls/TxDtls/Refs/EndToEndId", "AcctSvcrRef", "NtryDtls/TxDtls/Refs/AcctSvcrRef", "NtryRef")
    return next((text for path in paths if not is_filler(text := glimpse(node, path))), "")


def _balance(node: Element) -> tuple[str, Decimal | None]:
    """Return what stands on the account by the last balance of the first kind that there is, with its currency.

    One that is not written as an amount is left out: it would count for nothing, and the entries are worth seeing.
    """
    balances = elements(node, "Bal")
    for code in _BALANCES:
        if parts := [part for part in balances if glimpse(part, "Tp/CdOrPrtry/Cd") == code]:
            with suppress(MessageFault):
                currency = figure(parts[-1], "Amt").currency
                return currency, signed(parts[-1], currency)
    return "", None


def sight_in_words(sight: IntradayReport) -> str:
    """Return a sight in one line, with the account by its last digits."""
    balance = "" if sight.balance is None else f", {sight.currency} {sight.balance:,} at that time"
    at = f" {sight.at}" if sight.at else ""
    return (
        f"account {masked_account(sight.account)} on {sight.on}{at}{balance} (entries: {len(sight.entries)}), "
        f"for sight only: no balance and no booking counts it"
    )
