"""Edition 2026.1, frozen: each of its rules, and its whole path table, for every funder, as on the day it was decided.

Decisions taken under it are replayed with it; what is said here never changes.
"""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.parties import FunderProfile, Party
from domain.policy import rulebook
from domain.policy.canonical import digest_under
from domain.policy.codes import RecipientClass
from domain.policy.edition_2026_1.paths import PATHS
from domain.policy.edition_2026_1.recipients import recipient_class
from domain.policy.findings import Assessment, Finding, Layer, Outcome
from domain.policy.rule import Rule
from domain.policy.rulebook import EDITIONS, RuleBook, adverse_in
from domain.proposal import Funding, Proposal
from domain.screening.evidence import MatchKind, SanctionsMatch, StatusEvidence, Verification
from tests.builders import (
    CHARITY,
    DIGEST,
    PRIVATE,
    SUPPORTING,
    funding,
    funds_in,
    funds_out,
    joint,
    master_file,
    party,
    proposal,
    publication_78,
    revocation,
    screening,
    source,
    status,
    verification,
    version,
)
from tests.domain.policy.language import assessment

BOOK = EDITIONS["2026.1"]
RULES = BOOK.rules
PASS, CONDITION, REFER, FAIL = Outcome
R = RecipientClass
PROFILES = {"P": CHARITY, "F": SUPPORTING, "X": PRIVATE}
LETTER = {
    "practitioner": "ATTORNEY",
    "funder": "ISOC",
    "issued_on": "2026-01-01",
    "valid_until": "2027-12-31",
}
ALIGNED = "Carries out the purposes of the supported organisation"
LISTED = verification(status())
NON_MONETARY = {"non_monetary": joint()}
NOWHERE = status(master_file=None, name_agreement=0.0)


def assess(asked: Proposal, funders: Funding, seen: Verification, book: RuleBook = BOOK) -> Assessment:
    return rulebook.assess(asked, funders, seen, book=book)


def abroad(**more: Any) -> Party:
    return party("Harbour Schools Trust", **{"country": "KE", "ein": None, **more})


def paid_to(
    payee: Party | None = None,
    found: StatusEvidence | None = None,
    profile: FunderProfile = CHARITY,
    seen: Verification | None = None,
    **more: Any,
) -> Assessment:
    content = {"alignment": ALIGNED, **more}
    asked = proposal(funds_out=funds_out(payee=payee, **content))
    return assess(asked, funding(profile), seen or verification(found))


def given_by(**more: Any) -> Assessment:
    return assess(proposal(funds_in=funds_in(**more)), funding(), verification())


def finding(assessed: Assessment, rule_id: str) -> Finding | None:
    found = [one for one in assessed.findings if one.rule_id == rule_id]
    assert len(found) <= 1, found
    return found[0] if found else None


def said(assessed: Assessment, rule_id: str) -> Outcome | None:
    one = finding(assessed, rule_id)
    return one.outcome if one else None


def bmf(**codes: str) -> StatusEvidence:
    return status(master_file=master_file(**codes))


def pub78(*codes: str) -> StatusEvidence:
    return status(master_file=None, publication78=(publication_78(*codes),))


def match(kind: MatchKind, name: str = "Riverbend Library Network", score: float = 100.0) -> SanctionsMatch:
    return SanctionsMatch(
        party=name,
        listed_name=name.upper(),
        entity="12345",
        programme="SDGT",
        kind=kind,
        score=score,
        source=source("ofac-sdn"),
    )


