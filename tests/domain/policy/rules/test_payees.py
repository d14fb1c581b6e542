"""Edition 2026.4: what a payee is must be proved, and its own word opens no door (rules 3.3 to 3.6, 3.10)."""

from __future__ import annotations

from typing import Any

import pytest

from domain.parties import Party
from domain.policy.codes import RecipientClass as R
from domain.policy.conditions import CONDITIONS, ConditionId, Gate
from domain.policy.findings import Assessment, Outcome
from domain.policy.forms import commercial_form
from domain.policy.rulebook import EDITIONS
from tests.builders import (
    abroad,
    company,
    complete_equivalency,
    equivalency,
    named,
    paper,
    party,
    principal,
    revocation,
    status,
)
from tests.domain.policy.language import (
    CONDITION,
    FAIL,
    NOWHERE,
    PASS,
    PROFILES,
    REFER,
    bmf,
    both,
    finding,
    paid,
    pub78,
    said,
    spoken,
)

BOOK = EDITIONS["2026.4"]
P, F, X = PROFILES.values()
FUNDERS = pytest.mark.parametrize("funder", PROFILES)


def to(payee: Party, found: Any = None, funder: str = "P", **leg: Any) -> Assessment:
    return paid(payee, found, PROFILES[funder], book=BOOK, **leg)


def classed(payee: Party, found: Any = None, **leg: Any) -> str:
    return spoken(to(payee, found, **leg), "ELIG-PATH").reason.partition(":")[0]


# Who is never paid


@FUNDERS
def test_an_individual_is_no_non_profit_and_is_pointed_to_a_programme_of_its_own(funder: str) -> None:
    found = spoken(to(party("Rosa Quiroga", kind="INDIVIDUAL", ein=None), funder=funder), "ELIG-NONPROFIT")
    assert (found.outcome, "programme of their own" in found.reason) == (FAIL, True)


@FUNDERS
@pytest.mark.parametrize("name", ["Internet Society", "The Internet Society, Inc."])
def test_the_funder_is_never_its_own_payee(funder: str, name: str) -> None:
    found = spoken(to(party(name), status(), funder), "ELIG-NONPROFIT")
    assert (found.outcome, "is the funder itself" in found.reason) == (FAIL, True)


@FUNDERS
def test_a_company_is_refused_with_the_lawful_ways(funder: str) -> None:
    found = spoken(to(company(), None, funder), "ELIG-NONPROFIT")
    assert (found.outcome, bool(found.options)) == (FAIL, True)


# The declared kind opens no door


@FUNDERS
def test_a_us_body_that_calls_itself_international_is_looked_for_in_the_registers(funder: str) -> None:
    """It skipped them, also one that is registered as a business league, 501(c)(6)."""
    league = party(kind="INTERNATIONAL_ORGANIZATION")
    said_of = to(league, bmf(subsection="06"), funder)
    assert classed(league, bmf(subsection="06")) == R.US_OTHER_EXEMPT
    assert said(said_of, "ELIG-LISTED") is PASS
    assert "registered as US_OTHER_EXEMPT" in spoken(said_of, "ELIG-CONTRADICTION").reason
    assert said_of.outcome in {REFER, FAIL}
    assert said(to(party(kind="INTERNATIONAL_ORGANIZATION"), NOWHERE, funder), "ELIG-LISTED") is REFER


@FUNDERS
@pytest.mark.parametrize("kind", ["NONPROFIT", "ACADEMIC", "CHURCH", "GOVERNMENT", "INTERNATIONAL_ORGANIZATION"])
def test_owners_contradict_every_kind(funder: str, kind: str) -> None:
    owned = abroad(kind=kind, principals=[principal("Rosa Quiroga", "OWNER", "60")])
    found = spoken(to(owned, None, funder), "ELIG-CONTRADICTION")
    assert (found.outcome, "and yet it has owners" in found.reason) == (REFER, True)


@FUNDERS
@pytest.mark.parametrize("name", ["Kampala Networks Ltd", "Harbour Schools GmbH", "Lake Data S.A.", "Upland Pty Ltd"])
def test_a_companys_form_in_the_name_contradicts_a_non_profit(funder: str, name: str) -> None:
    """A foreign company left at the default NONPROFIT was eligible with conditions."""
    assert said(to(abroad(name), None, funder), "ELIG-CONTRADICTION") is REFER


