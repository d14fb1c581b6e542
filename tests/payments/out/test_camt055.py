"""A recall is asked for by a message of the published structure, and the same recall is always the same bytes."""

from __future__ import annotations

import os
from datetime import timedelta, timezone
from pathlib import Path
from typing import Final

import pytest
from lxml import etree

from domain.payment.recalls import RecallCase
from payments.accounts import AccountDetails, reference_of
from payments.out.camt055 import NAMESPACE, RecallRequest, write_recall
from payments.out.instructions import Instruction
from tests.builders import NOON, money
from tests.payments.orders import HARBOR, ISOC, order

WRITE_GOLDEN = os.environ.get("ACCORD_WRITE_GOLDEN") == "1"
GOLDEN = Path(__file__).parent / "golden" / "recall.camt.055.xml"
FILE_ID: Final = "ACCMYT53QXHV2JX5LQTYT3D6AAKXBQ"

STRUCTURE: Final = {
    "Document": "CstmrPmtCxlReq",
    "CstmrPmtCxlReq": "Assgnmt Case CtrlData Undrlyg SplmtryData",
    "Assgnmt": "Id Assgnr Assgne CreDtTm",
    "Assgnr": "Pty Agt",
    "Assgne": "Pty Agt",
    "Pty": "Nm PstlAdr Id CtryOfRes CtctDtls",
    "Agt": "FinInstnId BrnchId",
    "FinInstnId": "BICFI ClrSysMmbId LEI Nm PstlAdr Othr",
    "Case": "Id Cretr ReopCaseIndctn",
    "Cretr": "Pty Agt",
    "CtrlData": "NbOfTxs CtrlSum",
    "Undrlyg": "OrgnlGrpInfAndCxl OrgnlPmtInfAndCxl",
    "OrgnlPmtInfAndCxl": "PmtCxlId Case OrgnlPmtInfId OrgnlGrpInf NbOfTxs CtrlSum PmtInfCxl CxlRsnInf TxInf",
    "OrgnlGrpInf": "OrgnlMsgId OrgnlMsgNmId OrgnlCreDtTm",
    "TxInf": (
        "CxlId Case OrgnlInstrId OrgnlEndToEndId OrgnlUETR OrgnlInstdAmt OrgnlReqdExctnDt OrgnlReqdColltnDt CxlRsnInf "
        "OrgnlTxRef SplmtryData"
    ),
    "OrgnlReqdExctnDt": "Dt DtTm",
    "CxlRsnInf": "Orgtr Rsn AddtlInf",
    "Rsn": "Cd Prtry",
}
"""The children of each element in their order, by the definition of camt.055.001.08."""

MANDATORY: Final = {
    "CstmrPmtCxlReq": "Assgnmt Undrlyg", "Assgnmt": "Id Assgnr Assgne CreDtTm", "Case": "Id Cretr",
    "CtrlData": "NbOfTxs", "OrgnlPmtInfAndCxl": "OrgnlPmtInfId", "OrgnlGrpInf": "OrgnlMsgId OrgnlMsgNmId",
}  # fmt: skip


def request(number: int = 1, debtor: AccountDetails = ISOC, **more: object) -> RecallRequest:
    instruction = Instruction.of(order(**more), reference_of(debtor))
    return RecallRequest(instruction, debtor, FILE_ID, RecallCase(instruction.end_to_end_id, number), NOON)


def tag(element: etree._Element) -> str:
    return etree.QName(element).localname


ASKED: Final = [request(), request(99, HARBOR), request(money=money("1000", "JPY")), request(attempt=12)]


@pytest.mark.parametrize("asked", ASKED)
def test_it_is_valid_by_the_official_schema(asked: RecallRequest, shared_data: Path) -> None:
    schema = shared_data / "schemas" / "iso20022" / "camt.055.001.08.xsd"
    if not schema.is_file():
        pytest.skip("the schema of camt.055.001.08 is not beside the project")
    etree.XMLSchema(etree.parse(schema)).assertValid(etree.fromstring(write_recall(asked)))


@pytest.mark.parametrize("asked", ASKED)
def test_it_has_the_structure_of_its_message_definition(asked: RecallRequest) -> None:
    root = etree.fromstring(write_recall(asked))
    assert etree.QName(root).namespace == NAMESPACE
    for element in root.iter():
        children = [tag(child) for child in element]
        if not children:
            assert 0 < len(element.text or "") <= (140 if tag(element) == "Nm" else 36)
            continue
        order_of = STRUCTURE[tag(element)].split()
        assert children == sorted(set(children), key=order_of.index)
        assert {*MANDATORY.get(tag(element), "").split()} <= {*children}


def test_the_same_recall_is_always_the_same_bytes() -> None:
    content = write_recall(request())
    if WRITE_GOLDEN:
        GOLDEN.write_bytes(content)
    assert content == GOLDEN.read_bytes()
    elsewhere = request()._replace(asked_at=NOON.astimezone(timezone(timedelta(hours=3))))
    assert write_recall(elsewhere) == content


def test_another_recall_of_the_payment_is_another_case() -> None:
    first, second = write_recall(request()), write_recall(request(2))
    assert (b"-R1<" in first, b"-R2<" in second, first == second) == (True, True, False)


def test_what_people_wrote_of_it_is_not_told() -> None:
    root = etree.fromstring(write_recall(request()))
    reasons = [tag(child) for child in root.iter(f"{{{NAMESPACE}}}CxlRsnInf") for child in child]
    assert reasons == ["Rsn"]
