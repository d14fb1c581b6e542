"""Write pain.002 status reports, camt.054 notifications and camt.053 statements of account."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Final
from xml.sax.saxutils import escape

from deploy.embedded.trial_bank.account_book import BankBooking, BankCharge, BankExchange, DayStatement, digits_of
from deploy.embedded.trial_bank.orders import TrialOrder

PAIN_002: Final = "urn:iso:std:iso:20022:tech:xsd:pain.002.001.10"
CAMT_053: Final = "urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"
CAMT_054: Final = "urn:iso:std:iso:20022:tech:xsd:camt.054.001.08"

_IBAN_COUNTRY: Final = 2


def status_report(message_id: str, at: datetime, order: TrialOrder, status: str, code: str = "") -> bytes:
    """Return a pain.002 on one payment: a status of ISO 20022, and the code of a reason where there is one."""
    reason = _tag("StsRsnInf", _tag("Rsn", _tag("Cd", code))) if code else ""
    names = _tag("OrgnlEndToEndId", order.end_to_end_id)
    payment = _tag("TxInfAndSts", names + _tag("TxSts", status) + reason)
    group = _tag("OrgnlMsgId", order.message_id) + _tag("OrgnlMsgNmId", "pain.001.001.09")
    body = _tag("OrgnlGrpInfAndSts", group) + _tag(
        "OrgnlPmtInfAndSts", _tag("OrgnlPmtInfId", order.message_id) + payment
    )
    return _document(PAIN_002, "CstmrPmtStsRpt", message_id, at, body)


def notification(message_id: str, at: datetime, *bookings: BankBooking) -> bytes:
    """Return a camt.054 that tells of bookings on one account."""
    account = _tag("Acct", _account(bookings[0].account))
    entries = "".join(map(_entry, bookings))
    body = _tag("Ntfctn", _tag("Id", message_id) + _tag("CreDtTm", _moment(at)) + account + entries)
    return _document(CAMT_054, "BkToCstmrDbtCdtNtfctn", message_id, at, body)


def statement(message_id: str, at: datetime, made: DayStatement) -> bytes:
    """Return a camt.053 of one account, with its number, its balances before and after, and its bookings."""
    account, currency = made.account, made.account.currency
    servicer = _tag("Svcr", _tag("FinInstnId", _tag("BICFI", account.bic))) if account.bic else ""
    head = (
        _tag("Id", f"{message_id}-{made.number}")
        + _tag("ElctrncSeqNb", str(made.number))
        + _tag("CreDtTm", _moment(at))
    )
    balances = _balance("OPBD", made.opening, currency, f"{made.opened_on}")
    balances += _balance("CLBD", made.closing, currency, f"{made.closed_on}")
    whose = _tag("Acct", _account(account.number) + _tag("Ccy", currency) + servicer)
    entries = "".join(map(_entry, made.bookings))
    return _document(CAMT_053, "BkToCstmrStmt", message_id, at, _tag("Stmt", head + whose + balances + entries))


def _balance(code: str, amount: Decimal, currency: str, day: str) -> str:
    kind = _tag("Tp", _tag("CdOrPrtry", _tag("Cd", code)))
    direction = _tag("CdtDbtInd", "CRDT" if amount >= 0 else "DBIT")
    return _tag("Bal", kind + _amount("Amt", abs(amount), currency) + direction + _tag("Dt", _tag("Dt", day)))


def _entry(booking: BankBooking) -> str:
    direction = "CRDT" if booking.is_credit else "DBIT"
    parts = (
        _amount("Amt", booking.amount, booking.currency),
        _tag("CdtDbtInd", direction),
        _tag("RvslInd", "true") if booking.is_reversal else "",
        _tag("Sts", _tag("Cd", "BOOK")),
        _tag("BookgDt", _tag("Dt", f"{booking.booked_on}")),
        _tag("ValDt", _tag("Dt", f"{booking.booked_on}")),
        _tag("AcctSvcrRef", booking.reference) if booking.reference else "",
        _tag("BkTxCd", _tag("Domn", _family(booking))),
        _tag("NtryDtls", _details(booking, direction)),
        _tag("AddtlNtryInf", escape(booking.remittance)) if booking.is_bank_charge else "",
    )
    return _tag("Ntry", "".join(parts))


def _family(booking: BankBooking) -> str:
    """Return the bank transaction code: a charge of the bank's own, a transfer that came, or one that left."""
    if booking.is_bank_charge:
        domain, family, kind = "ACMT", "MDOP", "CHRG"
    else:
        domain, family, kind = (
            "PMNT",
            "RCDT" if booking.is_credit else "ICDT",
            "RRTN" if booking.return_code else "OTHR",
        )
    return _tag("Cd", domain) + _tag("Fmly", _tag("Cd", family) + _tag("SubFmlyCd", kind))