TABLE: dict[str, tuple[Party, StatusEvidence | None, dict[str, Any], tuple[Outcome, Outcome, Outcome]]] = {
    "US public charity": (party(), bmf(foundation="15"), {}, (PASS, PASS, PASS)),
    "supporting organisation I, II, III-FI": (party(), bmf(foundation="21"), {}, (PASS, PASS, PASS)),
    "supporting organisation III-NFI": (party(), bmf(foundation="24"), {}, (PASS, REFER, CONDITION)),
    "supporting organisation of unknown type": (party(), bmf(foundation="17"), {}, (PASS, REFER, REFER)),
    "US private foundation": (party(), bmf(foundation="04"), {}, (CONDITION, REFER, CONDITION)),
    "group subordinate": (
        party(),
        bmf(affiliation="9", group_number="1234"),
        {},
        (CONDITION, CONDITION, CONDITION),
    ),
    "US government unit": (party(kind="GOVERNMENT", ein=None), None, {}, (CONDITION, REFER, PASS)),
    "foreign government": (abroad(kind="GOVERNMENT"), None, {}, (CONDITION, REFER, PASS)),
    "foreign non-profit with current determination": (abroad(), None, {"equivalency": LETTER}, (PASS, PASS, PASS)),
    "foreign non-profit without determination": (abroad(), None, {}, (CONDITION, FAIL, CONDITION)),
    "US other exempt, (c)(4)": (party(), bmf(subsection="04", foundation="00"), {}, (REFER, FAIL, CONDITION)),
    "US other exempt, (c)(6)": (party(), bmf(subsection="06", foundation="00"), {}, (REFER, FAIL, CONDITION)),
    "US for-profit": (party(kind="PRIVATE_COMPANY", ein=None), None, {}, (FAIL, FAIL, FAIL)),
    "foreign for-profit": (abroad(kind="PRIVATE_COMPANY"), None, {}, (FAIL, FAIL, FAIL)),
    "individual": (party(kind="INDIVIDUAL", ein=None), None, {}, (REFER, REFER, REFER)),
    "unlisted church": (party(kind="CHURCH"), NOWHERE, {}, (REFER, REFER, REFER)),
    "not found": (party(), NOWHERE, {}, (REFER, REFER, REFER)),
    "no EIN": (party(ein=None), None, {}, (REFER, REFER, REFER)),
    "international organisation": (abroad(kind="INTERNATIONAL_ORGANIZATION"), None, {}, (REFER, REFER, REFER)),
}


@pytest.mark.parametrize("recipient", TABLE)
@pytest.mark.parametrize("funder", PROFILES)
def test_the_path_table_for_every_recipient_and_every_funder(recipient: str, funder: str) -> None:
    payee, found, more, outcomes = TABLE[recipient]
    assessed = paid_to(payee, found, PROFILES[funder], **more)
    assert assessed.outcome is outcomes[list(PROFILES).index(funder)], assessed.deciding


@pytest.mark.parametrize("recipient", TABLE)
@pytest.mark.parametrize("funder", PROFILES)
def test_a_blocked_payee_fails_whatever_else_it_is(recipient: str, funder: str) -> None:
    payee, found, more, _ = TABLE[recipient]
    seen = Verification(screening=screening(match(MatchKind.EXACT)), status=found)
    assert paid_to(payee, profile=PROFILES[funder], seen=seen, **more).outcome is FAIL


SINCE_2026_2 = {
    R.US_PUBLIC_UNIVERSITY,
    R.US_CHURCH_DOCUMENTED,
    R.DESIGNATED_INTERNATIONAL_ORGANIZATION,
    R.INTERNATIONAL_ORGANIZATION,
    R.FOREIGN_EQUIVALENT,
}


def test_the_table_has_a_cell_for_every_class_that_the_edition_knew_and_every_funder() -> None:
    assert set(PATHS) == set(R) - SINCE_2026_2
    assert all(set(row) == set(FunderProfile) for row in PATHS.values())


