"""Read camt.054 notifications: a bank's bookings on an account, with one statement per payment of an entry."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import date, datetime
from typing import Final, NamedTuple
from xml.etree.ElementTree import Element

from domain.payment.account_numbers import masked, masked_account
from domain.payment.bank_answers import TAKES_BACK, BankStatus
from domain.payment.bookings import is_filler
from payments.answers.booking.copies import copies_in
from payments.answers.booking.whole_files import file_named
from payments.answers.details import Detail, NamesNone, details_of
from payments.answers.elements import (
    MessageFault,
    amount,
    day,
    elements,
    entry_status,
    glimpse,
    glimpse_amount,
    glimpse_day,
    glimpse_sum,
    local_name,
    readable,
    reference,
    value,
    values,
)
from payments.answers.statements import (
    LONGEST_REASON,
    LONGEST_REMITTANCE,
    BankNotice,
    Unclear,
    labelled,
    one_line,
    with_digest,
)
from payments.answers.status_reports import reason_of

_END_TO_END: Final = "NtryDtls/TxDtls/Refs/EndToEndId"
_COPIES: Final = frozenset({"DUPL", "CODU"})
"""Copy indicators of a message that was sent before (a duplicate, or a copy of a duplicate)."""

_NAMED: Final = 5
"""The most payments that are named in the text of an unclear entry."""


class Notification(NamedTuple):
    """A notification with the values of its header."""

    message_id: str
    said_at: datetime
    element: Element


class AccountPart(NamedTuple):
    """The part of a notification about one account, read once for all entries on the account."""

    name: str
    account: str
    duplicate: bool
    fault: str
    """The reason why the account cannot be read, or ''. It makes each entry on the account unclear."""
    place: str = ""
    """Its place among the parts of the message, counted from 1."""


class NotificationEntry(NamedTuple):
    """One entry on an account, with its place in the notification."""

    notification: Notification
    part: AccountPart
    place: str
    element: Element


class EntryValues(NamedTuple):
    """The values of an entry that apply to all of its payments, read once."""

    direction: str
    reversal: bool
    booked_on: date | None
    value_on: date | None
    words: str


def read_notification(notification: Notification) -> Iterator[BankNotice | Unclear]:
    """Yield the statements of a notification, entry by entry, with `Unclear` for an entry that cannot be read."""
    entries = list(entries_in(notification, elements(notification.element, "Ntfctn")))
    for entry in entries:
        yield from told_by(entry)
    if not entries:
        yield Unclear(notification.message_id, "notification", "a notification without entries")


def told_by(entry: NotificationEntry) -> list[BankNotice | Unclear]:
    """Return the statements of an entry: one for each of its payments, or one that a person must look at."""
    batch = file_named(entry.element)
    try:
        return [statement._replace(batch=batch) for statement in _statements(entry)]
    except MessageFault as fault:
        return [_unclear(entry, str(fault))._replace(batch=batch, names_none=isinstance(fault, NamesNone))]


def entries_in(notification: Notification, parts: Sequence[Element]) -> Iterator[NotificationEntry]:
    """Yield the entries in the parts of a message about accounts, each with its place. A part's copy has none."""
    name_counts, copies = Counter(glimpse(part, "Id") for part in parts), copies_in(parts)
    for order, node in enumerate(parts, start=1):
        if order - 1 in copies:
            continue
        name = glimpse(node, "Id")
        part = _account_part(name if name and name_counts[name] == 1 else f"{name}#{order}", node, str(order))
        for number, entry in enumerate(elements(node, "Ntry"), start=1):
            yield NotificationEntry(notification, part, f"{part.name}/{number}", entry)


def _account_part(name: str, part: Element, place: str) -> AccountPart:
    account_text = glimpse(part, "Acct/Id/IBAN") or glimpse(part, "Acct/Id/Othr/Id")
    try:
        account = _account(part)
        fault = "" if account else "the entry stands on no account that is named"
        return AccountPart(name, account, value(part, "CpyDplctInd") in _COPIES, fault, place)
    except MessageFault as fault:
        return AccountPart(name, account_text, False, str(fault), place)


