"""A bank's message decides its meaning alone: never guessed, never a crash, one meaning each."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from domain.payment.bank_answers import BankStatus
from payments.answers.messages import BankNotice, Unclear, UnreadableMessage, booking_key, read_file, read_message
from tests.payments.orders import entry, group_status, notification, status_report, transaction_status, write

ACCEPTED, SETTLED, REJECTED = BankStatus.ACCEPTED, BankStatus.SETTLED, BankStatus.REJECTED
CODES = {
    **dict.fromkeys(("RCVD", "ACTC", "ACCP", "ACSP", "ACWC", "PDNG"), ACCEPTED),
    **dict.fromkeys(("ACSC", "ACCC"), SETTLED),
    **dict.fromkeys(("RJCT", "CANC"), REJECTED),
}


def heard(content: str | bytes) -> list[BankNotice | Unclear]:
    return read_message(content.encode() if isinstance(content, str) else content, "odd.xml")


def statements(content: str) -> list[BankNotice]:
    said = heard(content)
    assert all(isinstance(part, BankNotice) for part in said), said
    return [part for part in said if isinstance(part, BankNotice)]


def one_statement(content: str) -> BankNotice:
    (said,) = statements(content)
    return said


def one_unclear(content: str) -> Unclear:
    (said,) = heard(content)
    assert isinstance(said, Unclear), said
    return said


# pain.002


@pytest.mark.parametrize(("code", "status"), CODES.items())
def test_a_transaction_status_speaks_of_one_payment(code: str, status: BankStatus) -> None:
    said = one_statement(status_report(transaction_status("E1", code, uetr="U1")))
    assert (said.status, said.code, said.end_to_end_id) == (status, code, "E1")
    assert (said.message_id, said.original_message_id, said.unique_transaction_reference) == ("BANK-1", "OURS-1", "U1")
    assert said.said_at == datetime(2026, 11, 3, 8, tzinfo=UTC)


@pytest.mark.parametrize(("code", "status"), CODES.items())
def test_a_group_status_speaks_of_the_whole_file(code: str, status: BankStatus) -> None:
    said = one_statement(status_report(group_status("OURS-1", code)))
    assert (said.status, said.entry, said.original_message_id, said.end_to_end_id) == (status, "group", "OURS-1", "")


def test_transactions_speak_for_themselves_where_there_are_any() -> None:
    body = group_status("OURS-1", "PART") + "".join(
        transaction_status(name, code).partition("</OrgnlGrpInfAndSts>")[2]
        for name, code in (("E1", "ACCP"), ("E2", "RJCT"))
    )
    said = heard(status_report(body))
    assert [(s.end_to_end_id, s.status, s.entry) for s in said if isinstance(s, BankNotice)] == [
        ("E1", ACCEPTED, "1"),
        ("E2", REJECTED, "2"),
    ]


def test_a_rejection_carries_the_banks_reason() -> None:
    assert one_statement(status_report(transaction_status("E1", "RJCT", "AC04"))).reason == "AC04"
    assert one_statement(status_report(group_status("O", "RJCT", "FF01"))).reason == "FF01 seen before"


@pytest.mark.parametrize(
    "body",
    [
        group_status("OURS-1", "RJCT", "DUPL"),
        transaction_status("E1", "RJCT", "AM05"),
        *(group_status("OURS-1", "RJCT", code) for code in ("DU01", "DU02", "DU03", "DU04", "DU05")),
        transaction_status("E1", "RJCT", "DU04"),
        transaction_status("E1", "RJCT", "AM05").replace("Cd>", "Prtry>"),
    ],
)
def test_a_duplicate_is_a_rejection_that_ends_nothing_by_itself(body: str) -> None:
    said = one_statement(status_report(body))
    assert said.status is REJECTED
    assert said.doubt.startswith("it speaks of a duplicate")


def test_a_duplicate_that_is_no_rejection_goes_to_a_person() -> None:
    assert (
        "the bank has file OURS-1 already"
        in one_unclear(status_report(transaction_status("E1", "ACSP", "DU04"))).reason
    )


ALREADY = "<StsRsnInf><Rsn><Cd>AM05</Cd></Rsn></StsRsnInf>"


@pytest.mark.parametrize(
    ("place", "words"),
    [("</GrpSts>", ALREADY), ("<OrgnlPmtInfAndSts>", f"<PmtInfSts>RJCT</PmtInfSts>{ALREADY}")],
    ids=["file", "batch"],
)
def test_a_duplicate_that_the_whole_is_called_rejects_none_of_its_payments(place: str, words: str) -> None:
    """Given payments rejected without a reason, when the file or batch above says duplicate, then none is rejected."""
    said = heard(whole("RJCT", "RJCT", "RJCT").replace(place, f"{place}{words}"))
    assert said
    assert all(part.doubt for part in said if isinstance(part, BankNotice))


@pytest.mark.parametrize("body", [group_status("OURS-1", "PART"), transaction_status("E1", "XXXX")])
def test_a_status_without_a_meaning_here_goes_to_a_person(body: str) -> None:
    said = one_unclear(status_report(body))
    assert said.reason.endswith("has no meaning here")


def test_a_transaction_without_a_status_goes_to_a_person() -> None:
    said = one_unclear(status_report(transaction_status("E1", "")))
    assert said.reason == "status missing has no meaning here"


def test_a_payment_that_is_repeated_without_a_name_or_a_word_leaves_it_to_its_batch() -> None:
    """Given a bank that repeats what a payment was and names none, then what it says of the batch is what it says."""
    repeated = "<TxInfAndSts><OrgnlTxRef><ReqdExctnDt>2026-11-03</ReqdExctnDt></OrgnlTxRef></TxInfAndSts>"
    batch = f"<OrgnlPmtInfAndSts><PmtInfSts>ACCP</PmtInfSts>{repeated}</OrgnlPmtInfAndSts>"
    said = one_statement(status_report(group_status("OURS-1", "ACCP") + batch))
    assert (said.status, said.entry, said.original_message_id) == (ACCEPTED, "batch", "OURS-1")


def test_a_message_comes_in_an_envelope_too_and_two_of_them_in_none() -> None:
    message = status_report(transaction_status("E1", "ACSC"))
    header = '<AppHdr xmlns="urn:iso:std:iso:20022:tech:xsd:head.001.001.02"><BizMsgIdr>B-1</BizMsgIdr></AppHdr>'
    for envelope in ("Envelope", "BizMsgEnvlp"):
        assert one_statement(f"<{envelope}>{header}{message}</{envelope}>").end_to_end_id == "E1"
    assert one_statement(f"<DataPDU><Body>{header}{message}</Body></DataPDU>").status is SETTLED
    with pytest.raises(UnreadableMessage, match="holds several messages"):
        heard(f"<Envelope>{message}{message}</Envelope>")


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
def test_nothing_that_a_report_says_is_passed_over_in_silence(body: str) -> None:
    assert len(heard(status_report(body))) == 1


def test_blank_lines_before_a_message_are_nothing() -> None:
    said = one_statement(
        "\r\n" + '<?xml version="1.0" encoding="UTF-8"?>' + status_report(transaction_status("E1", "ACCP"))
    )
    assert said.status is ACCEPTED


@pytest.mark.parametrize("version", ["pain.002.001.03", "pain.002.001.12"])
def test_other_versions_of_a_message_are_read_alike(version: str) -> None:
    content = status_report(transaction_status("E1", "ACCP")).replace("pain.002.001.10", version)
    assert one_statement(content).status is ACCEPTED


def test_every_reason_is_told_codes_and_words() -> None:
    why = (
        "<StsRsnInf><Rsn><Cd>AC04</Cd></Rsn><AddtlInf>closed</AddtlInf><AddtlInf>in May</AddtlInf></StsRsnInf>"
        "<StsRsnInf><Rsn><Prtry>X9</Prtry></Rsn></StsRsnInf>"
    )
    body = transaction_status("E1", "RJCT").replace("</TxSts>", f"</TxSts>{why}")
    assert one_statement(status_report(body)).reason == "AC04 closed in May X9"


def test_one_of_several_reasons_is_enough_for_a_duplicate() -> None:
    second = "<StsRsnInf><Rsn><Cd>AM05</Cd></Rsn></StsRsnInf></TxInfAndSts>"
    body = transaction_status("E1", "RJCT", "AC01").replace("</TxInfAndSts>", second)
    assert "duplicate (AM05)" in one_statement(status_report(body)).doubt


@pytest.mark.parametrize("named", ["", "NOTPROVIDED"])
def test_a_payment_that_only_its_uetr_names_is_named_by_it(named: str) -> None:
    said = one_statement(status_report(transaction_status(named, "RJCT", uetr="U1")))
    assert (said.end_to_end_id, said.unique_transaction_reference, said.status) == ("", "U1", REJECTED)


@pytest.mark.parametrize("named", ["", "NOTPROVIDED"])
def test_a_payment_that_nothing_names_goes_to_a_person(named: str) -> None:
    said = one_unclear(status_report(transaction_status(named, "RJCT", "AC04")))
    assert said.reason == "RJCT for a payment that is not named"
    assert said.content.endswith("file OURS-1, AC04")


def batches(*codes: str) -> str:
    return group_status("OURS-1", "") + "".join(
        f"<OrgnlPmtInfAndSts><PmtInfSts>{code}</PmtInfSts></OrgnlPmtInfAndSts>" for code in codes
    )


def test_a_status_of_one_of_several_batches_is_not_one_of_the_file() -> None:
    said = heard(status_report(batches("RJCT", "ACCP")))
    assert [(part.entry, part.reason) for part in said if isinstance(part, Unclear)] == [
        ("batch 1", "RJCT for one of 2 batches"),
        ("batch 2", "ACCP for one of 2 batches"),
    ]


def whole(group: str, *codes: str, counted: int = 0) -> str:
    """A report with a status of the whole and one for each of some payments."""
    payments = "".join(
        f"<TxInfAndSts><OrgnlEndToEndId>E{number}</OrgnlEndToEndId><TxSts>{code}</TxSts></TxInfAndSts>"
        for number, code in enumerate(codes)
    )
    count = f"<OrgnlNbOfTxs>{counted}</OrgnlNbOfTxs>" if counted else ""
    group_said = f"<OrgnlGrpInfAndSts><OrgnlMsgId>O</OrgnlMsgId>{count}<GrpSts>{group}</GrpSts></OrgnlGrpInfAndSts>"
    return status_report(f"{group_said}<OrgnlPmtInfAndSts>{payments}</OrgnlPmtInfAndSts>")


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (whole("RJCT", "RJCT", "ACSP"), "the bank says RJCT of the whole and something else of its parts"),
        (whole("ACSC", "ACSC", "RJCT"), "the bank says ACSC of the whole and something else of its parts"),
        (whole("RJCT", "RJCT", counted=3), "the bank says RJCT of 3 payments and names 1"),
    ],
)
def test_what_is_final_for_the_whole_and_not_for_a_part_goes_to_a_person_too(content: str, reason: str) -> None:
    *parts, last = heard(content)
    assert all(isinstance(part, BankNotice) for part in parts)
    assert isinstance(last, Unclear)
    assert (last.entry, last.reason) == ("group", reason)


@pytest.mark.parametrize(
    "content",
    [whole("PART", "ACSP", "RJCT"), whole("ACCP", "ACSC"), whole("RJCT", "RJCT", "RJCT", counted=2)],
)
def test_a_whole_that_agrees_with_its_parts_says_nothing_more(content: str) -> None:
    assert statements(content)


def test_a_part_that_is_said_twice_is_its_own_fault_and_no_other_s() -> None:
    twice = transaction_status("E1", "ACSC").replace("<TxSts>", "<TxSts>RJCT</TxSts><TxSts>")
    other = transaction_status("E2", "ACSP").partition("</OrgnlGrpInfAndSts>")[2]
    first, second = heard(status_report(twice + other))
    assert isinstance(first, Unclear)
    assert first.reason == "TxSts is said 2 times"
    assert isinstance(second, BankNotice)


def test_the_same_status_in_another_message_has_the_same_digest_and_another_status_another() -> None:
    first, again, other, reasoned = (
        one_statement(status_report(transaction_status("E1", code, why), message=message)).digest
        for code, why, message in (
            ("RJCT", "AC04", "B1"),
            ("RJCT", "AC04", "B2"),
            ("ACSP", "", "B1"),
            ("RJCT", "AC06", "B1"),
        )
    )
    assert first == again
    assert len({first, other, reasoned}) == 3


def test_a_status_is_no_booking() -> None:
    assert booking_key(one_statement(status_report(transaction_status("E1", "ACSC")))) is None


def test_control_characters_are_replaced_and_long_reasons_cut() -> None:
    body = transaction_status("E1", "RJCT").replace(
        "</TxInfAndSts>", f"<StsRsnInf><AddtlInf>a\u202eb\u0085c {'x' * 400}</AddtlInf></StsRsnInf></TxInfAndSts>"
    )
    said = one_statement(status_report(body))
    assert said.reason.startswith("a\ufffdb c xxx")
    assert (len(said.reason), said.reason[-1]) == (300, "…")


# What cannot be read

BOMB = '<!DOCTYPE b [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;">]><Document>&b;</Document>'
EXTERNAL = '<!DOCTYPE b [<!ENTITY a SYSTEM "file:///etc/passwd">]><Document>&a;</Document>'
NO_HEADER = '<Document xmlns="x"><CstmrPmtStsRpt/></Document>'


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        pytest.param(status_report("")[:-20], "is not whole XML", id="cut off"),
        pytest.param("", "is empty; fetch it from the bank again", id="empty"),
        pytest.param(
            "$$ADD ID=A\n01,BANK,",
            r"begins with \$\$ADD ID=A 01,BANK, and is none of what is read: pain.002",
            id="no XML",
        ),
        pytest.param("{1:F01MOCKNL2A}{4::20:START", "is MT940 or MT942, .*; ask the bank for camt", id="SWIFT"),
        pytest.param(":20:STARTUMS\n:25:1234", "is MT940 or MT942, .*; ask the bank for camt", id="MT940"),
        pytest.param(b"PK\x03\x04\x14", "is a ZIP archive; unpack it", id="an archive"),
        pytest.param(b"%PDF-1.7", "is a PDF, which people read; ask the bank for", id="a page"),
        pytest.param("Date,Amount\n", "own CSV is imported with its account: --account", id="a CSV"),
        pytest.param("01,A,B".encode("utf-16"), "begins with 01,A,B in UTF-16 and is none", id="BAI2 in UTF-16"),
        pytest.param(b"\x00\xff\xfe\x80", "is none of what is read", id="binary"),
        pytest.param("<!DOCTYPE html><html><body><p>Log in<br></body></html>", "is not whole XML", id="HTML"),
        pytest.param("<html><body/></html>", "holds html with body; what is read: pain.002", id="XHTML"),
        pytest.param(BOMB, "declares entities, which no bank message does", id="entity bomb"),
        pytest.param(
            EXTERNAL, "declares entities, which no bank message does; ask the bank for it$", id="external entity"
        ),
        pytest.param(
            '<Document xmlns="urn:camt.053"><BkToCstmrStmt/></Document>',
            "the group header lacks MsgId or CreDtTm",
            id="an empty statement of account",
        ),
        pytest.param(
            "<Document><BkToCstmrAcctRpt/></Document>", "the group header lacks MsgId", id="an empty intraday report"
        ),
        pytest.param("<Document><CstmrCdtTrfInitn/></Document>", "is a pain.001, payments of ours", id="our own file"),
        pytest.param("<Document><Else/></Document>", "holds Document with Else; what is read", id="another message"),
        pytest.param(NO_HEADER, "the group header lacks MsgId or CreDtTm", id="no header"),
        pytest.param(
            status_report("").replace("2026-11-03T09", "yesterday"), "has a value that cannot be read", id="no time"
        ),
        *(
            pytest.param(notification(entry("E1"), made=made), "has a value that cannot be read", id=f"made {made}")
            for made in ("0001-01-01T00:00:00Z", "9999-12-31T23:59:59-14:00", "20261103T180000", "2026-11-31T18:00:00")
        ),
        pytest.param(
            status_report(group_status("O", "RJCT"), message="B" * 141), "is no identifier", id="an endless message id"
        ),
        pytest.param(
            status_report("</CstmrPmtStsRpt><CstmrPmtStsRpt>"), "holds several messages", id="two messages in one"
        ),
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
def test_what_cannot_be_read_is_refused_in_one_line(content: str | bytes, reason: str) -> None:
    with pytest.raises(UnreadableMessage, match=reason) as refused:
        heard(content)
    assert str(refused.value).startswith("odd.xml ")
    assert "\n" not in str(refused.value)


def test_a_missing_file_is_refused_in_one_line(tmp_path: Path) -> None:
    with pytest.raises(UnreadableMessage, match=r"^absent.xml cannot be opened: No such file or directory$"):
        read_file(tmp_path / "absent.xml")


def test_a_file_is_read_once_and_as_it_stands(tmp_path: Path) -> None:
    content = status_report(group_status("OURS-1", "ACTC")).encode()
    assert read_file(write(tmp_path, content)) == content