FROZEN = {
    R.US_PUBLIC_CHARITY: (PASS, PASS, PASS),
    R.US_SUPPORTING_ORG: (PASS, PASS, PASS),
    R.US_SUPPORTING_ORG_NOT_INTEGRATED: (PASS, REFER, CONDITION),
    R.US_SUPPORTING_ORG_TYPE_UNKNOWN: (PASS, REFER, REFER),
    R.US_PRIVATE_FOUNDATION: (CONDITION, REFER, CONDITION),
    R.US_GROUP_SUBORDINATE: (CONDITION, CONDITION, CONDITION),
    R.US_GOVERNMENT: (CONDITION, REFER, PASS),
    R.US_OTHER_EXEMPT: (REFER, FAIL, CONDITION),
    R.US_CHURCH_UNLISTED: (REFER, REFER, REFER),
    R.FOREIGN_GOVERNMENT: (CONDITION, REFER, PASS),
    R.FOREIGN_NONPROFIT: (CONDITION, FAIL, CONDITION),
    R.FOR_PROFIT: (FAIL, FAIL, FAIL),
    R.INDIVIDUAL: (REFER, REFER, REFER),
    R.UNKNOWN: (REFER, REFER, REFER),
}


@pytest.mark.parametrize("recipient", FROZEN)
def test_every_cell_of_the_table_is_as_it_was(recipient: RecipientClass) -> None:
    assert tuple(PATHS[recipient][profile].outcome for profile in PROFILES.values()) == FROZEN[recipient]


def test_every_cell_says_why_and_where_it_stands() -> None:
    assert all(path.reason and path.citation for row in PATHS.values() for path in row.values())


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        *[(bmf(foundation=code), R.US_PUBLIC_CHARITY) for code in ("10", "11", "12", "13", "15", "16")],
        *[(bmf(foundation=code), R.US_SUPPORTING_ORG) for code in ("21", "22", "23")],
        *[(bmf(foundation=code), R.US_PRIVATE_FOUNDATION) for code in ("02", "03", "04")],
        (bmf(foundation="14"), R.US_GOVERNMENT),
        (bmf(foundation="17"), R.US_SUPPORTING_ORG_TYPE_UNKNOWN),
        (bmf(foundation="24"), R.US_SUPPORTING_ORG_NOT_INTEGRATED),
        (bmf(affiliation="7", group_number="1234"), R.US_GROUP_SUBORDINATE),
        (bmf(affiliation="9", group_number="1234"), R.US_GROUP_SUBORDINATE),
        (bmf(affiliation="9", group_number="0000"), R.US_PUBLIC_CHARITY),
        (bmf(affiliation="6", group_number="1234"), R.US_PUBLIC_CHARITY),
        *[(bmf(subsection=code), R.US_OTHER_EXEMPT) for code in ("01", "04", "06", "07", "19", "92")],
        (pub78("PC"), R.US_PUBLIC_CHARITY),
        (pub78("PC", "GROUP"), R.US_PUBLIC_CHARITY),
        (pub78("SO"), R.US_SUPPORTING_ORG),
        (pub78("SONFI"), R.US_SUPPORTING_ORG_NOT_INTEGRATED),
        (pub78("SOUNK"), R.US_SUPPORTING_ORG_TYPE_UNKNOWN),
        (pub78("PF"), R.US_PRIVATE_FOUNDATION),
        (pub78("POF"), R.US_PRIVATE_FOUNDATION),
        (pub78("PC", "SONFI"), R.US_SUPPORTING_ORG_NOT_INTEGRATED),
        (pub78("EO", "GROUP", "LODGE"), R.UNKNOWN),
        (NOWHERE, R.UNKNOWN),
        (None, R.UNKNOWN),
    ],
)
def test_the_class_of_a_registered_payee(found: StatusEvidence | None, expected: RecipientClass) -> None:
    assert recipient_class(party(), found) is expected