def _details(booking: BankBooking, direction: str) -> str:
    """Return the one payment of a booking, in the order of the schema."""
    name, account = booking.party
    reference = _tag("AcctSvcrRef", booking.reference) if booking.reference else ""
    end_to_end = _tag("EndToEndId", booking.end_to_end_id) if booking.end_to_end_id else ""
    payer = _tag("Dbtr", _tag("Pty", _tag("Nm", escape(name)))) + _tag("DbtrAcct", _account(account)) if name else ""
    words = booking.remittance and not booking.is_bank_charge
    parts = (
        _tag("Refs", reference + end_to_end) if reference or end_to_end else "",
        *_sums(booking, direction),
        _tag("Chrgs", "".join(map(_charge, booking.charges))) if booking.charges else "",
        _tag("RltdPties", payer) if payer else "",
        _tag("RmtInf", _tag("Ustrd", escape(booking.remittance))) if words else "",
        _tag("RtrInf", _tag("Rsn", _tag("Cd", booking.return_code))) if booking.return_code else "",
    )
    return _tag("TxDtls", "".join(parts))


def _sums(booking: BankBooking, direction: str) -> tuple[str, str, str]:
    """Return the sums of a payment: its amount and direction, and what was instructed beside it, with the exchange."""
    amount = _amount("Amt", booking.amount, booking.currency), _tag("CdtDbtInd", direction)
    if booking.instructed is None:
        return (*amount, "")
    instructed = _amount("Amt", *booking.instructed) + (_exchange(booking.exchange) if booking.exchange else "")
    return (*amount, _tag("AmtDtls", _tag("InstdAmt", instructed)))


def _exchange(exchange: BankExchange) -> str:
    parts = (
        _tag("SrcCcy", exchange.account_currency),
        _tag("TrgtCcy", exchange.order_currency),
        _tag("UnitCcy", exchange.order_currency),
        _tag("XchgRate", f"{exchange.rate:f}"),
        _tag("CtrctId", exchange.contract) if exchange.contract else "",
        _tag("QtnDt", f"{exchange.quoted_on}T09:00:00Z") if exchange.quoted_on else "",
    )
    return _tag("CcyXchg", "".join(parts))


def _charge(charge: BankCharge) -> str:
    included = _tag("ChrgInclInd", "true" if charge.included else "false")
    sum_ = _amount("Amt", charge.amount, charge.currency) + _tag("CdtDbtInd", "DBIT")
    return _tag("Rcrd", sum_ + included + _tag("Br", charge.bearer))


def _account(number: str) -> str:
    is_iban = number[:_IBAN_COUNTRY].isalpha()
    return _tag("Id", _tag("IBAN", number) if is_iban else _tag("Othr", _tag("Id", number)))


def _amount(name: str, amount: Decimal, currency: str) -> str:
    return f'<{name} Ccy="{currency}">{amount:.{digits_of(currency)}f}</{name}>'


def _tag(name: str, content: str) -> str:
    return f"<{name}>{content}</{name}>"


def _moment(at: datetime) -> str:
    return f"{at:%Y-%m-%dT%H:%M:%SZ}"


def _document(namespace: str, kind: str, message_id: str, at: datetime, body: str) -> bytes:
    header = _tag("GrpHdr", _tag("MsgId", message_id) + _tag("CreDtTm", _moment(at)))
    return f'<Document xmlns="{namespace}"><{kind}>{header}{body}</{kind}></Document>'.encode()
