"""Edition 2026.2: the payee of money that goes out is a non-profit, listed, itself, not revoked, and aligned."""

from __future__ import annotations

from typing import Any

import pytest

from domain.parties import Party
from domain.policy.findings import Finding
from domain.policy.reliance import may_rely
from domain.screening.tax_status import StatusEvidence
from tests.builders import (
    abroad,
    benefit,
    company,
    document,
    equivalency,
    exchange,
    funds_out,
    master_file,
    party,
    principal,
    publication_78,
    revocation,
    status,
    verification,
)
from tests.domain.policy.language import (
    ALIGNED,
    FAIL,
    NOWHERE,
    PASS,
    PROFILES,
    REFER,
    bmf,
    both,
    finding,
    found_on,
    given,
    joined,
    judged,
    paid,
    paid_to_charity,
    pub78,
    said,
    screened_on,
    spoken,
)

UNIVERSITY = {"kind": "ACADEMIC", "governmental": True}
GOVERNMENT = (document("GOVERNMENT_STATUS"),)
RULES = ("NONPROFIT", "LISTED", "NAME", "REVOKED", "CONTRADICTION", "PATH", "EQUIVALENCY", "GROUP", "ALIGNMENT")


@pytest.mark.parametrize("rule", RULES)
@pytest.mark.parametrize("funder", PROFILES)
def test_given_no_money_goes_out_then_no_rule_on_payees_speaks(rule: str, funder: str) -> None:
    assert finding(given(profile=PROFILES[funder]), f"ELIG-{rule}") is None
    assert finding(joined(PROFILES[funder]), f"ELIG-{rule}") is None


# ELIG-NONPROFIT


@pytest.mark.parametrize("funder", PROFILES)
@pytest.mark.parametrize(
    ("kind", "outcome"),
    [
        ("PRIVATE_COMPANY", FAIL),
        ("NONPROFIT", PASS),
        ("GOVERNMENT", PASS),
        ("INTERNATIONAL_ORGANIZATION", PASS),
        ("ACADEMIC", PASS),
        ("CHURCH", PASS),
    ],
)
def test_money_goes_to_a_nonprofit_even_if_the_registers_list_a_company(kind: str, outcome: Any, funder: str) -> None:
    assert said(paid(party(kind=kind), status(), PROFILES[funder]), "ELIG-NONPROFIT") is outcome


def test_a_refused_company_is_told_of_a_sponsor() -> None:
    assert "fiscal sponsor" in spoken(paid(company()), "ELIG-NONPROFIT").options[0]


@pytest.mark.parametrize("funder", PROFILES)
def test_a_company_is_a_welcome_partner_where_another_is_paid(funder: str) -> None:
    content = {"partner": company(), "funds_out": funds_out(alignment=ALIGNED)}
    assert judged(content, PROFILES[funder], verification(status())).outcome is PASS


# ELIG-LISTED


@pytest.mark.parametrize(
    ("found", "outcome", "words"),
    [
        (status(), PASS, "EIN 001000001 is listed"),
        (pub78("PC"), PASS, "EIN 001000001 is listed"),
        (NOWHERE, REFER, "was not found in irs-bmf"),
        (NOWHERE.model_copy(update={"asked": ()}), REFER, "was not found in no register"),
        (None, REFER, "no EIN was given"),
    ],
)
def test_a_us_payee_is_looked_for_in_the_registers(found: StatusEvidence | None, outcome: Any, words: str) -> None:
    one = spoken(paid(party(), found), "ELIG-LISTED")
    assert one.outcome is outcome
    assert words in one.reason


@pytest.mark.parametrize("reason", ["church", "government unit", "too new to be listed", "mistyped EIN"])
def test_not_found_refers_with_the_likely_reasons(reason: str) -> None:
    assert reason in spoken(paid(party(), NOWHERE), "ELIG-LISTED").reason


@pytest.mark.parametrize(
    "payee",
    [
        abroad(),
        company(),
        party(kind="INDIVIDUAL", ein=None),
        party(kind="INTERNATIONAL_ORGANIZATION", ein=None),
        party(kind="INTERNATIONAL_ORGANIZATION", ein=None, documents=(document("TREATY_DESIGNATION"),)),
        party(kind="GOVERNMENT", ein=None, documents=GOVERNMENT),
        party(**UNIVERSITY, ein=None, documents=GOVERNMENT),
        party(kind="CHURCH", ein=None, documents=(document("CHURCH_STATUS"),)),
    ],
    ids=lambda payee: f"{payee.country} {payee.kind.value}",
)
def test_who_need_not_be_listed_is_not_looked_for(payee: Party) -> None:
    assert finding(paid(payee), "ELIG-LISTED") is None