@pytest.mark.parametrize(
    ("payee", "found", "expected"),
    [
        (party(kind="PRIVATE_COMPANY"), status(), R.FOR_PROFIT),
        (party(kind="INDIVIDUAL"), status(), R.INDIVIDUAL),
        (party(kind="GOVERNMENT", ein=None), None, R.US_GOVERNMENT),
        (abroad(kind="GOVERNMENT"), None, R.FOREIGN_GOVERNMENT),
        (abroad(kind="INTERNATIONAL_ORGANIZATION"), None, R.UNKNOWN),
        (party(kind="INTERNATIONAL_ORGANIZATION"), status(), R.UNKNOWN),
        (abroad(), None, R.FOREIGN_NONPROFIT),
        (abroad(), NOWHERE, R.FOREIGN_NONPROFIT),
        (abroad(kind="CHURCH"), None, R.FOREIGN_NONPROFIT),
        (abroad(ein="001000001"), pub78("PC"), R.US_PUBLIC_CHARITY),
        (party(kind="CHURCH"), None, R.US_CHURCH_UNLISTED),
        (party(kind="CHURCH"), NOWHERE, R.US_CHURCH_UNLISTED),
        (party(kind="CHURCH"), bmf(foundation="04"), R.US_PRIVATE_FOUNDATION),
        (party(kind="ACADEMIC"), NOWHERE, R.UNKNOWN),
        (party(), status(publication78=(publication_78("PF"),)), R.US_PUBLIC_CHARITY),
        (party(), bmf(status="25"), R.US_PUBLIC_CHARITY),
        (party(), bmf(affiliation="9", group_number="1234", foundation="04"), R.US_GROUP_SUBORDINATE),
    ],
)
def test_the_class_of_a_payee_as_the_edition_saw_it(
    payee: Party, found: StatusEvidence | None, expected: RecipientClass
) -> None:
    assert recipient_class(payee, found) is expected


@pytest.mark.parametrize("funder", PROFILES)
@pytest.mark.parametrize(
    "codes",
    [
        {"foundation": "09"},
        {"foundation": "18"},
        {"foundation": "99"},
        {"foundation": ""},
        {"subsection": "99"},
        {"subsection": ""},
        {"subsection": "3"},
        {"affiliation": "4"},
        {"status": "99"},
        {"deductibility": "9"},
    ],
    ids=str,
)
def test_a_code_that_nobody_knows_refers_and_never_passes(codes: dict[str, str], funder: str) -> None:
    assert paid_to(party(), bmf(**codes), PROFILES[funder]).outcome is REFER


@pytest.mark.parametrize("funder", PROFILES)
@pytest.mark.parametrize("code", ["GROUP", "LODGE", "UNKWN", "EO", "FED", "FORGN", "NEW", "pc", ""])
def test_a_publication_78_code_that_settles_nothing_refers(code: str, funder: str) -> None:
    assert paid_to(party(), pub78(code), PROFILES[funder]).outcome is REFER


def test_a_foreign_payee_with_us_exemption_is_judged_as_registered() -> None:
    assert recipient_class(abroad(ein="001000001"), bmf(foundation="15")) is R.US_PUBLIC_CHARITY


@pytest.mark.parametrize(
    ("kind", "outcome"), [("PRIVATE_COMPANY", FAIL), ("NONPROFIT", PASS), ("ACADEMIC", PASS), ("CHURCH", PASS)]
)
def test_money_goes_to_a_nonprofit_even_if_the_registers_list_a_company(kind: str, outcome: Outcome) -> None:
    assert said(paid_to(party(kind=kind), status()), "ELIG-NONPROFIT") is outcome


def test_a_company_is_a_welcome_partner_where_another_is_paid() -> None:
    company = party("Northern Light Telecom Ltd", kind="PRIVATE_COMPANY", ein=None)
    assert assess(proposal(partner=company), funding(), LISTED).outcome is PASS


@pytest.mark.parametrize(
    ("found", "outcome", "words"),
    [
        (status(), PASS, "is listed"),
        (pub78("PC"), PASS, "is listed"),
        (NOWHERE, REFER, "was not found in irs-bmf"),
        (None, REFER, "no EIN was given"),
    ],
)
def test_a_us_payee_is_looked_for_in_the_registers(found: StatusEvidence | None, outcome: Outcome, words: str) -> None:
    one = finding(paid_to(party(), found), "ELIG-LISTED")
    assert one.outcome is outcome
    assert words in one.reason


@pytest.mark.parametrize("reason", ["church", "government unit", "too new to be listed", "mistyped EIN"])
def test_not_found_refers_with_the_likely_reasons(reason: str) -> None:
    assert reason in finding(paid_to(party(), NOWHERE), "ELIG-LISTED").reason