def _account(part: Element) -> str:
    iban = reference(part, "Acct/Id/IBAN").replace(" ", "").upper()
    return iban or reference(part, "Acct/Id/Othr/Id")


def _statements(entry: NotificationEntry) -> list[BankNotice]:
    """Return one statement for each payment of an entry, or raise MessageFault for the entry as a whole."""
    if entry.part.fault:
        raise MessageFault(entry.part.fault)
    status = entry_status(entry.element)
    if status != "BOOK":
        raise MessageFault(f"the entry is {readable(status, 35) or 'without status'}, not booked")
    total = amount(entry.element, "Amt")
    if total is None:
        raise MessageFault("the entry has no amount")
    booking = _booking(entry.element)
    return [_statement(entry, booking, detail) for detail in details_of(entry.element, total)]


def _booking(entry: Element) -> EntryValues:
    return EntryValues(
        direction=value(entry, "CdtDbtInd"),
        reversal=_is_reversal(entry),
        booked_on=day(entry, "BookgDt"),
        value_on=day(entry, "ValDt"),
        words=" ".join(values(entry, "AddtlNtryInf")),
    )


def _statement(entry: NotificationEntry, booking: EntryValues, detail: Detail) -> BankNotice:
    payment, notification = detail.element, entry.notification
    reason, remittance = reason_of(payment, "RtrInf"), _remittance(payment)
    end_to_end_id = reference(payment, "Refs/EndToEndId")
    statement = BankNotice(
        message_id=notification.message_id,
        entry=f"{entry.place}/{detail.number}",
        status=_status(booking, payment),
        code="BOOK",
        reason=readable(reason, LONGEST_REASON),
        said_at=notification.said_at,
        end_to_end_id="" if is_filler(end_to_end_id) else end_to_end_id,
        amount=detail.amount.figure,
        currency=detail.amount.currency,
        account=entry.part.account,
        remittance=readable(remittance, LONGEST_REMITTANCE),
        unique_transaction_reference=reference(payment, "Refs/UETR"),
        servicer_reference=detail.servicer_reference,
        detail=detail.name,
        references=detail.references,
        parts=detail.parts,
        debtor=_debtor(payment),
        debtor_account=_debtor_account(payment),
        booked_on=booking.booked_on,
        value_on=booking.value_on,
        duplicate=entry.part.duplicate,
        figures=detail.figures,
    )
    return with_digest(statement, reason, remittance, booking.words, *_extra_texts(payment))


def _status(booking: EntryValues, detail: Element) -> BankStatus:
    match booking.direction, booking.reversal or bool(elements(detail, "RtrInf")):
        case "DBIT", False:
            return BankStatus.SETTLED
        case "CRDT", True:
            return BankStatus.RETURNED
        case "CRDT", False:
            return BankStatus.RECEIVED
        case "DBIT", True:
            raise MessageFault(TAKES_BACK)
        case direction, _:
            raise MessageFault(f"neither a debit nor a credit: {readable(direction, 35) or 'no direction'}")


def _debtor(detail: Element) -> str:
    """Return the debtor's name, in either layout in use, or '' if the bank does not say it."""
    return readable(value(detail, "RltdPties/Dbtr/Pty/Nm") or value(detail, "RltdPties/Dbtr/Nm"), LONGEST_REASON)


def _debtor_account(detail: Element) -> str:
    iban = reference(detail, "RltdPties/DbtrAcct/Id/IBAN").replace(" ", "").upper()
    return iban or reference(detail, "RltdPties/DbtrAcct/Id/Othr/Id")


def _is_reversal(entry: Element) -> bool:
    match value(entry, "RvslInd"):
        case "true" | "1":
            return True
        case "" | "false" | "0":
            return False
        case indicator:
            raise MessageFault(f"a reversal or none: {readable(indicator, 35)}")


def _remittance(detail: Element) -> str:
    return " ".join(
        text
        for information in elements(detail, "RmtInf")
        for node in information.iter()
        if local_name(node.tag) in {"Ustrd", "Ref", "AddtlRmtInf"}
        if (text := " ".join((node.text or "").split()))
    )