def test_a_form_that_the_register_has_too_is_no_contradiction() -> None:
    listed = status(master_file=bmf().master_file.model_copy(update={"name": "RIVERBEND LLC"}))  # type: ignore[union-attr]
    assert said(to(party("Riverbend LLC"), listed), "ELIG-CONTRADICTION") is PASS


@pytest.mark.parametrize(
    ("name", "form"),
    [
        ("Riverbend Library, Inc.", None),
        ("Ag Ministries", None),
        ("Lake Data AG", "ag"),
        ("Ltd Friends", "ltd"),
        ("S.A.", "sa"),
    ],
)
def test_which_words_are_a_companys_form(name: str, form: str | None) -> None:
    assert commercial_form(name) == form


# What proves a status


@pytest.mark.parametrize(("funder", "outcome"), [("P", REFER), ("F", FAIL), ("X", REFER)])
@pytest.mark.parametrize("kind", ["NONPROFIT", "ACADEMIC", "CHURCH"])
def test_a_foreign_body_without_a_paper_is_referred_or_where_a_paper_would_not_help_refused(
    kind: str, funder: str, outcome: Outcome
) -> None:
    """Rules 3.4 refer it under every funder. That would let a proposer leave the paper out, which rules 3.13 forbid."""
    found = spoken(to(abroad(kind=kind, papers=()), None, funder), "ELIG-PATH")
    assert (found.outcome, "an extract of a named public register" in found.reason) == (outcome, True)


@pytest.mark.parametrize("proof", ["REGISTRATION", "GOVERNING_INSTRUMENT"])
def test_a_foreign_body_with_a_paper_that_was_read_takes_its_path(proof: str) -> None:
    proved = abroad(papers=[paper(proof)])
    assert [said(to(proved, None, funder), "ELIG-PATH") for funder in PROFILES] == [CONDITION, FAIL, CONDITION]
    assert "read by vera.lind" in spoken(to(proved), "ELIG-PATH").evidence[0]


@FUNDERS
def test_a_covenant_binds_a_government_and_proves_none(funder: str) -> None:
    ministry = {"kind": "GOVERNMENT", "papers": [paper("CHARITABLE_COVENANT")]}
    found = spoken(to(abroad("Ministry of ICT", **ministry), None, funder), "ELIG-PATH")
    assert (found.outcome, "a law, decree or published list" in found.reason) == (REFER, True)


@pytest.mark.parametrize(
    ("papers", "country", "wanted"),
    [
        (["GOVERNMENT_STATUS"], "KE", R.FOREIGN_GOVERNMENT),
        (["GOVERNMENT_STATUS"], "US", R.US_GOVERNMENT),
        ([], "US", R.UNKNOWN),
    ],
)
def test_a_government_is_one_by_paper(papers: list[str], country: str, wanted: R) -> None:
    body = party("Lower River", kind="GOVERNMENT", country=country, ein=None, papers=[paper(one) for one in papers])
    assert classed(body) == wanted


@pytest.mark.parametrize(
    ("papers", "wanted"),
    [
        ([], R.UNKNOWN),
        (["TREATY"], R.INTERNATIONAL_ORGANIZATION),
        (["TREATY_DESIGNATION"], R.DESIGNATED_INTERNATIONAL_ORGANIZATION),
    ],
)
def test_an_international_organisation_is_one_by_its_order_or_its_treaty(papers: list[str], wanted: R) -> None:
    body = abroad("Union of Lake Networks", kind="INTERNATIONAL_ORGANIZATION", papers=[paper(one) for one in papers])
    assert classed(body) == wanted


@pytest.mark.parametrize(("papers", "wanted"), [([], R.UNKNOWN), (["GOVERNMENT_STATUS"], R.US_PUBLIC_UNIVERSITY)])
def test_a_public_university_is_one_by_paper(papers: list[str], wanted: R) -> None:
    body = party("Upland State", kind="ACADEMIC", governmental=True, papers=[paper(one) for one in papers])
    assert classed(body, NOWHERE) == wanted


@pytest.mark.parametrize(
    ("papers", "wanted"), [([], R.US_CHURCH_UNLISTED), (["CHURCH_STATUS"], R.US_CHURCH_DOCUMENTED)]
)
def test_an_unlisted_church_is_documented_by_paper(papers: list[str], wanted: R) -> None:
    assert classed(party(kind="CHURCH", papers=[paper(one) for one in papers]), NOWHERE) == wanted