def test_a_foreign_payee_is_not_looked_for_in_the_us_lists() -> None:
    assert finding(paid_to(abroad()), "ELIG-LISTED") is None


@pytest.mark.parametrize(("agreement", "outcome"), [(0.0, REFER), (59.9, REFER), (60.0, PASS), (100.0, PASS)])
def test_the_registered_name_must_agree_with_the_payees(agreement: float, outcome: Outcome) -> None:
    assert said(paid_to(party(), status(name_agreement=agreement)), "ELIG-NAME") is outcome


def on(day: str, *revocations: Any) -> Finding:
    moment = datetime.combine(date.fromisoformat(day), datetime.min.time(), UTC)
    screened = screening().model_copy(update={"asked_at": moment})
    found = finding(paid_to(seen=verification(status(revocations=revocations), screened)), "ELIG-REVOKED")
    assert found is not None
    return found


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
def test_the_posting_day_ends_reliance_and_reinstatement_restores_it(row: Any, day: str, outcome: Outcome) -> None:
    assert on(day, row).outcome is outcome


def test_without_a_revocation_the_register_is_clean() -> None:
    assert on("2026-11-02").reason == "no automatic revocation is posted"


def test_a_reinstated_payee_keeps_its_history_on_file() -> None:
    assert "is reinstated; the history is on file" in on("2026-11-02", SAME_DAY).reason


def test_a_revocation_that_is_not_posted_yet_is_not_called_reinstated() -> None:
    assert "reinstated" not in on("2019-07-31", STANDING).reason


def test_a_second_revocation_stands_whatever_became_of_the_first() -> None:
    again = revocation("2023-05-15", "2023-08-01")
    assert "2023-05-15" in on("2026-11-02", SAME_DAY, again).reason
    assert on("2026-11-02", again, SAME_DAY).outcome is FAIL


@pytest.mark.parametrize(
    ("matches", "outcome"),
    [
        ((), PASS),
        ((match(MatchKind.NEAR, score=88.0),), REFER),
        ((match(MatchKind.EXACT),), FAIL),
        ((match(MatchKind.NEAR, score=99.0), match(MatchKind.EXACT)), FAIL),
    ],
)
@pytest.mark.parametrize("legs", [{"funds_out": funds_out()}, {"funds_in": funds_in()}, NON_MONETARY])
def test_sanctions_bind_on_every_leg(legs: dict[str, Any], matches: Any, outcome: Outcome) -> None:
    assessed = assess(proposal(**legs), funding(), verification(status(), screening(*matches)))
    assert said(assessed, "SANCTIONS") is outcome
    assert assessed.outcome is outcome


def test_an_exact_match_names_the_entry_and_the_duty_to_report() -> None:
    one = finding(paid_to(seen=verification(status(), screening(match(MatchKind.EXACT)))), "SANCTIONS")
    assert all(words in one.reason for words in ("entity 12345", "SDGT", "report within 10 business days"))


def test_a_near_match_names_the_nearest() -> None:
    near = (match(MatchKind.NEAR, "Ann Far", 86.0), match(MatchKind.NEAR, "Bo Near", 95.0))
    one = finding(paid_to(seen=verification(status(), screening(*near))), "SANCTIONS")
    assert "'Bo Near' resembles the listed 'BO NEAR' at 95 of 100" in one.reason


def test_what_counsel_has_not_confirmed_is_marked() -> None:
    unconfirmed = {one.rule_id for one in paid_to(party(), status()).findings if not one.confirmed}
    assert unconfirmed == {"SANCTIONS"}


