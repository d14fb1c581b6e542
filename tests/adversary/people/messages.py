"""A bank's messages: pain.002 status reports and camt.054 notifications, dated today unless a test says otherwise."""

from __future__ import annotations

from datetime import UTC, datetime

PAIN_002 = "urn:iso:std:iso:20022:tech:xsd:pain.002.001.10"
CAMT_054 = "urn:iso:std:iso:20022:tech:xsd:camt.054.001.08"
CAMT_054_OF_2009 = "urn:iso:std:iso:20022:tech:xsd:camt.054.001.02"
"""The version that most banks still send."""

RETURNED = "<RtrInf><Rsn><Cd>MS03</Cd></Rsn></RtrInf>"


def now() -> str:
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def status_report(message: str, end_to_end: str, status: str, reason: str = "", created: str = "") -> str:
    """A pain.002 on one payment."""
    why = f"<StsRsnInf><Rsn><Cd>{reason}</Cd></Rsn></StsRsnInf>" if reason else ""
    header = f"<GrpHdr><MsgId>{message}</MsgId><CreDtTm>{created or now()}</CreDtTm></GrpHdr>"
    payment = f"<TxInfAndSts><OrgnlEndToEndId>{end_to_end}</OrgnlEndToEndId><TxSts>{status}</TxSts>{why}</TxInfAndSts>"
    body = f"{header}<OrgnlGrpInfAndSts/><OrgnlPmtInfAndSts>{payment}</OrgnlPmtInfAndSts>"
    return f'<Document xmlns="{PAIN_002}"><CstmrPmtStsRpt>{body}</CstmrPmtStsRpt></Document>'


def notification(message: str, iban: str, *entries: str, created: str = "", space: str = CAMT_054) -> str:
    """A camt.054 on entries of one account."""
    header = f"<GrpHdr><MsgId>{message}</MsgId><CreDtTm>{created or now()}</CreDtTm></GrpHdr>"
    note = f"<Id>1</Id><CreDtTm>{created or now()}</CreDtTm><Acct><Id><IBAN>{iban}</IBAN></Id></Acct>"
    body = f"{header}<Ntfctn>{note}{''.join(entries)}</Ntfctn>"
    return f'<Document xmlns="{space}"><BkToCstmrDbtCdtNtfctn>{body}</BkToCstmrDbtCdtNtfctn></Document>'


def debit(amount: object, end_to_end: str, servicer: str = "", booked: str = "") -> str:
    """A booked debit: a payment that went out."""
    return _entry("DBIT", amount, _refs(servicer, end_to_end) + _amount(amount), servicer, booked)


def returned(amount: object, end_to_end: str, servicer: str = "") -> str:
    """A booked credit: a payment that came back."""
    return _entry("CRDT", amount, _refs(servicer, end_to_end) + _amount(amount) + RETURNED, servicer)


def credit(amount: object, text: str, servicer: str = "") -> str:
    """A booked credit: money in, with what its payer wrote."""
    return _entry("CRDT", amount, _refs(servicer) + _amount(amount) + _written(text), servicer)


def credit_of_2009(amount: object, servicer: str, *details: tuple[str, str]) -> str:
    """One booked credit in two or more details, each with its own sum and text, in the version of 2009."""
    parts = "".join(
        f'<TxDtls><AmtDtls><TxAmt><Amt Ccy="USD">{part}</Amt></TxAmt></AmtDtls>{_written(text)}</TxDtls>'
        for part, text in details
    )
    money = f"{_amount(amount)}<CdtDbtInd>CRDT</CdtDbtInd><Sts>BOOK</Sts>{_days()}"
    return f"<Ntry>{money}<AcctSvcrRef>{servicer}</AcctSvcrRef><NtryDtls>{parts}</NtryDtls></Ntry>"


def _entry(direction: str, amount: object, details: str, servicer: str, booked: str = "") -> str:
    reference = f"<AcctSvcrRef>{servicer}</AcctSvcrRef>" if servicer else ""
    money = f"{_amount(amount)}<CdtDbtInd>{direction}</CdtDbtInd><Sts><Cd>BOOK</Cd></Sts>{_days(booked)}"
    return f"<Ntry>{money}{reference}<NtryDtls><TxDtls>{details}</TxDtls></NtryDtls></Ntry>"


def _amount(amount: object) -> str:
    return f'<Amt Ccy="USD">{amount}</Amt>'


def _days(booked: str = "") -> str:
    day = booked or now()[:10]
    return f"<BookgDt><Dt>{day}</Dt></BookgDt><ValDt><Dt>{day}</Dt></ValDt>"


def _refs(servicer: str, end_to_end: str = "") -> str:
    ours = f"<EndToEndId>{end_to_end}</EndToEndId>" if end_to_end else ""
    theirs = f"<AcctSvcrRef>{servicer}</AcctSvcrRef>" if servicer else ""
    return f"<Refs>{theirs}{ours}</Refs>"


def _written(text: str) -> str:
    return f"<RmtInf><Ustrd>{text}</Ustrd></RmtInf>"