def test_a_government_without_a_document_must_be_found_somewhere() -> None:
    assert said(paid(party(kind="GOVERNMENT", ein=None)), "ELIG-LISTED") is REFER


def test_being_listed_rests_on_the_rows_of_both_registers() -> None:
    one = spoken(paid(party(), both(("PC",))), "ELIG-LISTED")
    assert [row.split()[0] for row in one.evidence] == ["irs-bmf", "irs-pub78"]
    assert all("line 2, sha256 efefefefefefefef" in row for row in one.evidence)


# ELIG-NAME


@pytest.mark.parametrize(
    ("agreement", "outcome"), [(0.0, REFER), (59.9, REFER), (59.99, REFER), (60.0, PASS), (100.0, PASS)]
)
def test_the_registered_name_must_agree_with_the_payees(agreement: float, outcome: Any) -> None:
    assert said(paid(party(), status(name_agreement=agreement)), "ELIG-NAME") is outcome


@pytest.mark.parametrize("found", [None, NOWHERE])
def test_without_a_registered_name_there_is_none_to_agree(found: StatusEvidence | None) -> None:
    assert finding(paid(party(), found), "ELIG-NAME") is None


# ELIG-REVOKED


def on(day: str, *revocations: Any, **leg: Any) -> Finding:
    found = found_on(day, master_file=master_file(), name_agreement=100.0, revocations=revocations)
    return spoken(paid(party(), found, seen={"screening": screened_on(day)}, **leg), "ELIG-REVOKED")


def known(since: str) -> dict[str, Any]:
    return {"known_changes": ({"what": "The treasurer wrote that returns were missed", "known_since": since},)}


STANDING = revocation("2019-05-15", "2019-08-01")
SAME_DAY = revocation("2019-05-15", "2019-08-01", "2019-05-15")
GAP = revocation("2019-05-15", "2019-08-01", "2020-06-01")


@pytest.mark.parametrize(
    ("row", "day", "outcome"),
    [
        (STANDING, "2019-05-15", PASS),
        (STANDING, "2019-07-31", PASS),
        (STANDING, "2019-08-01", FAIL),
        (STANDING, "2026-11-02", FAIL),
        (SAME_DAY, "2019-08-01", PASS),
        (SAME_DAY, "2026-11-02", PASS),
        (GAP, "2019-07-31", PASS),
        (GAP, "2019-08-01", FAIL),
        (GAP, "2020-05-31", FAIL),
        (GAP, "2020-06-01", PASS),
    ],
)
def test_the_posting_day_ends_reliance_and_reinstatement_restores_it(row: Any, day: str, outcome: Any) -> None:
    assert on(day, row).outcome is outcome


def test_a_revocation_names_its_days_and_its_row() -> None:
    one = on("2019-08-01", STANDING)
    assert all(words in one.reason for words in ("effect from 2019-05-15", "posted 2019-08-01", "not reinstated"))
    assert one.evidence[0].startswith("irs-revocation version 1")


def test_a_second_revocation_stands_whatever_became_of_the_first() -> None:
    again = revocation("2023-05-15", "2023-08-01")
    assert "2023-05-15" in on("2026-11-02", SAME_DAY, again).reason
    assert on("2026-11-02", again, SAME_DAY).outcome is FAIL


@pytest.mark.parametrize(
    ("day", "since", "rows", "outcome"),
    [
        ("2026-11-02", "2026-11-03", (), PASS),
        ("2026-11-02", "2026-11-02", (), FAIL),
        ("2026-11-02", "2026-10-01", (), FAIL),
        ("2019-07-31", "2019-06-01", (STANDING,), FAIL),
        ("2019-07-31", "2019-08-01", (STANDING,), PASS),
        ("2020-06-01", "2019-06-01", (GAP,), PASS),
        ("2020-06-02", "2020-06-01", (GAP,), PASS),
        ("2020-06-02", "2020-06-02", (GAP,), FAIL),
    ],
)
def test_knowledge_ends_reliance_sooner_than_the_posting(day: str, since: str, rows: Any, outcome: Any) -> None:
    assert on(day, *rows, **known(since)).outcome is outcome


def test_knowledge_is_told_with_its_day() -> None:
    words = "the funder knew since 2026-10-01: The treasurer wrote that returns were missed"
    assert on("2026-11-02", **known("2026-10-01")).reason == words