def _extra_texts(detail: Element) -> tuple[str, str]:
    """Return two more texts of a payment, for its digest: (parties and their banks, additional information)."""
    parties = [node for path in ("RltdPties", "RltdAgts") for node in elements(detail, path)]
    texts = " ".join(text for node in parties for text in node.itertext())
    return " ".join(texts.split()), " ".join(values(detail, "AddtlTxInf"))


# Unclear entries, which a person must look at


def _unclear(entry: NotificationEntry, reason: str) -> Unclear:
    entry_element, total = entry.element, glimpse_sum(entry.element, "Amt")
    end_to_end_ids = list(dict.fromkeys(filter(None, (glimpse(node) for node in elements(entry_element, _END_TO_END)))))
    return Unclear(
        message_id=entry.notification.message_id,
        entry=entry.place,
        reason=readable(reason, LONGEST_REASON),
        end_to_end_id=end_to_end_ids[0] if len(end_to_end_ids) == 1 and not is_filler(end_to_end_ids[0]) else "",
        account=entry.part.account,
        servicer_reference=glimpse(entry_element, "AcctSvcrRef")
        or glimpse(entry_element, "NtryDtls/TxDtls/Refs/AcctSvcrRef"),
        takes_back=_takes_back(entry_element),
        references=tuple(dict.fromkeys(filter(None, (glimpse(entry_element, path) for path in _REFERENCES)))),
        remittance=readable(" ".join(map(_remittance, elements(entry_element, "NtryDtls/TxDtls"))), LONGEST_REMITTANCE),
        content=_content(entry_element, end_to_end_ids),
        booked_on=glimpse_day(entry_element, "BookgDt"),
        said_at=entry.notification.said_at,
        movement=total.figure if glimpse(entry_element, "CdtDbtInd") == "CRDT" else -total.figure,
        currency=total.currency,
    )


_REFERENCES: Final = ("AcctSvcrRef", "NtryDtls/TxDtls/Refs/AcctSvcrRef", "NtryDtls/TxDtls/Refs/TxId", "NtryRef")


def _takes_back(entry: Element) -> bool:
    """True if an entry is a debit by which money goes that came in before: a reversal, or a return of it."""
    back = glimpse(entry, "RvslInd") in {"true", "1"} or bool(elements(entry, "NtryDtls/TxDtls/RtrInf"))
    return glimpse(entry, "CdtDbtInd") == "DBIT" and back


def _content(entry: Element, end_to_end_ids: list[str]) -> str:
    more = f" and {len(end_to_end_ids) - _NAMED} more" if len(end_to_end_ids) > _NAMED else ""
    return one_line(
        f"{glimpse(entry, 'CdtDbtInd')} {glimpse_amount(entry, 'Amt')}".strip(),
        labelled("booked", glimpse(entry, "BookgDt")),
        labelled("value", glimpse(entry, "ValDt")),
        labelled("reference", glimpse(entry, "AcctSvcrRef")),
        labelled("payment", ", ".join(end_to_end_ids[:_NAMED]) + more),
        *(party for detail in elements(entry, "NtryDtls/TxDtls")[:_NAMED] for party in _parties(detail)),
        masked(" ".join(_remittance(detail) for detail in elements(entry, "NtryDtls/TxDtls")[:_NAMED])),
        masked(glimpse(entry, "AddtlNtryInf")),
    )


def _parties(detail: Element) -> Iterator[str]:
    """Yield the debtor and the creditor, each as one text with the account number masked, in either layout in use."""
    for role, label in (("Dbtr", "from"), ("Cdtr", "to")):
        party, account = f"RltdPties/{role}", f"RltdPties/{role}Acct/Id"
        name = glimpse(detail, f"{party}/Pty/Nm") or glimpse(detail, f"{party}/Nm")
        number = glimpse(detail, f"{account}/IBAN") or glimpse(detail, f"{account}/Othr/Id")
        yield labelled(label, f"{masked(name)} {masked_account(number)}".strip())