# A paper counts once a verifier signs that they read it


@pytest.mark.parametrize(
    ("payee", "found", "leg"),
    [
        (abroad(), None, {}),
        (abroad(papers=()), None, {"equivalency": complete_equivalency()}),
        (party(kind="CHURCH", papers=[paper("CHURCH_STATUS")]), NOWHERE, {}),
        (party(papers=[paper("GROUP_CONFIRMATION")]), bmf(affiliation="9", group_number="1234"), {}),
    ],
    ids=["a registration", "a determination", "a church", "a letter of the group"],
)
def test_where_a_status_rests_on_papers_a_verifier_signs_that_they_read_them(payee: Any, found: Any, leg: Any) -> None:
    """A proposer's word that somebody read a paper is their word alone."""
    asked = spoken(to(payee, found, **leg), "ELIG-PAPERS")
    assert (asked.outcome, asked.conditions) == (CONDITION, (ConditionId.PAPERS_READ,))
    assert CONDITIONS[ConditionId.PAPERS_READ].before is Gate.AGREEMENT


def test_where_it_rests_on_registers_nobody_is_asked_to_read() -> None:
    assert finding(to(party(papers=[paper("REGISTRATION")]), status()), "ELIG-PAPERS") is None
    assert finding(to(abroad(papers=()), None), "ELIG-PAPERS") is None


# Equivalency determinations


def test_a_complete_determination_makes_a_foreign_body_an_equivalent() -> None:
    assert classed(abroad(), equivalency=complete_equivalency()) == R.FOREIGN_EQUIVALENT
    assert said(to(abroad(), equivalency=complete_equivalency()), "ELIG-EQUIVALENCY") is PASS


@pytest.mark.parametrize(
    ("field", "told"),
    [
        ("paper", "the paper itself"),
        ("basis", "its basis"),
        ("data_year", "the year that its facts are from"),
        ("blocked_checked_on", "the day on which blocked persons were checked"),
        ("blocked_check", "the statement that no blocked person is involved"),
    ],
)
def test_a_determination_that_lacks_anything_counts_for_nothing_and_says_what_it_lacks(field: str, told: str) -> None:
    """Typed alone, it turned FAIL into PASS."""
    lacking = {one: value for one, value in complete_equivalency().items() if one != field}
    assessed = to(abroad(), None, "F", equivalency=lacking)
    assert classed(abroad(), equivalency=lacking) == R.FOREIGN_NONPROFIT
    assert (said(assessed, "ELIG-PATH"), assessed.outcome) == (FAIL, FAIL)
    assert told in spoken(assessed, "ELIG-EQUIVALENCY").reason


@pytest.mark.parametrize(
    ("changed", "outcome", "told"),
    [
        ({"blocked_check": False}, FAIL, "does not exclude that a blocked person"),
        ({"funder": "ISOCF"}, PASS, "does not count; it was given to ISOCF"),
        (
            {"valid_until": "2026-10-31"},
            PASS,
            "is not current on 2026-11-02: 2026-01-01 to 2026-10-31 on facts of 2025",
        ),
        ({"data_year": 2023}, PASS, "is not current"),
    ],
)
def test_a_determination_of_another_funder_or_another_time_is_nothing(
    changed: dict[str, Any], outcome: Outcome, told: str
) -> None:
    found = spoken(to(abroad(), equivalency={**complete_equivalency(), **changed}), "ELIG-EQUIVALENCY")
    assert (found.outcome, told in found.reason) == (outcome, True)


def test_of_a_us_payee_no_determination_is_asked() -> None:
    assert finding(to(party(), status(), equivalency=equivalency()), "ELIG-EQUIVALENCY") is None


# Codes


