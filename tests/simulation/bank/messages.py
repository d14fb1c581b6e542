"""Status reports as banks write them badly: of a payment, a batch or a file, with a reason of any kind, or none."""

from __future__ import annotations

from datetime import datetime
from typing import Final, NamedTuple

from tests.simulation.bank.words import Refusal

PAIN_002: Final = "urn:iso:std:iso:20022:tech:xsd:pain.002.001.10"


class Status(NamedTuple):
    """A status report's word on one payment."""

    end_to_end_id: str
    code: str
    refusal: Refusal = Refusal()
    original_message_id: str = ""


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


def _document(namespace: str, kind: str, message_id: str, at: datetime, body: str) -> bytes:
    header = f"<GrpHdr><MsgId>{message_id}</MsgId><CreDtTm>{at:%Y-%m-%dT%H:%M:%SZ}</CreDtTm></GrpHdr>"
    return f'<Document xmlns="{namespace}"><{kind}>{header}{body}</{kind}></Document>'.encode()
