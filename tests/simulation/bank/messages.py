"""A bank's messages: pain.002 status reports and camt.054 notifications, of one statement each."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Final, NamedTuple
from xml.sax.saxutils import escape

from tests.simulation.bank.words import Refusal

PAIN_002: Final = "urn:iso:std:iso:20022:tech:xsd:pain.002.001.10"
CAMT_054: Final = "urn:iso:std:iso:20022:tech:xsd:camt.054.001.08"


class Status(NamedTuple):
    """A status report's word on one payment."""

    end_to_end_id: str
    code: str
    refusal: Refusal = Refusal()
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
    total: str = ""
    """What was booked in all, with its currency, where that is not the payment: in another one, or with charges."""
    charges: str = ""
    debtor: tuple[str, str] = ("", "")
    """Who paid, by name and account, where the bank says so."""
    reversal: bool = False
    """Whether it takes back a booking of before."""


def status_report(message_id: str, at: datetime, status: Status) -> bytes:
    """Return a pain.002 that says one thing: of one payment, of its batch, or of the whole file."""
    refusal, named = status.refusal, f"<OrgnlMsgId>{status.original_message_id}</OrgnlMsgId>"
    told = f"{status.code}</{{}}>{refusal.reason}"
    match refusal.level:
        case "file":
            group, batch = f"<GrpSts>{told.format('GrpSts')}", ""
        case "batch":
            group, batch = "", f"<PmtInfSts>{told.format('PmtInfSts')}"
        case _:
            payment = f"<OrgnlEndToEndId>{status.end_to_end_id}</OrgnlEndToEndId><TxSts>{told.format('TxSts')}"
            group, batch = "", f"<TxInfAndSts>{payment}</TxInfAndSts>"
    below = f"<OrgnlPmtInfAndSts>{batch}</OrgnlPmtInfAndSts>" if batch else ""
    body = f"<OrgnlGrpInfAndSts>{named}{group}</OrgnlGrpInfAndSts>{below}"
    return _document(PAIN_002, "CstmrPmtStsRpt", message_id, at, body)


def notification(message_id: str, at: datetime, entry: Entry) -> bytes:
    """Return a camt.054 that tells of one booking."""
    servicer = f"<AcctSvcrRef>{entry.reference}</AcctSvcrRef>" if entry.reference else ""
    total = _amount("Amt", entry.total or f"{entry.currency} {entry.amount}")
    reversal = "<RvslInd>true</RvslInd>" if entry.reversal else ""
    days = f"<BookgDt><Dt>{entry.booked_on}</Dt></BookgDt><ValDt><Dt>{entry.booked_on}</Dt></ValDt>"
    head = f"{total}<CdtDbtInd>{entry.direction}</CdtDbtInd>{reversal}<Sts><Cd>BOOK</Cd></Sts>{days}{servicer}"
    account = f"<Id>N1</Id><Acct><Id><IBAN>{entry.account}</IBAN></Id></Acct>"
    body = f"<Ntfctn>{account}<Ntry>{head}<NtryDtls>{_details(entry)}</NtryDtls></Ntry></Ntfctn>"
    return _document(CAMT_054, "BkToCstmrDbtCdtNtfctn", message_id, at, body)


def _details(entry: Entry) -> str:
    """The one payment of a booking. In another currency, the instructed sum stands beside the booked one."""
    end_to_end = f"<EndToEndId>{entry.end_to_end_id}</EndToEndId>" if entry.end_to_end_id else ""
    own = f"{entry.currency} {entry.amount}"
    exchanged = entry.total.split()[:1] not in ([], [entry.currency])
    money = _amount("Amt", entry.total) if exchanged else _amount("Amt", own)
    money += f"<AmtDtls><InstdAmt>{_amount('Amt', own)}</InstdAmt></AmtDtls>" if exchanged else ""
    charges = f"<Chrgs><Rcrd>{_amount('Amt', entry.charges)}</Rcrd></Chrgs>" if entry.charges else ""
    name, iban = entry.debtor
    party = f"<Dbtr><Pty><Nm>{escape(name)}</Nm></Pty></Dbtr><DbtrAcct><Id><IBAN>{iban}</IBAN></Id></DbtrAcct>"
    parties = f"<RltdPties>{party}</RltdPties>" if name else ""
    text = f"<RmtInf><Ustrd>{escape(entry.remittance)}</Ustrd></RmtInf>" if entry.remittance else ""
    came_back = f"<RtrInf><Rsn><Cd>{entry.returned}</Cd></Rsn></RtrInf>" if entry.returned else ""
    return f"<TxDtls><Refs>{end_to_end}</Refs>{money}{charges}{parties}{text}{came_back}</TxDtls>"


def _amount(tag: str, told: str) -> str:
    """An amount, given as its currency and its figure."""
    currency, figure = told.split()
    return f'<{tag} Ccy="{currency}">{figure}</{tag}>'


def _document(namespace: str, kind: str, message_id: str, at: datetime, body: str) -> bytes:
    header = f"<GrpHdr><MsgId>{message_id}</MsgId><CreDtTm>{at:%Y-%m-%dT%H:%M:%SZ}</CreDtTm></GrpHdr>"
    return f'<Document xmlns="{namespace}"><{kind}>{header}{body}</{kind}></Document>'.encode()