@pytest.mark.parametrize(
    ("found", "wanted"),
    [
        pytest.param(pub78("GROUP"), R.US_PUBLIC_CHARITY, id="GROUP alone: a central organisation"),
        pytest.param(pub78("GROUP", "PF"), R.US_PRIVATE_FOUNDATION, id="GROUP with another code"),
        pytest.param(pub78("LODGE"), R.UNKNOWN, id="a code that nobody knows"),
        pytest.param(bmf(deductibility="0"), R.UNKNOWN, id="deductibility undefined"),
        pytest.param(
            bmf(deductibility="0", affiliation="9", group_number="1234"), R.UNKNOWN, id="of a subordinate alone"
        ),
        pytest.param(bmf(foundation="02"), R.US_EXEMPT_OPERATING_FOUNDATION, id="an exempt operating foundation"),
        pytest.param(both(("POF",), foundation="02"), R.US_EXEMPT_OPERATING_FOUNDATION, id="in both registers"),
        pytest.param(both(("POF",), foundation="03"), R.US_PRIVATE_FOUNDATION, id="an operating foundation"),
    ],
)
def test_codes_are_read_as_the_rules_say(found: Any, wanted: R) -> None:
    assert classed(party(), found) == wanted


def test_an_exempt_operating_foundation_needs_no_expenditure_responsibility_of_a_private_foundation() -> None:
    assert said(to(party(), bmf(foundation="02"), "X"), "ELIG-PATH") is PASS
    assert said(to(party(), bmf(foundation="03"), "X"), "ELIG-PATH") is CONDITION


# Insiders


@FUNDERS
def test_a_payee_that_an_insider_controls_is_judged_under_every_funder(funder: str) -> None:
    found = spoken(to(party(), status(), funder, controlled_by_insider=True), "ELIG-PATH")
    assert (found.outcome, "a disqualified person of the funder controls it" in found.reason) == (REFER, True)


def test_of_a_supporting_organisation_a_private_foundation_asks_expenditure_responsibility() -> None:
    found = spoken(to(party(), bmf(foundation="21"), "X", controlled_by_insider=True), "ELIG-PATH")
    assert (found.outcome, found.citation) == (CONDITION, "IRC 4942(g)(4)(A)(ii), 4945(d)(4)(A)")


MEMBER = bmf(deductibility="0", affiliation="9", group_number="1234")


@pytest.mark.parametrize(
    ("central", "wanted"),
    [
        ({"deductibility": "1"}, R.US_GROUP_SUBORDINATE),
        ({"deductibility": "2"}, R.UNKNOWN),
        ({"deductibility": "0"}, R.UNKNOWN),
    ],
)
def test_an_undefined_deductibility_of_a_subordinate_is_its_centrals(central: dict[str, str], wanted: R) -> None:
    over = bmf(affiliation="6", group_number="1234", **central)
    assert classed(party(), MEMBER, seen={"central": over}) == wanted


def test_an_exempt_operating_foundation_that_publication_78_calls_a_private_one_is_a_contradiction() -> None:
    at_odds = both(("PF",), foundation="02")
    assert classed(party(), at_odds) == R.US_PRIVATE_FOUNDATION
    assert said(to(party(), at_odds, "X"), "ELIG-CONTRADICTION") is REFER
    assert classed(party(), both(("POF",), foundation="02")) == R.US_EXEMPT_OPERATING_FOUNDATION


def test_a_foreign_body_without_papers_is_not_told_to_wait_until_it_is_listed() -> None:
    options = spoken(to(abroad(papers=()), None, "F"), "ELIG-PATH").options
    assert not any("listed" in one for one in options)
    assert any("equivalency determination" in one for one in options)


def test_a_central_organisation_of_another_group_defines_nothing() -> None:
    own = bmf(deductibility="0", affiliation="9", group_number="1234", foundation="17")
    assert classed(party(), own, seen={"central": bmf(affiliation="6", group_number="9999")}) == R.UNKNOWN
    assert classed(party(), own, seen={"central": bmf(affiliation="3", group_number="1234")}) == R.UNKNOWN


# What the registers are asked, and what they leave open


def test_a_us_payee_without_a_number_is_a_question() -> None:
    found = spoken(to(party(ein=None)), "ELIG-LISTED")
    assert (found.outcome, "no EIN was given" in found.reason) == (REFER, True)


def test_a_body_that_no_register_lists_may_have_merged_and_an_earlier_clearance_stands() -> None:
    found = spoken(paid(party(), NOWHERE, PROFILES["P"], book=EDITIONS["2026.5"]), "ELIG-LISTED")
    assert "if it merged, amend it" in found.reason
    assert found.keys == (f"ELIG-LISTED: {spoken(to(party(), NOWHERE), 'ELIG-LISTED').reason}",)


