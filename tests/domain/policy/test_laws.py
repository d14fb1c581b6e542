"""Laws of whatever is proposed and found, under both editions."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.policy.canonical import canonical
from domain.policy.findings import Assessment, Finding, Outcome
from domain.policy.rulebook import EDITIONS, RuleBook, adverse_in, assess
from domain.proposal import Direction
from domain.screening.evidence import Verification
from domain.screening.matches import MatchKind
from tests.builders import (
    abroad,
    beneficiary,
    benefit,
    company,
    document,
    equivalency,
    exchange,
    funding,
    funds_in,
    funds_out,
    gift_evidence,
    joint,
    match,
    money,
    near,
    party,
    principal,
    proposal,
    regrant,
    revocation,
    screening,
    sponsorship,
    status,
    version,
)
from tests.domain.policy.language import ALIGNED, FAIL, NOWHERE, PASS, PROFILES, REGISTERS, bmf, both, finding, pub78
from tests.thoroughness import draws

WEIGHT = list(Outcome)
NEWEST = list(EDITIONS)[-1]
BOOKS = pytest.mark.parametrize(
    "book",
    [
        pytest.param(book, id=version, marks=() if version == NEWEST else pytest.mark.slow)
        for version, book in EDITIONS.items()
    ],
)
"""Older editions are released: every day, their worked cases are held to the byte (`test_released_editions.py`)."""
thorough = settings(max_examples=draws(150), database=None)

flags = st.booleans()
profiles = st.sampled_from(list(PROFILES.values()))
shares = st.decimals(0, 100, places=2).map(str)
sizes = st.integers(0, 10**9)

# What may be told beside the least: fields of parties, of legs, and of the evidence

OWNERS = [(), (principal("Owner One", "OWNER", "30"), principal("Owner Two", "OWNER", "25"))]
new_of_a_party = st.fixed_dictionaries(
    {},
    optional={
        "principals": st.sampled_from([*OWNERS, (principal("Ana Chair"),)]),
        "documents": st.lists(
            st.sampled_from(["GOVERNMENT_STATUS", "GROUP_CONFIRMATION", "CHURCH_STATUS"]), unique=True
        ).map(lambda kinds: [document(kind) for kind in kinds]),
        "governmental": flags,
        "central": st.just({"name": "United Libraries", "ein": "001000009"}),
    },
)
beneficiaries = st.builds(
    beneficiary, st.sampled_from(["A Carrier", "B Carrier"]), shares, size=sizes, related_to_proposer=flags
)
benefits = st.builds(
    benefit, beneficiaries, beneficiaries, class_is_open=flags, open_on_equal_terms=flags, distributes_surplus=flags
)
new_of_money_out = st.fixed_dictionaries(
    {},
    optional={
        "benefit": benefits,
        "exchange": st.builds(exchange, operator_is_nonprofit=flags, site_owner_is_commercial=flags),
        "sponsorship": st.builds(sponsorship, controls_use=flags, earmarked=flags, board_adopted=flags),
        "regrant": st.builds(
            regrant,
            st.sampled_from([party("One Circle", ein=None), company()]),
            covenant=flags,
            payee_selects=flags,
        ),
        "uses": st.lists(st.sampled_from(["PROGRAMME", "LOBBYING", "BUILDING", "ELECTION"]), max_size=2),
        "charged_to": st.just({"gift": "P-2026-0007"}),
        "known_changes": st.just(({"what": "Returns were missed", "known_since": "2026-10-01"},)),
        "controlled_by_insider": flags,
    },
)
new_of_money_in = st.fixed_dictionaries(
    {},
    optional={
        "kind": st.sampled_from(["GIFT", "SPONSORSHIP"]),
        "benefit": st.decimals("0.01", 6000, places=2).map(lambda amount: money(str(amount))),
        "advertising": flags,
        "contingent": flags,
    },
)
new_of_evidence = st.fixed_dictionaries(
    {}, optional={"central": st.sampled_from([status(), NOWHERE]), "gift": st.builds(gift_evidence, found=flags)}
)
interests = st.sampled_from([(), ({"person": "ana.silva", "what": "her spouse sits on the board"},)])

# What every edition knows

PAYEES = [
    *[party(kind=kind) for kind in ("NONPROFIT", "CHURCH", "ACADEMIC", "GOVERNMENT", "INDIVIDUAL", "PRIVATE_COMPANY")],
    abroad(),
    abroad(kind="GOVERNMENT"),
    abroad(kind="INTERNATIONAL_ORGANIZATION"),
]
REVOKED = revocation("2026-05-15", "2026-08-01")
FOUND = [
    None,
    NOWHERE,
    *[bmf(foundation=code) for code in ("04", "15", "17", "21", "24", "99")],
    bmf(subsection="06"),
    bmf(affiliation="9", group_number="1234"),
    pub78("PC"),
    both(("PF",)),
    status(revocations=(REVOKED,)),
    status(name_agreement=10.0),
]
matches = st.lists(
    st.one_of(
        st.builds(
            near,
            st.sampled_from(["Riverbend Library Network", "Owner One", "A stranger"]),
            st.floats(88, 100),
        ),
        st.builds(match, st.sampled_from(["Riverbend Library Network", "Owner One", "Owner Two", "A stranger"])),
    ),
    max_size=3,
)


@st.composite
def told(draw: st.DrawFn, payees: list[Any] = PAYEES) -> dict[str, Any]:
    """A case as plain words: what is old, and what only the newer edition knows."""
    return {
        "payee": draw(st.sampled_from(payees)).model_dump(mode="json"),
        "alignment": draw(st.sampled_from([None, ALIGNED])),
        "equivalency": draw(st.sampled_from([None, equivalency(), equivalency(funder="ANOTHER")])),
        "gift": draw(st.sampled_from([None, {}, {"influences_priorities": True}, {"restricted_to": "Training"}])),
        "joint": draw(flags),
        "found": draw(st.sampled_from(FOUND)),
        "matches": tuple(draw(matches)),
        "profile": draw(profiles),
        "new": {
            "payee": draw(new_of_a_party),
            "out": draw(new_of_money_out),
            "in": draw(new_of_money_in),
            "seen": draw(new_of_evidence),
            "interests": draw(interests),
        },
    }


NOTHING_NEW: dict[str, Any] = {"payee": {}, "out": {}, "in": {}, "seen": {}, "interests": ()}


def judge(case: dict[str, Any], book: RuleBook) -> Assessment:
    new = case["new"]
    payee = party(**{**case["payee"], **new["payee"]})
    older = {"alignment": case["alignment"], "equivalency": case["equivalency"]}
    content: dict[str, Any] = {"funds_out": funds_out(payee=payee, **older, **new["out"])}
    if case["gift"] is not None:
        content["funds_in"] = funds_in(**case["gift"], **new["in"])
    if case["joint"]:
        content["non_monetary"] = joint()
    screened = screening(*case["matches"])
    if "screened" in case:
        screened = screened.model_copy(update={"asked": case["screened"]})
    seen = Verification(screening=screened, status=case["found"], **new["seen"])
    return assess(proposal(**content, interests=new["interests"]), funding(case["profile"]), seen, book=book)


def of_rule(assessed: Assessment, rule_id: str) -> list[Finding]:
    found = [one for one in assessed.findings if one.rule_id == rule_id]
    assert found
    return found


def weight(assessed: Assessment) -> int:
    return WEIGHT.index(assessed.outcome)


@BOOKS
@thorough
@given(told(), st.lists(sizes, min_size=2, max_size=2))
def test_the_outcome_never_depends_on_the_size_of_a_beneficiary(
    book: RuleBook, case: dict[str, Any], changed: list[int]
) -> None:
    benefiting = case["new"]["out"].get("benefit") or benefit(beneficiary("A Carrier"), beneficiary("B Carrier"))
    resized = [{**one, "size": size} for one, size in zip(benefiting["beneficiaries"], changed, strict=True)]
    before = {**case["new"]["out"], "benefit": benefiting}
    after = {**before, "benefit": {**benefiting, "beneficiaries": resized}}
    first, second = (judge({**case, "new": {**case["new"], "out": out}}, book) for out in (before, after))
    assert first.findings == second.findings


@pytest.mark.slow
@BOOKS
@thorough
@given(told(), matches.filter(bool))
def test_a_further_sanctions_match_never_makes_the_outcome_lighter(
    book: RuleBook, case: dict[str, Any], further: list[Any]
) -> None:
    after = judge({**case, "matches": (*case["matches"], *further)}, book)
    assert weight(after) >= weight(judge(case, book))
    assert after.outcome is not PASS


@thorough
@given(told(), matches.filter(bool))
def test_a_sanctions_match_that_nobody_cleared_is_never_cleared_by_others(
    case: dict[str, Any], further: list[Any]
) -> None:
    book = EDITIONS["2026.2"]
    first = judge(case, book)
    after = judge({**case, "matches": (*case["matches"], *further)}, book)
    before = {key for one in first.findings for key in one.keys}
    for one in of_rule(after, "SANCTIONS"):
        near_ones = [match for match in further if match.kind is MatchKind.NEAR and one.outcome is Outcome.REFER]
        assert all(f"{match.party!r} resembles" in one.reason for match in near_ones)
        if not set(one.keys) <= before and one.outcome is not PASS:
            assert one.reason in str(adverse_in(after, tuple(before)))


@thorough
@given(told(), st.sets(st.sampled_from(["ofac-sdn", *REGISTERS])))
def test_what_was_asked_of_registers_that_were_never_loaded_never_passes(
    case: dict[str, Any], missing: set[str]
) -> None:
    asked = tuple(version(name) for name in REGISTERS if name not in missing)
    found = case["found"] and case["found"].model_copy(update={"asked": asked})
    screened = () if "ofac-sdn" in missing else (version("ofac-sdn"),)
    assessed = judge({**case, "found": found, "screened": screened}, EDITIONS["2026.2"])
    for one in of_rule(assessed, "REGISTERS-FRESH"):
        looked_up = one.leg is Direction.FUNDS_OUT and found is not None
        needed = {"ofac-sdn", *REGISTERS} if looked_up else {"ofac-sdn"}
        assert one.outcome is (Outcome.REFER if missing & needed else PASS)
        assert all(name in one.reason for name in missing & needed)


@pytest.mark.slow
@BOOKS
@thorough
@given(told([company(), abroad("Harbour Fibre Ltd", kind="PRIVATE_COMPANY")]))
def test_a_for_profit_payee_is_never_eligible(book: RuleBook, case: dict[str, Any]) -> None:
    assessed = judge({**case, "new": {**case["new"], "payee": {}}}, book)
    eligibility = [finding(assessed, rule) for rule in ("ELIG-NONPROFIT", "ELIG-PATH")]
    assert assessed.outcome is FAIL
    assert {one.outcome for one in eligibility if one is not None} == {FAIL}


@pytest.mark.slow
@BOOKS
@thorough
@given(told())
def test_assessing_twice_gives_identical_bytes(book: RuleBook, case: dict[str, Any]) -> None:
    first, second = (judge(case, book) for _ in range(2))
    assert canonical(first, book.version) == canonical(second, book.version)
    assert canonical(Assessment.model_validate_json(first.model_dump_json()), book.version) == canonical(
        first, book.version
    )


@pytest.mark.slow
@thorough
@given(told(), new_of_money_out.filter(lambda new: "known_changes" in new))
def test_what_2026_2_knows_is_in_the_digest_of_its_facts(case: dict[str, Any], new: dict[str, Any]) -> None:
    book = EDITIONS["2026.2"]
    with_new = judge({**case, "new": {**NOTHING_NEW, "out": new}}, book)
    assert with_new.facts_sha256 != judge({**case, "new": NOTHING_NEW}, book).facts_sha256


@pytest.mark.slow
@BOOKS
@thorough
@given(told())
def test_every_finding_has_a_reason_and_a_citation(book: RuleBook, case: dict[str, Any]) -> None:
    findings = judge(case, book).findings
    assert findings
    assert all(one.reason.strip() and one.citation.strip() for one in findings)


@pytest.mark.slow
@BOOKS
@thorough
@given(told())
def test_no_rule_raises_and_each_speaks_once_on_a_leg(book: RuleBook, case: dict[str, Any]) -> None:
    findings = judge(case, book).findings
    assert not [one for one in findings if "could not be applied" in one.reason]
    assert len({(one.leg, one.rule_id) for one in findings}) == len(findings)


@thorough
@given(told())
def test_a_condition_is_set_where_the_outcome_is_a_condition_and_an_option_where_a_way_is_closed(
    case: dict[str, Any],
) -> None:
    findings = judge(case, EDITIONS["2026.2"]).findings
    assert all(bool(one.conditions) is (one.outcome is Outcome.CONDITION) for one in findings)
    assert not [one for one in findings if one.options and one.outcome in {PASS, Outcome.CONDITION}]
