"""The proof of a registration abroad: its register, its number and its day (rules 4.6)."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from domain.fault import Fault
from domain.parties import PartyNumber
from domain.policy.facts import facts_of
from domain.policy.proofs.register_codes import REGISTERS, RegisterKind, kind_of
from domain.policy.proofs.registrations import papers_that_do_not_count, status_abroad_is_proved
from domain.policy.rulebook import EDITIONS
from tests.builders import abroad, funding, funds_out, paper, party, proposal, status, verification
from tests.domain.policy.language import PASS, REFER, paid, said, spoken

BOOK = EDITIONS["2026.5"]
DAY = date(2026, 11, 2)


def number(scheme: str, written: str = "1") -> PartyNumber:
    return PartyNumber(scheme=scheme, number=written)


def extract(scheme: str, written: str = "218", **more: Any) -> dict[str, Any]:
    return {**paper("REGISTRATION"), "number": {"scheme": scheme, "number": written}, **more}


@pytest.mark.parametrize(
    ("scheme", "written", "kind"),
    [
        ("GB-CHC", "1090095", RegisterKind.CHARITY),
        ("GB-COH", "07444723", RegisterKind.COMPANY),
        ("NL-KVK", "41202535", RegisterKind.MIXED),
        ("KE-COA", "101", RegisterKind.GOVERNMENT),
        ("DE-CR", "RA000351-HRB758147", RegisterKind.COMPANY),
        ("DE-CR", "RA000220-VR8726", RegisterKind.CHARITY),
        ("IN-MCA", "U85110KA2009NPL050000", RegisterKind.CHARITY),
        ("IN-MCA", "L24111UR1986PLC015895", RegisterKind.COMPANY),
        ("ZA-CIP", "2007/031592/08", RegisterKind.CHARITY),
        ("ZA-CIP", "2007/031592/07", RegisterKind.COMPANY),
        ("NG-CAC", "CAC/IT/12", RegisterKind.MIXED),
        ("NG-CAC", "IT 1234", RegisterKind.CHARITY),
        ("NG-CAC", "RC1726083", RegisterKind.COMPANY),
        ("DE-HRB", "123456", None),
        ("XX-NGO", "IT 1", None),
    ],
)
def test_a_code_says_what_its_register_holds_and_some_numbers_say_more(
    scheme: str, written: str, kind: RegisterKind | None
) -> None:
    assert kind_of(number(scheme, written)) is kind


def test_every_code_can_be_written_in_a_proposal() -> None:
    assert all(number(scheme).scheme == scheme for scheme in REGISTERS)
    assert number("CA_BC-BRC_CBR").scheme == "CA_BC-BRC_CBR"


@pytest.mark.parametrize(
    ("given", "told"),
    [
        (extract("KE-RCO"), "of 2026-03-01 is of KE-RCO, a register of companies"),
        (extract("KE-COA"), "is of KE-COA, a register of units of a government"),
        (extract("KE-KRA"), "is of KE-KRA, which holds companies too; file its governing instrument beside it"),
        (extract("KE-XYZ"), "is of KE-XYZ, a code that Accord does not know"),
        (extract("UG-NGO"), "is of UG-NGO, which is no register of KE"),
        (extract("KE-NCB", dated="2024-11-01"), "of 2024-11-01 is older than 24 months; file a newer one"),
        (extract("KE-NCB", dated="2026-11-03"), "is dated later than 2026-11-02"),
        ({**paper("REGISTRATION"), "number": None}, "names no register and number; give its list code (org-id.guide)"),
        ({**paper("CHARITABLE_STATUS"), "dated": "2021-11-01"}, "is older than 60 months; file a newer one"),
    ],
)
def test_what_does_not_count_is_told_with_the_remedy(given: dict[str, Any], told: str) -> None:
    found = spoken(paid(abroad(papers=[given]), book=BOOK), "ELIG-PATH")
    assert (found.outcome, told in found.reason) == (REFER, True), found.reason
    assert "on file and read by a verifier must be an extract of a named public register" in found.reason


@pytest.mark.parametrize(
    ("papers", "proved"),
    [
        ([paper("GOVERNING_INSTRUMENT")], True),
        ([extract("KE-NCB", dated="2026-11-02")], True),
        ([paper("CHARITABLE_STATUS")], True),
        ([extract("KE-RCO")], False),
        ([paper("TREATY")], False),
        ([], False),
    ],
)
def test_one_paper_that_counts_proves_it(papers: list[dict[str, Any]], proved: bool) -> None:
    assert status_abroad_is_proved(abroad(papers=papers), DAY) is proved


def test_the_day_of_leap_years_is_met() -> None:
    given = abroad(papers=[extract("KE-NCB", dated="2026-02-28")])
    assert papers_that_do_not_count(given, date(2028, 2, 29)) == ()
    assert papers_that_do_not_count(given, date(2028, 3, 1)) != ()


def test_a_paper_ages_between_two_payments() -> None:
    given = abroad(papers=[extract("KE-NCB", dated="2024-11-02")])
    assert papers_that_do_not_count(given, DAY) == ()
    assert papers_that_do_not_count(given, date(2026, 11, 3)) == (
        Fault("the registration paper of 2024-11-02 is older than 24 months; file a newer one"),
    )


@pytest.mark.parametrize("kind", ["NONPROFIT", "ACADEMIC", "CHURCH"])
def test_a_company_s_number_contradicts_every_kind_of_private_body(kind: str) -> None:
    payee = abroad(kind=kind, papers=[paper("GOVERNING_INSTRUMENT")], numbers=[number("KE-RCO", "77")])
    found = spoken(paid(payee, book=BOOK), "ELIG-CONTRADICTION")
    assert found.outcome is REFER
    assert "KE-RCO 77 is in a register of companies; an extract of a charities' register" in found.reason


def test_a_us_body_is_what_the_irs_says_whatever_its_state_numbers_are() -> None:
    assert said(paid(party(numbers=[number("US-DE_CR", "1")]), status(), book=BOOK), "ELIG-CONTRADICTION") is PASS


def test_an_earlier_edition_takes_a_paper_of_any_day() -> None:
    facts = facts_of(proposal(funds_out=funds_out(payee=abroad())), funding(), verification())[0]
    assert facts.papers_on == DAY
    assert facts.model_copy(update={"edition": "2026.4"}).papers_on is None
    assert facts.model_copy(update={"edition": "2026.10"}).papers_on == DAY
    assert "edition" not in facts.model_dump()
