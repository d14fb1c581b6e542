"""A booking has one name wherever the bank tells of it, and what is kept of a bank's words can be shown to anybody."""

from __future__ import annotations

import pytest

from payments.answers.messages import booking_key
from tests.payments.answers.test_messages import one_statement, one_unclear, statements
from tests.payments.orders import ISOC, detail, entry, entry_of, notification, remittance

# Names of bookings


def test_a_booking_is_an_account_a_servicer_reference_and_a_detail() -> None:
    said = one_statement(notification(entry("E1", reference="B-7")))
    assert booking_key(said) == (ISOC.iban, "B-7", "1")


@pytest.mark.parametrize("filler", ["", "NONREF", "NOTPROVIDED", "notprovided", "0000", "-"])
def test_a_filler_names_no_booking(filler: str) -> None:
    assert booking_key(one_statement(notification(entry("E1", reference=filler)))) is None


def test_an_entry_on_no_account_is_for_a_person() -> None:
    nowhere = notification(entry("E1", reference="B-7")).replace(f"<IBAN>{ISOC.iban}</IBAN>", "")
    assert "stands on no account that is named" in one_unclear(nowhere).reason


def keys(*details: str, reference: str = "B-7") -> list[tuple[str, str] | None]:
    said = statements(notification(entry_of(*details, reference=reference)))
    return [key[1:] if (key := booking_key(part)) else None for part in said]


def test_payments_of_one_booking_are_told_apart_by_their_own_references_or_their_numbers() -> None:
    own = (detail("E1", "400", transaction="T8"), detail("E2", "600", transaction="T9"))
    assert keys(*own) == [("B-7", "T8"), ("B-7", "T9")]
    assert keys(*own[::-1]) == [("B-7", "T9"), ("B-7", "T8")]
    servicers = (detail("E1", "400", reference="S1"), detail("E2", "600", reference="S2"))
    assert keys(*servicers) == [("B-7", "S1"), ("B-7", "S2")]
    assert keys(detail("E1", "400"), detail("E2", "600")) == [("B-7", "1"), ("B-7", "2")]


def test_a_reference_that_two_payments_share_tells_neither_from_the_other() -> None:
    shared = (detail("E1", "400", reference="B-7"), detail("E2", "600", reference="B-7"))
    assert keys(*shared) == [("B-7", "1"), ("B-7", "2")]


def test_where_the_entry_has_no_name_the_names_of_its_payments_count_if_each_has_one() -> None:
    each = (detail("E1", "400", reference="S1"), detail("E2", "600", reference="S2"))
    assert keys(*each, reference="NONREF") == [("S1", "S1"), ("S2", "S2")]
    assert keys(each[0], detail("E2", "600"), reference="") == [None, None]


def test_one_payment_is_one_booking_whether_or_not_its_details_are_shown() -> None:
    shown = keys(detail("E1", "1000", transaction="T8", reference="S1"))
    assert shown == keys() == [("B-7", "1")]


def test_a_copy_says_the_same_and_that_it_is_a_copy() -> None:
    first, copied, relayed = (
        one_statement(notification(entry("E1"), copy=copy, message=f"M-{copy}")) for copy in ("", "DUPL", "CODU")
    )
    assert [said.duplicate for said in (first, copied, relayed)] == [False, True, True]
    assert first.digest == copied.digest == relayed.digest
    assert not one_statement(notification(entry("E1"), copy="COPY")).duplicate


# What is shown


def test_a_remittance_that_is_too_long_is_cut_and_never_within_a_number() -> None:
    for filling in range(480, 500):
        long = remittance("x" * filling + " P-2026-004217 and more")
        said = one_statement(notification(entry(direction="CRDT", details=long))).remittance
        assert "P-2026-004217" in said or "P-2026-0042" not in said
        assert len(said) <= 500


def test_other_references_are_no_remittance() -> None:
    other = "<Refs2><Ref>P-2026-0001</Ref></Refs2>"
    structured = "<RmtInf><Strd><CdtrRefInf><Ref>RF18</Ref></CdtrRefInf></Strd></RmtInf>"
    said = one_statement(notification(entry(direction="CRDT", details=other + structured)))
    assert said.remittance == "RF18"


def test_what_is_unclear_is_shown_without_whole_account_numbers() -> None:
    parties = (
        "<RltdPties><Dbtr><Pty><Nm>Anna Example</Nm></Pty></Dbtr>"
        "<DbtrAcct><Id><IBAN>NL14MOCK0000000002</IBAN></Id></DbtrAcct></RltdPties>"
    )
    text = remittance("from NL14 MOCK 0000 0000 02 or 123456789012")
    said = one_unclear(
        notification(entry("E1", amount="12", status="INFO", reference="B-7", booked="<Dt>2026-11-03</Dt>",
                           details=parties + text))
    )  # fmt: skip
    assert (said.end_to_end_id, said.account, said.servicer_reference) == ("E1", ISOC.iban, "B-7")
    assert said.content == (
        "DBIT USD 12, booked 2026-11-03, reference B-7, payment E1, from Anna Example …0002, from …0002 or …9012"
    )