@pytest.mark.parametrize(
    ("letter", "outcomes"),
    [
        ({}, (PASS, PASS, PASS)),
        ({"issued_on": "2026-11-02", "valid_until": "2026-11-02"}, (PASS, PASS, PASS)),
        ({"valid_until": "2026-11-01"}, (REFER, REFER, REFER)),
        ({"issued_on": "2026-11-03"}, (REFER, REFER, REFER)),
        ({"funder": "ANOTHER"}, (CONDITION, FAIL, CONDITION)),
    ],
    ids=["current", "its only day", "expired", "not yet", "of another funder"],
)
@pytest.mark.parametrize("funder", PROFILES)
def test_a_foreign_equivalency_determination_is_current_and_the_funders_own(
    letter: dict[str, str], outcomes: tuple[Outcome, ...], funder: str
) -> None:
    assessed = paid_to(abroad(), profile=PROFILES[funder], equivalency={**LETTER, **letter})
    assert said(assessed, "ELIG-FOREIGN") is outcomes[list(PROFILES).index(funder)]


@pytest.mark.parametrize(
    ("funder", "alignment", "outcome"),
    [("F", None, REFER), ("F", ALIGNED, PASS), ("P", None, None), ("X", None, None)],
)
def test_a_supporting_organisation_needs_evidence_of_alignment(
    funder: str, alignment: str | None, outcome: Outcome | None
) -> None:
    assessed = paid_to(party(), status(), PROFILES[funder], alignment=alignment)
    assert said(assessed, "ELIG-ALIGNMENT") is outcome


@pytest.mark.parametrize("words", ["charitable", "Charitable.", "the public", "General Public", "everyone", "N/A"])
def test_words_that_name_nobody_name_no_community(words: str) -> None:
    public = {**proposal().public_interest.model_dump(), "community_served": words}
    assessed = assess(proposal(public_interest=public), funding(), LISTED)
    assert said(assessed, "PUBLIC-INTEREST") is REFER


def test_a_community_that_is_named_counts() -> None:
    assert said(paid_to(party(), status()), "PUBLIC-INTEREST") is PASS


@pytest.mark.parametrize(
    ("gift", "rule_id", "outcome"),
    [
        ({}, "GIFT-INFLUENCE", PASS),
        ({"influences_priorities": True}, "GIFT-INFLUENCE", FAIL),
        ({}, "GIFT-CONDUIT", PASS),
        ({"conduit_to": "A named club"}, "GIFT-CONDUIT", FAIL),
        ({}, "GIFT-RESTRICTED", None),
        ({"restricted_to": "Training of teachers"}, "GIFT-RESTRICTED", CONDITION),
    ],
)
def test_a_gift_buys_nothing_and_is_the_funders_own(
    gift: dict[str, Any], rule_id: str, outcome: Outcome | None
) -> None:
    assert said(given_by(**gift), rule_id) is outcome


def test_a_gift_from_a_company_without_conditions_is_accepted() -> None:
    assert given_by().outcome is PASS


def test_the_rules_of_one_leg_do_not_speak_on_another() -> None:
    spoken = {one.rule_id for one in assess(proposal(**NON_MONETARY), funding(), verification()).findings}
    assert spoken == {"SANCTIONS", "PUBLIC-INTEREST"}


def test_every_leg_is_judged_for_its_own() -> None:
    asked = proposal(funds_out=funds_out(), funds_in=funds_in(influences_priorities=True), **NON_MONETARY)
    assessed = assess(asked, funding(), LISTED)
    assert [one.leg.value for one in assessed.with_outcome(FAIL)] == ["FUNDS_IN"]
    assert {one.leg.value for one in assessed.findings} == {"FUNDS_OUT", "FUNDS_IN", "NON_MONETARY"}


def _broken(_: Any) -> Any:
    raise ZeroDivisionError("by nought")


@pytest.mark.parametrize("funder", PROFILES)
def test_a_rule_that_raises_refers_visibly_and_never_passes(funder: str) -> None:
    book = RuleBook("9999.1", (*RULES, Rule("BROKEN", Layer.POLICY, "none", True, _broken)))
    assessed = assess(proposal(funds_out=funds_out(alignment=ALIGNED)), funding(PROFILES[funder]), LISTED, book)
    assert assessed.outcome is REFER
    assert assessed.deciding == "the rule could not be applied: ZeroDivisionError: by nought (BROKEN)"


