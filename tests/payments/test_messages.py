"""What a bank's message means is decided by the message alone: never guessed, never a crash, one meaning each."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from domain.tranche import BankStatus
from payments.messages import Statement, Unclear, UnreadableMessage, read_message
from tests.payments.orders import (
    ISOC,
    RETURNED,
    entry,
    group_status,
    notification,
    remittance,
    status_report,
    transaction_status,
    write,
)

ACCEPTED, SETTLED, REJECTED = BankStatus.ACCEPTED, BankStatus.SETTLED, BankStatus.REJECTED
CODES = {
    **dict.fromkeys(("RCVD", "ACTC", "ACCP", "ACSP", "ACWC", "PDNG"), ACCEPTED),
    **dict.fromkeys(("ACSC", "ACCC"), SETTLED),
    **dict.fromkeys(("RJCT", "CANC"), REJECTED),
}


def one_statement(path: Path) -> Statement:
    (said,) = read_message(path)
    assert isinstance(said, Statement), said
    return said


def one_unclear(path: Path) -> Unclear:
    (said,) = read_message(path)
    assert isinstance(said, Unclear), said
    return said


# pain.002


@pytest.mark.parametrize(("code", "status"), CODES.items())
def test_a_transaction_status_speaks_of_one_payment(tmp_path: Path, code: str, status: BankStatus) -> None:
    said = one_statement(write(tmp_path, status_report(transaction_status("E1", code, uetr="U1"))))
    assert (said.status, said.code, said.end_to_end_id) == (status, code, "E1")
    assert (said.message_id, said.original_message_id, said.unique_transaction_reference) == ("BANK-1", "OURS-1", "U1")
    assert said.said_at == datetime(2026, 11, 3, 8, tzinfo=UTC)


@pytest.mark.parametrize(("code", "status"), CODES.items())
def test_a_group_status_speaks_of_the_whole_file(tmp_path: Path, code: str, status: BankStatus) -> None:
    said = one_statement(write(tmp_path, status_report(group_status("OURS-1", code))))
    assert (said.status, said.entry, said.original_message_id, said.end_to_end_id) == (status, "group", "OURS-1", "")


def test_transactions_speak_for_themselves_where_there_are_any(tmp_path: Path) -> None:
    body = group_status("OURS-1", "PART") + "".join(
        transaction_status(name, code).partition("</OrgnlGrpInfAndSts>")[2]
        for name, code in (("E1", "ACCP"), ("E2", "RJCT"))
    )
    said = read_message(write(tmp_path, status_report(body)))
    assert [(s.end_to_end_id, s.status, s.entry) for s in said if isinstance(s, Statement)] == [
        ("E1", ACCEPTED, "1"),
        ("E2", REJECTED, "2"),
    ]


def test_a_rejection_carries_the_banks_reason(tmp_path: Path) -> None:
    assert one_statement(write(tmp_path, status_report(transaction_status("E1", "RJCT", "AC04")))).reason == "AC04"
    assert one_statement(write(tmp_path, status_report(group_status("O", "RJCT", "FF01")))).reason == "FF01 seen before"


@pytest.mark.parametrize("body", [group_status("OURS-1", "RJCT", "DUPL"), transaction_status("E1", "RJCT", "AM05")])
def test_a_duplicate_is_news_about_the_file_and_no_rejection(tmp_path: Path, body: str) -> None:
    assert "the bank has file OURS-1 already" in one_unclear(write(tmp_path, status_report(body))).reason


@pytest.mark.parametrize("body", [group_status("OURS-1", "PART"), transaction_status("E1", "XXXX")])
def test_a_status_without_a_meaning_here_goes_to_a_person(tmp_path: Path, body: str) -> None:
    said = one_unclear(write(tmp_path, status_report(body)))
    assert said.reason.endswith("has no meaning here")


def test_a_transaction_without_a_status_goes_to_a_person(tmp_path: Path) -> None:
    said = one_unclear(write(tmp_path, status_report(transaction_status("E1", ""))))
    assert said.reason == "status missing has no meaning here"


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(
            "<OrgnlGrpInfAndSts><OrgnlMsgId>O</OrgnlMsgId></OrgnlGrpInfAndSts>"
            "<OrgnlPmtInfAndSts><OrgnlPmtInfId>O</OrgnlPmtInfId><PmtInfSts>RJCT</PmtInfSts></OrgnlPmtInfAndSts>",
            id="a status of the batch alone",
        ),
        pytest.param("<OrgnlGrpInfAndSts><OrgnlMsgId>O</OrgnlMsgId></OrgnlGrpInfAndSts>", id="no status at all"),
    ],
)
def test_nothing_that_a_report_says_is_passed_over_in_silence(tmp_path: Path, body: str) -> None:
    assert len(read_message(write(tmp_path, status_report(body)))) == 1


# camt.054


def test_a_booked_debit_settles(tmp_path: Path) -> None:
    said = one_statement(write(tmp_path, notification(entry("E1", uetr="U1"))))
    assert (said.status, said.code, said.end_to_end_id) == (SETTLED, "BOOK", "E1")
    assert (said.amount, said.currency, said.account) == (Decimal("1000.00"), "USD", ISOC.iban)
    assert said.unique_transaction_reference == "U1"


def test_a_credit_with_return_information_returns(tmp_path: Path) -> None:
    said = one_statement(write(tmp_path, notification(entry("E1", direction="CRDT", details=RETURNED))))
    assert (said.status, said.end_to_end_id, said.reason) == (BankStatus.RETURNED, "E1", "AC04")


def test_a_plain_credit_is_a_receipt(tmp_path: Path) -> None:
    gift = entry(direction="CRDT", amount="5000.00", details=remittance("Gift for P-2026-0042"))
    said = one_statement(write(tmp_path, notification(gift)))
    assert (said.status, said.amount, said.remittance) == (BankStatus.RECEIVED, 5000, "Gift for P-2026-0042")


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        (entry("E1", status="<Cd>PDNG</Cd>"), "the entry is PDNG, not booked"),
        (entry("E1", status="<Cd>INFO</Cd>"), "the entry is INFO, not booked"),
        (entry("E1", status=""), "the entry is without status, not booked"),
        (entry("E1", direction="DBIT", details=RETURNED), "a DBIT entry that returns something not ours"),
        (entry("E1", direction=""), "a direction-less entry that returns something not ours"),
        ("<Ntry><CdtDbtInd>DBIT</CdtDbtInd><Sts>BOOK</Sts></Ntry>", "the entry has no amount"),
    ],
)
def test_an_entry_of_no_clear_meaning_goes_to_a_person(tmp_path: Path, said: str, reason: str) -> None:
    assert one_unclear(write(tmp_path, notification(said))).reason == reason


def test_the_older_plain_status_is_read_too(tmp_path: Path) -> None:
    assert one_statement(write(tmp_path, notification(entry("E1", status="BOOK")))).status is SETTLED


def test_every_detail_of_every_entry_has_a_place_of_its_own(tmp_path: Path) -> None:
    two_details = entry("E1").replace("</TxDtls>", "</TxDtls><TxDtls><Refs><EndToEndId>E2</EndToEndId></Refs></TxDtls>")
    said = read_message(write(tmp_path, notification(two_details, entry("E3"))))
    assert [(s.entry, s.end_to_end_id) for s in said if isinstance(s, Statement)] == [
        ("N1/1/1", "E1"),
        ("N1/1/2", "E2"),
        ("N1/2/1", "E3"),
    ]


@pytest.mark.parametrize("version", ["pain.002.001.03", "pain.002.001.12"])
def test_other_versions_of_a_message_are_read_alike(tmp_path: Path, version: str) -> None:
    content = status_report(transaction_status("E1", "ACCP")).replace("pain.002.001.10", version)
    assert one_statement(write(tmp_path, content)).status is ACCEPTED


# What cannot be read

BOMB = '<!DOCTYPE b [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;">]><Document>&b;</Document>'
EXTERNAL = '<!DOCTYPE b [<!ENTITY a SYSTEM "file:///etc/passwd">]><Document>&a;</Document>'
NO_HEADER = '<Document xmlns="x"><CstmrPmtStsRpt/></Document>'


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        pytest.param(status_report("")[:-20], "is not whole XML", id="cut off"),
        pytest.param("", "is not whole XML", id="empty"),
        pytest.param("MT940:20:STARTUMS", "is not whole XML", id="not XML"),
        pytest.param(b"\x00\xff\xfe\x80", "is not whole XML", id="binary"),
        pytest.param("<!DOCTYPE html><html><body><p>Log in<br></body></html>", "is not whole XML", id="HTML"),
        pytest.param("<html><body/></html>", "holds html, neither a pain.002", id="XHTML"),
        pytest.param(BOMB, "declares entities, which no bank message does", id="entity bomb"),
        pytest.param(EXTERNAL, "declares entities, which no bank message does", id="external entity"),
        pytest.param(
            '<Document xmlns="urn:camt.053"><BkToCstmrStmt/></Document>', "neither a pain.002", id="another message"
        ),
        pytest.param(NO_HEADER, "the group header lacks MsgId or CreDtTm", id="no header"),
        pytest.param(
            status_report("").replace("2026-11-03T09", "yesterday"), "has a value that cannot be read", id="no time"
        ),
        pytest.param(notification(entry(amount="many")), "has a value that cannot be read", id="an amount in words"),
        pytest.param(notification(entry(amount="NaN")), "has a value that cannot be read", id="an amount that is none"),
        pytest.param(notification(entry(amount="")), "has a value that cannot be read", id="an empty amount"),
        pytest.param(
            '<?xml version="1.0" encoding="klingon"?>' + status_report(""),
            "is not whole XML|cannot be read|declares an encoding|cannot be decoded",
            id="klingon",
        ),
        pytest.param(
            '<?xml version="1.0" encoding="utf-32"?>' + status_report(""),
            "is not whole XML|cannot be read|declares an encoding|cannot be decoded",
            id="utf-32",
        ),
    ],
)
def test_what_cannot_be_read_is_refused_in_one_line(tmp_path: Path, content: str | bytes, reason: str) -> None:
    with pytest.raises(UnreadableMessage, match=reason) as refused:
        read_message(write(tmp_path, content, "odd.xml"))
    assert str(refused.value).startswith("odd.xml ")
    assert "\n" not in str(refused.value)


def test_a_missing_file_is_refused_in_one_line(tmp_path: Path) -> None:
    with pytest.raises(UnreadableMessage, match=r"^absent.xml cannot be opened: No such file or directory$"):
        read_message(tmp_path / "absent.xml")
