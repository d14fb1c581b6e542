"""A bank reads the file by the official schema, and the same instructions must always be the same bytes."""

from __future__ import annotations

import os
from datetime import timedelta, timezone
from pathlib import Path

import pytest
import sepaxml
from lxml import etree

from domain.payment.tranche.order import TrancheOrder
from payments.accounts import AccountDetails, reference_of
from payments.out.instructions import Instruction
from payments.out.pain001 import NAMESPACE, CreditTransfer, WrittenFile, write_file
from tests.builders import NOON, funder, money, party
from tests.payments.orders import HARBOR, ISOC, KAMPALA, RIVERBEND, account, order

WRITE_GOLDEN = os.environ.get("ACCORD_WRITE_GOLDEN") == "1"
GOLDEN = Path(__file__).parent / "golden" / "two-payments.pain.001.xml"
SCHEMA = "pain.001.001.09.xsd"

UNUSUAL = account(
    holder="Товарищество «Ромашка»", street="улица Мира", building="7", town="Алматы", country="KZ", post_code="050000"
)
NON_LATIN = order(payee_account=UNUSUAL, payee=party("Товарищество «Ромашка»"))
FULL = account(holder="H" * 140, street="S" * 70, building="B" * 16, post_code="P" * 16, town="T" * 35)


def transfer(released: TrancheOrder, creditor: AccountDetails = RIVERBEND) -> CreditTransfer:
    return CreditTransfer(Instruction.of(released, reference_of(ISOC)), creditor)


def written(*transfers: CreditTransfer, debtor: AccountDetails = ISOC) -> WrittenFile:
    return write_file(debtor, transfers or (transfer(order()),))


def texts(file: WrittenFile, path: str) -> list[str]:
    root = etree.fromstring(file.content)
    return [
        element.text or "" for element in root.iterfind("/".join(f"{{{NAMESPACE}}}{tag}" for tag in path.split("/")))
    ]


PAYMENT = "CstmrCdtTrfInitn/PmtInf/CdtTrfTxInf"
EXAMPLES = [
    pytest.param(written(), id="one payment"),
    pytest.param(written(*[transfer(order(n)) for n in range(1, 41)]), id="forty payments"),
    pytest.param(written(transfer(order(), KAMPALA)), id="no post code"),
    pytest.param(written(transfer(order(), account())), id="account number instead of IBAN"),
    pytest.param(written(debtor=account()), id="debtor with an account number"),
    pytest.param(written(transfer(order(money=money("1000", "JPY")))), id="yen"),
    pytest.param(written(transfer(order(money=money("1.234", "BHD")))), id="dinar"),
    pytest.param(written(transfer(order(money=money("9999999999999999.99")))), id="eighteen digits"),
    pytest.param(written(transfer(NON_LATIN, UNUSUAL)), id="Cyrillic"),
    pytest.param(written(transfer(order(), FULL)), id="every field at its longest"),
    pytest.param(
        written(transfer(order(), account(town="Железнодорожный-Щёлковский посёлок"))), id="a town that grows in Latin"
    ),
    pytest.param(written(transfer(order(), account(building="корпус Щ-Ж 12 стр"[:16]))), id="a building that grows"),
    pytest.param(written(transfer(order(), account(street="---", building="№"))), id="a number sign for a building"),
    pytest.param(written(transfer(order(), account(building="_"))), id="a building of no bank character"),
]


@pytest.mark.parametrize("file", EXAMPLES)
def test_a_file_is_valid_by_the_official_schema(file: WrittenFile) -> None:
    _validate(Path(sepaxml.__file__).parent / "schemas" / SCHEMA, file)


@pytest.mark.parametrize("file", EXAMPLES)
def test_a_file_is_valid_by_the_schema_beside_the_project(file: WrittenFile, shared_data: Path) -> None:
    _validate(shared_data / "schemas" / "iso20022" / SCHEMA, file)


def _validate(schema: Path, file: WrittenFile) -> None:
    etree.XMLSchema(etree.parse(schema)).assertValid(etree.fromstring(file.content))


def test_two_payments_are_the_golden_file_byte_for_byte() -> None:
    payments = (transfer(order(1)), transfer(order(2, payee_account=HARBOR, money=money("250.50")), HARBOR))
    content = written(*payments).content
    if WRITE_GOLDEN:
        GOLDEN.write_bytes(content)
    assert content == GOLDEN.read_bytes()


