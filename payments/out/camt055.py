"""Write the request to recall a payment: ISO 20022 camt.055.001.08, the same bytes for the same recall.

It asks for the cancellation of one payment of one of our files. The reason that people recorded stays here: the bank is
told CUST, that its customer asks.
"""

from __future__ import annotations

import xml.etree.ElementTree as ET
from datetime import UTC, datetime
from typing import Final, NamedTuple

from domain.payment.recalls import RecallCase
from payments.accounts import AccountDetails
from payments.out.instructions import Instruction
from payments.out.pain001 import NAMESPACE as PAYMENT_FILE
from payments.out.pain001 import bank_text, decimal_of, put_text

NAMESPACE: Final = "urn:iso:std:iso:20022:tech:xsd:camt.055.001.08"
_CUSTOMER_ASKS: Final = "CUST"
"""The reason of the external code set: the customer asks for the cancellation."""


class RecallRequest(NamedTuple):
    """A recall, with all that its request is made of."""

    instruction: Instruction
    debtor: AccountDetails
    file_id: str
    """The message id of the payment file in which it left."""
    case: RecallCase
    asked_at: datetime
    """The time at which the recall was asked for. The request bears it, so that it is the same whenever it is made."""


def write_recall(request: RecallRequest) -> bytes:
    """Return the message that asks the paying bank to cancel a payment, or to get it back."""
    document = ET.Element("Document")
    message = ET.SubElement(document, "CstmrPmtCxlReq")
    _assignment(message, request)
    _case(message, request)
    control = ET.SubElement(message, "CtrlData")
    put_text(control, "NbOfTxs", "1")
    money = request.instruction.money
    put_text(control, "CtrlSum", decimal_of(money.amount, money.currency))
    _underlying(message, request)
    document.set("xmlns", NAMESPACE)
    ET.indent(document)
    content: bytes = ET.tostring(document, encoding="UTF-8", xml_declaration=True)
    return content + b"\n"


def _assignment(parent: ET.Element, request: RecallRequest) -> None:
    assignment = ET.SubElement(parent, "Assgnmt")
    put_text(assignment, "Id", request.case.name)
    _customer(assignment, "Assgnr", request)
    agent = ET.SubElement(ET.SubElement(ET.SubElement(assignment, "Assgne"), "Agt"), "FinInstnId")
    put_text(agent, "BICFI", request.debtor.bic)
    put_text(assignment, "CreDtTm", _moment(request.asked_at))


def _case(parent: ET.Element, request: RecallRequest) -> None:
    case = ET.SubElement(parent, "Case")
    put_text(case, "Id", request.case.name)
    _customer(case, "Cretr", request)


def _customer(parent: ET.Element, tag: str, request: RecallRequest) -> None:
    party = ET.SubElement(ET.SubElement(parent, tag), "Pty")
    put_text(party, "Nm", bank_text(request.instruction.debtor_name, 140))


def _underlying(parent: ET.Element, request: RecallRequest) -> None:
    batch = ET.SubElement(ET.SubElement(parent, "Undrlyg"), "OrgnlPmtInfAndCxl")
    put_text(batch, "PmtCxlId", request.case.name)
    # A file of ours has one batch, which bears the id of the file.
    put_text(batch, "OrgnlPmtInfId", request.file_id)
    group = ET.SubElement(batch, "OrgnlGrpInf")
    put_text(group, "OrgnlMsgId", request.file_id)
    put_text(group, "OrgnlMsgNmId", PAYMENT_FILE.rpartition(":")[2])
    _payment(batch, request)


def _payment(parent: ET.Element, request: RecallRequest) -> None:
    instruction, payment = request.instruction, ET.SubElement(parent, "TxInf")
    put_text(payment, "CxlId", request.case.name)
    put_text(payment, "OrgnlInstrId", instruction.end_to_end_id)
    put_text(payment, "OrgnlEndToEndId", instruction.end_to_end_id)
    put_text(payment, "OrgnlUETR", instruction.unique_transaction_reference)
    money = instruction.money
    put_text(payment, "OrgnlInstdAmt", decimal_of(money.amount, money.currency)).set("Ccy", money.currency)
    put_text(ET.SubElement(payment, "OrgnlReqdExctnDt"), "Dt", instruction.execution_on.isoformat())
    put_text(ET.SubElement(ET.SubElement(payment, "CxlRsnInf"), "Rsn"), "Cd", _CUSTOMER_ASKS)


def _moment(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