def test_the_registers_that_are_silent_are_named_and_no_other() -> None:
    gone = status(master_file=None, name_agreement=0.0, revocations=(revocation("2026-05-15", "2026-08-10"),))
    assert "not found in irs-bmf, irs-pub78, irs-revocation;" in spoken(to(party(), NOWHERE), "ELIG-LISTED").reason
    assert "not found in irs-bmf, irs-pub78;" in spoken(to(party(), gone), "ELIG-LISTED").reason


def test_an_owner_without_a_share_contradicts_nothing() -> None:
    member = abroad(kind="ACADEMIC", principals=[principal("Rosa Quiroga", "OWNER")])
    assert said(to(member), "ELIG-CONTRADICTION") is PASS


def test_a_further_name_alone_confirms_nothing() -> None:
    only = status(names=(named("Old Mill Readers", further=True),))
    found = spoken(to(party(), only), "ELIG-NAME")
    assert (found.outcome, "further name 'Old Mill Readers'" in found.reason) == (REFER, True)


@pytest.mark.parametrize(("found", "outcome"), [(NOWHERE, FAIL), (bmf(foundation="99"), REFER)])
def test_a_foreign_body_that_a_register_lists_is_not_foreign_by_its_own_word(found: Any, outcome: Outcome) -> None:
    listed_or_not = abroad(ein="001000001", papers=())
    assert said(to(listed_or_not, found, "F"), "ELIG-PATH") is outcome


def test_a_private_academy_with_a_governments_paper_is_no_public_university() -> None:
    academy = party(kind="ACADEMIC", governmental=False, papers=[paper("GOVERNMENT_STATUS")])
    assert classed(academy, NOWHERE) == R.UNKNOWN


# The letter of a central organisation

UNDER = {"affiliation": "9", "group_number": "1234"}
OVER = bmf(affiliation="6", group_number="1234")
LETTER = paper("GROUP_CONFIRMATION")
CENTRAL = {"name": "United Libraries", "ein": "001000009"}


def chapter(*papers: dict[str, str], **more: Any) -> Party:
    return party(**{"papers": papers, "central": CENTRAL, **more})


@FUNDERS
@pytest.mark.parametrize(
    ("papers", "central", "asked"),
    [
        ((LETTER,), OVER, False),
        ((), OVER, True),
        ((paper("REGISTRATION"),), OVER, True),
        ((LETTER,), NOWHERE, True),
    ],
)
def test_the_letter_is_asked_for_until_it_is_on_file_and_its_central_is_listed(
    papers: Any, central: Any, asked: bool, funder: str
) -> None:
    found = to(chapter(*papers), bmf(**UNDER), funder, seen={"central": central})
    assert (ConditionId.CENTRAL_CONFIRMATION in found.conditions) is asked


def test_the_letter_of_a_central_lifts_no_other_condition() -> None:
    found = to(chapter(LETTER), bmf(foundation="04"), "X", seen={"central": OVER})
    assert {ConditionId.PRE_GRANT_INQUIRY, ConditionId.WRITTEN_COMMITMENT} <= set(found.conditions)


@pytest.mark.parametrize(
    ("papers", "found", "read"),
    [
        pytest.param((LETTER,), bmf(**UNDER), True, id="a chapter rests on its letter"),
        pytest.param((paper("REGISTRATION"),), bmf(**UNDER), False, id="not on another paper"),
        pytest.param((LETTER,), bmf(), False, id="and a charity of its own on none"),
    ],
)
def test_a_letter_is_read_where_the_group_rests_on_it(papers: Any, found: Any, read: bool) -> None:
    judged = to(chapter(*papers), found, seen={"central": OVER})
    assert (ConditionId.PAPERS_READ in judged.conditions) is read


@pytest.mark.parametrize(
    ("payee", "central", "told"),
    [
        pytest.param(chapter(LETTER), None, "name the central organisation", id="named, and not looked up"),
        pytest.param(chapter(LETTER, central=None), OVER, "name the central organisation", id="looked up, not named"),
        pytest.param(
            chapter(LETTER),
            bmf(affiliation="6", group_number="9999"),
            "not registered under",
            id="another group",
        ),
    ],
)
def test_a_chapter_whose_central_is_not_known_is_a_question(payee: Party, central: Any, told: str) -> None:
    found = spoken(to(payee, bmf(**UNDER), seen={"central": central}), "ELIG-GROUP")
    assert (found.outcome, told in found.reason) == (REFER, True)