def test_knowledge_binds_where_no_register_was_asked() -> None:
    assert said(paid(abroad(), **known("2026-10-01")), "ELIG-REVOKED") is FAIL
    assert finding(paid(abroad()), "ELIG-REVOKED") is None


def test_reliance_says_why_it_stands() -> None:
    day = status().asked_at.date()
    assert may_rely(day, ()).reason == "no automatic revocation is posted"
    assert "is reinstated; the history is on file" in may_rely(day, (SAME_DAY,)).reason


# ELIG-CONTRADICTION


OWNED = party(principals=(principal("Ana Holder", "OWNER", "10"),))


@pytest.mark.parametrize(
    ("payee", "found", "leg", "words"),
    [
        (
            party(),
            both(("PF",)),
            {},
            "the master file says US_PUBLIC_CHARITY, Publication 78 says US_PRIVATE_FOUNDATION",
        ),
        (party(kind="GOVERNMENT"), status(), {}, "declared as a government, registered as US_PUBLIC_CHARITY"),
        (party(), status(), {"equivalency": equivalency()}, "an equivalency determination for a US payee"),
        (OWNED, status(), {}, "declared as a non-profit, and yet it has owners"),
        (
            party(),
            status(),
            {"exchange": exchange(), "benefit": benefit(distributes_surplus=True)},
            "the exchange distributes its surplus in one place and does not in another",
        ),
        (
            party(),
            status(),
            {"exchange": exchange(open_on_equal_terms=False), "benefit": benefit()},
            "access is open on equal terms in one place and is not in another",
        ),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_facts_that_contradict_each_other_are_named(payee: Party, found: Any, leg: Any, words: str) -> None:
    one = spoken(paid(payee, found, **leg), "ELIG-CONTRADICTION")
    assert one.outcome is REFER
    assert one.reason == f"facts contradict each other: {words}"


def test_every_contradiction_is_named_not_the_first_alone() -> None:
    assessed = paid(OWNED, both(("PF",)), equivalency=equivalency())
    assert spoken(assessed, "ELIG-CONTRADICTION").reason.count(";") == 2


@pytest.mark.parametrize(
    ("found", "funder", "outcome"),
    [
        (both(("PC",), foundation="15"), "P", PASS),
        (both(("SO",), foundation="15"), "P", PASS),
        (both(("SONFI",), foundation="15"), "P", PASS),
        (both(("SONFI",), foundation="15"), "F", REFER),
        (both(("SONFI",), foundation="15"), "X", REFER),
    ],
)
def test_registers_contradict_where_they_lead_this_funder_to_different_answers(
    found: StatusEvidence, funder: str, outcome: Any
) -> None:
    assert said(paid(party(), found, PROFILES[funder]), "ELIG-CONTRADICTION") is outcome


FINER = pytest.mark.parametrize(
    ("codes", "recipient"),
    [
        ({"affiliation": "9", "group_number": "1234"}, "US_GROUP_SUBORDINATE"),
        ({"foundation": "14"}, "US_GOVERNMENT"),
    ],
    ids=["a subordinate", "a government unit"],
)


@FINER
@pytest.mark.parametrize("funder", PROFILES)
def test_publication_78_calls_these_public_charities_too_and_does_not_contradict(
    codes: dict[str, str], recipient: str, funder: str
) -> None:
    assessed = paid(party(), both(("PC",), **codes), PROFILES[funder])
    assert said(assessed, "ELIG-CONTRADICTION") is PASS
    assert spoken(assessed, "ELIG-PATH").reason.startswith(recipient)


@pytest.mark.parametrize("found", [bmf(foundation="14"), both(("PC",), foundation="14")], ids=["alone", "and PC"])
def test_a_government_that_is_registered_as_one_does_not_contradict_itself(found: StatusEvidence) -> None:
    assert said(paid(party(kind="GOVERNMENT"), found), "ELIG-CONTRADICTION") is PASS


@pytest.mark.parametrize("funder", PROFILES)
@pytest.mark.parametrize("documents", [(), GOVERNMENT], ids=["no document", "documented"])
@pytest.mark.parametrize(
    ("found", "named"),
    [
        (bmf(foundation="04"), "US_PRIVATE_FOUNDATION"),
        (bmf(foundation="21"), "US_SUPPORTING_ORG"),
        (bmf(subsection="06"), "US_OTHER_EXEMPT"),
        (bmf(foundation="99"), "UNKNOWN"),
        (bmf(affiliation="9", group_number="1234"), "US_GROUP_SUBORDINATE"),
        (both(("PC",), affiliation="9", group_number="1234"), "US_GROUP_SUBORDINATE"),
        (pub78("PC"), "US_PUBLIC_CHARITY"),
        (both(("SO",), foundation="14"), "US_SUPPORTING_ORG"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_government_that_a_register_calls_anything_else_contradicts_itself(
    found: StatusEvidence, named: str, documents: Any, funder: str
) -> None:
    one = spoken(paid(party(kind="GOVERNMENT", documents=documents), found, PROFILES[funder]), "ELIG-CONTRADICTION")
    assert one.outcome is REFER
    assert f"declared as a government, registered as {named}" in one.reason.split("; ")[-1]


@pytest.mark.parametrize("found", [None, NOWHERE])
def test_a_government_that_no_register_lists_does_not_contradict_itself(found: StatusEvidence | None) -> None:
    assert said(paid(party(kind="GOVERNMENT", documents=GOVERNMENT), found), "ELIG-CONTRADICTION") is PASS


@FINER
def test_publication_78_contradicts_these_where_it_says_another_thing(codes: dict[str, str], recipient: str) -> None:
    one = spoken(paid(party(), both(("SO",), **codes)), "ELIG-CONTRADICTION")
    assert one.outcome is REFER
    assert one.reason.endswith(f"the master file says {recipient}, Publication 78 says US_SUPPORTING_ORG")


@pytest.mark.parametrize(
    "payee",
    [
        party(principals=(principal("Ana Chair"),)),
        party(principals=(principal("Ana Chair", share="10"),)),
        party(principals=(principal("Ana Holder", "OWNER"),)),
        party(principals=(principal("Ana Holder", "OWNER", "0"),)),
        party(kind="ACADEMIC", principals=(principal("Ana Holder", "OWNER", "10"),)),
    ],
)
def test_directors_and_owners_without_a_share_do_not_contradict_a_nonprofit(payee: Party) -> None:
    assert said(paid(payee, status()), "ELIG-CONTRADICTION") is PASS


@pytest.mark.parametrize(
    "leg",
    [
        {"exchange": exchange(), "benefit": benefit()},
        {"exchange": exchange(distributes_surplus=True), "benefit": benefit(distributes_surplus=True)},
        {"exchange": exchange(open_on_equal_terms=False), "benefit": benefit(open_on_equal_terms=False)},
        {"exchange": exchange(distributes_surplus=True)},
        {"benefit": benefit(open_on_equal_terms=False)},
    ],
)
def test_an_exchange_and_a_benefit_that_agree_do_not_contradict(leg: dict[str, Any]) -> None:
    one = spoken(paid_to_charity(**leg), "ELIG-CONTRADICTION")
    assert one.outcome is PASS
    assert one.reason == "no contradiction between registers, documents and proposal"


def test_a_determination_for_a_foreign_payee_is_no_contradiction() -> None:
    assert said(paid(abroad(), equivalency=equivalency()), "ELIG-CONTRADICTION") is PASS


# ELIG-ALIGNMENT


@pytest.mark.parametrize(
    ("funder", "alignment", "outcome"),
    [("F", None, REFER), ("F", ALIGNED, PASS), ("P", None, None), ("X", None, None)],
)
def test_a_supporting_organisation_needs_evidence_of_alignment(funder: str, alignment: Any, outcome: Any) -> None:
    assert said(paid_to_charity(PROFILES[funder], alignment=alignment), "ELIG-ALIGNMENT") is outcome


def test_a_us_public_university_needs_no_alignment_paper_as_a_lead_to_be_confirmed() -> None:
    university = party(**UNIVERSITY, ein=None, documents=GOVERNMENT)
    one = spoken(paid(university, profile=PROFILES["F"], alignment=None), "ELIG-ALIGNMENT")
    assert (one.outcome, one.confirmed) == (PASS, False)


def test_the_evidence_of_alignment_is_quoted() -> None:
    assert spoken(paid_to_charity(PROFILES["F"]), "ELIG-ALIGNMENT").evidence == (ALIGNED,)


def test_the_path_rests_on_the_documents_on_file() -> None:
    payee = party(**UNIVERSITY, ein=None, documents=GOVERNMENT)
    assert spoken(paid(payee), "ELIG-PATH").evidence == ("GOVERNMENT_STATUS dated 2026-03-01",)


def test_a_foreign_payee_that_publication_78_lists_is_found() -> None:
    found = status(master_file=None, publication78=(publication_78("PC"),))
    assert finding(paid(abroad(ein="001000001"), found), "ELIG-NAME") is not None
    assert paid(abroad(ein="001000001"), bmf()).outcome is PASS
