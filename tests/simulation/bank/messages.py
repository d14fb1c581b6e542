"""What a bank writes: pain.002 status reports and camt.054 notifications, of one statement each."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Final, NamedTuple
from xml.sax.saxutils import escape

PAIN_002: Final = "urn:iso:std:iso:20022:tech:xsd:pain.002.001.10"
CAMT_054: Final = "urn:iso:std:iso:20022:tech:xsd:camt.054.001.08"


class Status(NamedTuple):
    """What a status report says of one payment."""

    end_to_end_id: str
    code: str
    reason: str = ""
    original_message_id: str = ""


class Entry(NamedTuple):
    """A booking on an account, as a notification tells it."""

    account: str
    amount: Decimal
    currency: str
    direction: str
    booked_on: date
    end_to_end_id: str = ""
    reference: str = ""
    """The servicer's own, the only thing that tells two equal bookings apart; some banks give none."""
    remittance: str = ""
    returned: str = ""
    """The reason of a return."""


def status_report(message_id: str, at: datetime, status: Status) -> bytes:
    """Return a pain.002 that says one thing of one payment."""
    why = f"<StsRsnInf><Rsn><Cd>{status.reason}</Cd></Rsn></StsRsnInf>" if status.reason else ""
    group = f"<OrgnlGrpInfAndSts><OrgnlMsgId>{status.original_message_id}</OrgnlMsgId></OrgnlGrpInfAndSts>"
    payment = f"<OrgnlEndToEndId>{status.end_to_end_id}</OrgnlEndToEndId><TxSts>{status.code}</TxSts>{why}"
    body = f"{group}<OrgnlPmtInfAndSts><TxInfAndSts>{payment}</TxInfAndSts></OrgnlPmtInfAndSts>"
    return _document(PAIN_002, "CstmrPmtStsRpt", message_id, at, body)


def notification(message_id: str, at: datetime, entry: Entry) -> bytes:
    """Return a camt.054 that tells of one booking."""
    servicer = f"<AcctSvcrRef>{entry.reference}</AcctSvcrRef>" if entry.reference else ""
    end_to_end = f"<EndToEndId>{entry.end_to_end_id}</EndToEndId>" if entry.end_to_end_id else ""
    came_back = f"<RtrInf><Rsn><Cd>{entry.returned}</Cd></Rsn></RtrInf>" if entry.returned else ""
    text = f"<RmtInf><Ustrd>{escape(entry.remittance)}</Ustrd></RmtInf>" if entry.remittance else ""
    money = f'<Amt Ccy="{entry.currency}">{entry.amount}</Amt>'
    details = f"<TxDtls><Refs>{end_to_end}</Refs>{money}{text}{came_back}</TxDtls>"
    days = f"<BookgDt><Dt>{entry.booked_on}</Dt></BookgDt><ValDt><Dt>{entry.booked_on}</Dt></ValDt>"
    head = f"{money}<CdtDbtInd>{entry.direction}</CdtDbtInd><Sts><Cd>BOOK</Cd></Sts>{days}{servicer}"
    account = f"<Id>N1</Id><Acct><Id><IBAN>{entry.account}</IBAN></Id></Acct>"
    body = f"<Ntfctn>{account}<Ntry>{head}<NtryDtls>{details}</NtryDtls></Ntry></Ntfctn>"
    return _document(CAMT_054, "BkToCstmrDbtCdtNtfctn", message_id, at, body)


def _document(namespace: str, kind: str, message_id: str, at: datetime, body: str) -> bytes:
    header = f"<GrpHdr><MsgId>{message_id}</MsgId><CreDtTm>{at:%Y-%m-%dT%H:%M:%SZ}</CreDtTm></GrpHdr>"
    return f'<Document xmlns="{namespace}"><{kind}>{header}{body}</{kind}></Document>'.encode()