def test_the_heaviest_finding_decides_in_whatever_order_the_rules_stand() -> None:
    seen = verification(status(revocations=(STANDING,)))
    backwards = RuleBook(BOOK.version, tuple(reversed(RULES)))
    assert assess(proposal(), funding(), seen, backwards).outcome is assess(proposal(), funding(), seen).outcome is FAIL


def test_every_rule_has_an_id_of_its_own_and_a_citation() -> None:
    assert len({rule.rule_id for rule in RULES}) == len(RULES)
    assert all(rule.citation and rule.test.__doc__ for rule in RULES)


def test_an_assessment_without_findings_passes() -> None:
    assert Assessment(rule_book="2026.1", facts_sha256=DIGEST, findings=()).outcome is PASS


@pytest.mark.parametrize(
    ("outcomes", "cleared", "reason"),
    [
        ((PASS, CONDITION), (), ""),
        ((REFER,), (), "finding 1 (RULE-1)"),
        ((REFER,), ("RULE-1: finding 1",), ""),
        ((REFER, REFER), ("RULE-1: finding 1",), "finding 2 (RULE-2)"),
        ((REFER,), ("RULE-1: another finding",), "finding 1 (RULE-1)"),
        ((FAIL,), ("RULE-1: finding 1",), "finding 1 (RULE-1)"),
        ((REFER, PASS, FAIL), (), "finding 3 (RULE-3); finding 1 (RULE-1)"),
    ],
)
def test_the_last_look_withholds_what_fails_and_what_nobody_cleared(
    outcomes: tuple[Outcome, ...], cleared: tuple[str, ...], reason: str
) -> None:
    assert adverse_in(assessment(*outcomes), cleared) == reason


def test_the_assessment_is_the_same_to_the_last_byte() -> None:
    first, second = (paid_to(party(), status()).model_dump_json() for _ in range(2))
    assert first == second


def test_the_assessment_names_the_rule_book_and_the_digest_of_its_facts() -> None:
    screened = screening().model_copy(update={"asked": (version("ofac-sdn"),)})
    assessed = assess(proposal(), funding(), verification(status(asked=(version(),)), screened))
    assert assessed.rule_book == "2026.1"
    assert assessed.facts_sha256 == "ec6b5fc1daa128bb14313b5d9a0c2fb99aa53e9948342a7d19300427020b8e18"
    assert digest_under(assessed, BOOK.version) == "8e6d676dff7b9c022b13b2453a8234d120f610561f05e2cec9ff9ee75cf2efdf"


def test_other_facts_have_another_digest() -> None:
    digests = {assess(proposal(funds_out=funds_out(amount)), funding(), LISTED).facts_sha256 for amount in ("1", "2")}
    assert len(digests) == 2


@settings(max_examples=100, database=None)
@given(
    st.sampled_from(sorted(TABLE)),
    st.sampled_from(sorted(PROFILES)),
    st.lists(st.decimals("0.01", "9999999999.99", places=2), min_size=1, max_size=4),
)
def test_the_size_of_the_amount_does_not_change_the_outcome(
    recipient: str, funder: str, amounts: list[Decimal]
) -> None:
    payee, found, more, outcomes = TABLE[recipient]
    asked = proposal(funds_out=funds_out(*map(str, amounts), payee=payee, alignment=ALIGNED, **more))
    assessed = assess(asked, funding(PROFILES[funder]), verification(found))
    assert assessed.outcome is outcomes[list(PROFILES).index(funder)]
    assert assessed.findings == paid_to(payee, found, PROFILES[funder], **more).findings


@settings(max_examples=50, database=None)
@given(st.decimals("0.01", "9999999999.99", places=2), st.booleans())
def test_the_size_of_a_gift_does_not_change_the_outcome(amount: Decimal, influences: bool) -> None:
    asked = proposal(funds_in=funds_in(str(amount), influences_priorities=influences))
    assert assess(asked, funding(), verification()).outcome is (FAIL if influences else PASS)
