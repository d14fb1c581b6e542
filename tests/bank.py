"""A bank in a test: what it writes about one payment or receipt, as files of the two kinds that banks send."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime
from typing import NamedTuple

from domain.payment.bank_answers import BankStatus
from domain.values import Money

_REPORT = "urn:iso:std:iso:20022:tech:xsd:pain.002.001.10"
_NOTIFICATION = "urn:iso:std:iso:20022:tech:xsd:camt.054.001.08"
_CODES = {BankStatus.ACCEPTED: "ACSP", BankStatus.REJECTED: "RJCT"}


class Word(NamedTuple):
    """The bank's word on one payment or receipt. `name` tells two words of the same kind apart."""

    status: BankStatus
    end_to_end_id: str
    money: Money
    account: str
    """The account that it stands on."""
    name: str = ""
    reason: str = "BE04"
    said_at: datetime | None = None
    remittance: str = ""
    words: str = ""
    """The bank's own words beside its code of a reason."""

    @property
    def when(self) -> datetime:
        """The time of the bank's word: now, unless it is told."""
        return self.said_at or datetime.now(UTC)

    @property
    def message_id(self) -> str:
        """The bank's own name of the message, which follows from what it says."""
        told = f"{self.end_to_end_id} {self.remittance} {self.status} {self.name}"
        return "BANK-" + hashlib.sha256(told.encode()).hexdigest()[:26].upper()


def file_of(word: Word) -> bytes:
    """Return the bank's file: a status report of what it took or refused, a notification of what it booked."""
    return (_report(word) if word.status in _CODES else _notification(word)).encode()


def _report(word: Word) -> str:
    told = f"<AddtlInf>{word.words}</AddtlInf>" if word.words else ""
    reason = f"<StsRsnInf><Rsn><Cd>{word.reason}</Cd></Rsn>{told}</StsRsnInf>"
    why = reason if word.status is BankStatus.REJECTED else ""
    named = f"<OrgnlEndToEndId>{word.end_to_end_id}</OrgnlEndToEndId>"
    payment = f"<TxInfAndSts>{named}<TxSts>{_CODES[word.status]}</TxSts>{why}</TxInfAndSts>"
    body = f"<CstmrPmtStsRpt>{_header(word)}<OrgnlPmtInfAndSts>{payment}</OrgnlPmtInfAndSts></CstmrPmtStsRpt>"
    return f'<Document xmlns="{_REPORT}">{body}</Document>'


def _notification(word: Word) -> str:
    direction = "DBIT" if word.status is BankStatus.SETTLED else "CRDT"
    why = f"<RtrInf><Rsn><Cd>{word.reason}</Cd></Rsn></RtrInf>" if word.status is BankStatus.RETURNED else ""
    named = f"<EndToEndId>{word.end_to_end_id}</EndToEndId>" if word.end_to_end_id else ""
    about = f"<RmtInf><Ustrd>{word.remittance}</Ustrd></RmtInf>" if word.remittance else ""
    detail = f"<TxDtls><Refs>{named}</Refs>{about}{why}</TxDtls>"
    entry = (
        f'<Ntry><Amt Ccy="{word.money.currency}">{word.money.amount}</Amt>'
        f"<CdtDbtInd>{direction}</CdtDbtInd><Sts><Cd>BOOK</Cd></Sts>"
        f"<BookgDt><Dt>{word.when:%Y-%m-%d}</Dt></BookgDt><AcctSvcrRef>{word.message_id}</AcctSvcrRef>"
        f"<NtryDtls>{detail}</NtryDtls></Ntry>"
    )
    account = f"<Acct><Id><IBAN>{word.account}</IBAN></Id></Acct>"
    part = f"<Ntfctn><Id>1</Id>{account}{entry}</Ntfctn>"
    body = f"<BkToCstmrDbtCdtNtfctn>{_header(word)}{part}</BkToCstmrDbtCdtNtfctn>"
    return f'<Document xmlns="{_NOTIFICATION}">{body}</Document>'


def _header(word: Word) -> str:
    created = word.when.astimezone(UTC).isoformat().replace("+00:00", "Z")
    return f"<GrpHdr><MsgId>{word.message_id}</MsgId><CreDtTm>{created}</CreDtTm></GrpHdr>"