def test_the_order_of_the_transfers_does_not_matter() -> None:
    payments = tuple(transfer(order(n)) for n in range(1, 8))
    assert write_file(ISOC, payments) == write_file(ISOC, payments[::-1])


def test_times_are_those_of_the_orders_and_in_utc() -> None:
    evening = NOON.replace(hour=23).astimezone(timezone(timedelta(hours=-5)))
    file = written(transfer(order(1)), transfer(order(2, released_at=evening)))
    assert texts(file, "CstmrCdtTrfInitn/GrpHdr/CreDtTm") == ["2026-11-02T23:00:00Z"]
    assert texts(file, "CstmrCdtTrfInitn/PmtInf/ReqdExctnDt/Dt") == ["2026-11-02"]


@pytest.mark.parametrize(
    ("amount", "currency", "in_file"),
    [
        ("1000.00", "USD", "1000.00"),
        ("1000", "USD", "1000.00"),
        ("0.01", "USD", "0.01"),
        ("1000", "JPY", "1000"),
        ("1000.00", "JPY", "1000"),
        ("1.5", "BHD", "1.500"),
        ("9999999999999999.99", "USD", "9999999999999999.99"),
    ],
)
def test_amounts_have_the_decimals_of_their_currency(amount: str, currency: str, in_file: str) -> None:
    file = written(transfer(order(money=money(amount, currency))))
    assert texts(file, f"{PAYMENT}/Amt/InstdAmt") == [in_file]
    assert texts(file, "CstmrCdtTrfInitn/GrpHdr/CtrlSum") == [in_file]
    assert f'Ccy="{currency}"'.encode() in file.content


def test_the_totals_are_those_of_the_payments() -> None:
    file = written(*[transfer(order(n, money=money(f"{n}.10"))) for n in (1, 2, 3)])
    for place in ("GrpHdr", "PmtInf"):
        assert texts(file, f"CstmrCdtTrfInitn/{place}/NbOfTxs") == ["3"]
        assert texts(file, f"CstmrCdtTrfInitn/{place}/CtrlSum") == ["6.30"]


def test_every_payment_carries_its_identifiers() -> None:
    instruction = transfer(order()).instruction
    file = written()
    assert texts(file, f"{PAYMENT}/PmtId/EndToEndId") == [instruction.end_to_end_id]
    assert texts(file, f"{PAYMENT}/PmtId/UETR") == [instruction.unique_transaction_reference]
    assert texts(file, f"{PAYMENT}/RmtInf/Ustrd") == ["P-2026-0042 tranche 1"]
    assert texts(file, "CstmrCdtTrfInitn/GrpHdr/MsgId") == [file.message_id]


@pytest.mark.parametrize("party_path", [f"{PAYMENT}/Cdtr", "CstmrCdtTrfInitn/PmtInf/Dbtr"])
@pytest.mark.parametrize("file", [EXAMPLES[0].values[0], EXAMPLES[2].values[0], EXAMPLES[8].values[0]])
def test_both_addresses_are_structured_with_town_and_country(file: WrittenFile, party_path: str) -> None:
    for part in ("TwnNm", "Ctry"):
        (value,) = texts(file, f"{party_path}/PstlAdr/{part}")
        assert value
    assert texts(file, f"{party_path}/PstlAdr/AdrLine") == []


def test_other_scripts_are_written_in_latin_and_other_signs_left_out() -> None:
    file = written(transfer(NON_LATIN, UNUSUAL))
    (name,) = texts(file, f"{PAYMENT}/Cdtr/Nm")
    assert name.isascii()
    assert "Romashka" in name
    assert texts(file, f"{PAYMENT}/Cdtr/PstlAdr/TwnNm") == ["Almaty"]
    assert texts(written(transfer(order(), account(holder="Café & Bücher <Wien>"))), f"{PAYMENT}/Cdtr/Nm") == [
        "Cafe   Bucher  Wien"
    ]


def test_the_payer_is_named_as_the_funder() -> None:
    named = order(funder=funder().model_copy(update={"name": "Internet Society"}))
    file = written(transfer(named))
    assert texts(file, "CstmrCdtTrfInitn/GrpHdr/InitgPty/Nm") == ["Internet Society"]
    assert texts(file, "CstmrCdtTrfInitn/PmtInf/Dbtr/Nm") == ["Internet Society"]
