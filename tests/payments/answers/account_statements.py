"""Statements of account (camt.053) as a bank writes them, invented."""

from __future__ import annotations

from datetime import date, timedelta

from tests.payments.orders import ISOC, entry


def balance(code: str, amount: str, on: date, currency: str = "USD") -> str:
    """A balance. A negative amount is a debit."""
    direction = "DBIT" if amount.startswith("-") else "CRDT"
    return (
        f"<Bal><Tp><CdOrPrtry><Cd>{code}</Cd></CdOrPrtry></Tp>"
        f'<Amt Ccy="{currency}">{amount.removeprefix("-")}</Amt><CdtDbtInd>{direction}</CdtDbtInd>'
        f"<Dt><Dt>{on}</Dt></Dt></Bal>"
    )


def statement(
    opening: str,
    closing: str,
    *entries: str,
    on: date = date(2026, 11, 3),
    number: int | None = 12,
    currency: str = "USD",
    account: str = f"<IBAN>{ISOC.iban}</IBAN>",
    more: str = "",
    opens: str = "OPBD",
) -> str:
    """One statement of a message. `more`: elements before its balances."""
    counted = "" if number is None else f"<ElctrncSeqNb>{number}</ElctrncSeqNb>"
    return (
        f"<Stmt><Id>S-{number}</Id>{counted}{more}<Acct><Id>{account}</Id></Acct>"
        f"{balance(opens, opening, on - timedelta(days=opens == 'PRCD'), currency)}"
        f"{balance('CLBD', closing, on, currency)}{''.join(entries)}</Stmt>"
    )


def message(*statements: str, name: str = "BANK-9", version: str = "camt.053.001.08") -> bytes:
    """A message of statements."""
    header = f"<GrpHdr><MsgId>{name}</MsgId><CreDtTm>2026-11-03T22:00:00Z</CreDtTm></GrpHdr>"
    body = f"<BkToCstmrStmt>{header}{''.join(statements)}</BkToCstmrStmt>"
    return f'<Document xmlns="urn:iso:std:iso:20022:tech:xsd:{version}">{body}</Document>'.encode()


PAID = entry("E1", "600.00")
CAME = entry("E2", "100.00", direction="CRDT")


def report(*parts: str, account: str = f"<IBAN>{ISOC.iban}</IBAN>", at: str = "2026-11-03T14:30:00Z") -> str:
    """One report of a message within the day (camt.052), with its balances and entries."""
    return f"<Rpt><Id>R-1</Id><CreDtTm>{at}</CreDtTm><Acct><Id>{account}</Id></Acct>{''.join(parts)}</Rpt>"


def report_message(*reports: str, name: str = "BANK-10", version: str = "camt.052.001.08") -> bytes:
    """A message of reports within the day."""
    header = f"<GrpHdr><MsgId>{name}</MsgId><CreDtTm>2026-11-03T14:31:00Z</CreDtTm></GrpHdr>"
    body = f"<BkToCstmrAcctRpt>{header}{''.join(reports)}</BkToCstmrAcctRpt>"
    return f'<Document xmlns="urn:iso:std:iso:20022:tech:xsd:{version}">{body}</Document>'.encode()
