"""Edition 2026.2: what binds every leg: blocked persons, the public interest, conflicts, fresh registers."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from domain.policy.findings import Assessment
from tests.builders import (
    NOON,
    company,
    funds_in,
    funds_out,
    joint,
    match,
    near,
    party,
    principal,
    proposal,
    screening,
    status,
    verification,
    version,
)
from tests.domain.policy.language import (
    ALIGNED,
    CONDITION,
    FAIL,
    PASS,
    PROFILES,
    REFER,
    conditions,
    finding,
    given,
    joined,
    judged,
    paid_to_charity,
    said,
    spoken,
)

LEGS: dict[str, dict[str, Any]] = {
    "FUNDS_OUT": {"funds_out": funds_out(alignment=ALIGNED)},
    "FUNDS_IN": {"funds_in": funds_in("1.00")},
    "NON_MONETARY": {"non_monetary": joint(alignment=ALIGNED)},
}
RIVERBEND = "Riverbend Library Network"


def screened(leg: str = "FUNDS_OUT", *matches: Any, funder: str = "P", **more: Any) -> Assessment:
    return judged({**LEGS[leg], **more}, PROFILES[funder], verification(status(), screening(*matches)))


# SANCTIONS


@pytest.mark.parametrize("funder", PROFILES)
@pytest.mark.parametrize("leg", LEGS)
@pytest.mark.parametrize(
    ("matches", "outcome"),
    [
        ((), PASS),
        ((near(),), REFER),
        ((match(),), FAIL),
        ((near(score=99.0), match()), FAIL),
        ((match("A stranger to the proposal"),), FAIL),
        ((near("A stranger to the proposal"),), REFER),
    ],
    ids=["none", "near", "exact", "both", "exact of another", "near of another"],
)
def test_sanctions_bind_on_every_leg_for_every_funder(leg: str, matches: Any, outcome: Any, funder: str) -> None:
    assert said(screened(leg, *matches, funder=funder), "SANCTIONS") is outcome


def test_an_exact_match_names_the_entry_the_row_and_the_duty_to_report() -> None:
    one = spoken(screened("FUNDS_OUT", match()), "SANCTIONS")
    assert all(words in one.reason for words in ("entity 12345", "SDGT", "report within 10 business days"))
    assert one.evidence[0].startswith("ofac-sdn version 1")


def test_a_near_match_names_the_nearest() -> None:
    one = spoken(screened("FUNDS_OUT", near("Ann Far", 88.0), near("Bo Near", 95.0)), "SANCTIONS")
    assert one.reason == "'Bo Near' resembles the listed 'BO NEAR' at 95 of 100"


@pytest.mark.parametrize("role", ["DIRECTOR", "SIGNATORY"])
def test_who_governs_or_signs_for_a_party_may_not_be_blocked(role: str) -> None:
    partner = party(principals=(principal("Ana Chair", role),))
    assert said(screened("FUNDS_OUT", match("Ana Chair"), partner=partner), "SANCTIONS") is FAIL


# SANCTIONS-OWNERSHIP


def owned(*shares: str | None, blocked: int = 99, funder: str = "P", leg: str = "NON_MONETARY") -> Assessment:
    """A partner with owners of these shares, of whom the first few are on the list."""
    owners = [principal(f"Owner {n}", "OWNER", share) for n, share in enumerate(shares, start=1)]
    matches = [match(f"Owner {n}") for n in range(1, min(blocked, len(shares)) + 1)]
    return screened(leg, *matches, funder=funder, partner=company(principals=owners))


@pytest.mark.parametrize("funder", PROFILES)
@pytest.mark.parametrize("leg", LEGS)
@pytest.mark.parametrize(
    ("shares", "blocked", "outcome"),
    [
        (("30", "25"), 2, FAIL),
        (("30", "25"), 1, REFER),
        (("30", "25"), 0, None),
        (("25", "25"), 2, FAIL),
        (("25", "24.99"), 2, REFER),
        (("50",), 1, FAIL),
        (("49.99",), 1, REFER),
        (("100",), 1, FAIL),
        ((None,), 1, REFER),
    ],
)
def test_what_the_blocked_own_by_half_or_more_added_up_is_blocked(
    shares: Any, blocked: int, outcome: Any, leg: str, funder: str
) -> None:
    assert said(owned(*shares, blocked=blocked, leg=leg, funder=funder), "SANCTIONS-OWNERSHIP") is outcome


@pytest.mark.parametrize(("shares", "outcome"), [(("30", "25"), FAIL), (("10",), REFER)])
def test_a_blocked_owner_never_leaves_a_partnership_open(shares: Any, outcome: Any) -> None:
    assert owned(*shares).outcome is outcome


def test_shares_are_added_within_one_party_and_not_across() -> None:
    one = company("One Ltd", principals=(principal("Owner 1", "OWNER", "30"),))
    other = party(principals=(principal("Owner 2", "OWNER", "30"),))
    leg = {"partner": one, "funds_out": funds_out(payee=other, alignment=ALIGNED)}
    assessed = judged(leg, PROFILES["P"], verification(status(), screening(match("Owner 1"), match("Owner 2"))))
    assert said(assessed, "SANCTIONS-OWNERSHIP") is REFER


def test_the_share_is_told() -> None:
    reason = spoken(owned("30", "25"), "SANCTIONS-OWNERSHIP").reason
    assert reason.startswith("55 per cent of 'Copper Kettle Software LLC' belongs to blocked persons")


def test_a_near_match_of_an_owner_refers_and_counts_for_no_share() -> None:
    partner = company(principals=(principal("Owner 1", "OWNER", "100"),))
    assessed = screened("NON_MONETARY", near("Owner 1"), partner=partner)
    assert (said(assessed, "SANCTIONS"), said(assessed, "SANCTIONS-OWNERSHIP")) == (REFER, None)


def test_a_blocked_owner_who_also_governs_fails_whatever_the_share() -> None:
    principals = (principal("Owner 1", "OWNER", "1"), principal("Owner 1"))
    assert screened("NON_MONETARY", match("Owner 1"), partner=company(principals=principals)).outcome is FAIL


def test_the_rule_on_sanctions_does_not_say_that_none_met_a_list_where_an_owner_did() -> None:
    assert "none met a sanctions list" not in spoken(owned("10"), "SANCTIONS").reason


# PUBLIC-INTEREST


def public(words: str) -> dict[str, Any]:
    return {"public_interest": {**proposal().public_interest.model_dump(), "community_served": words}}


@pytest.mark.parametrize("leg", LEGS)
@pytest.mark.parametrize(
    "words", ["charitable", "Charitable.", "the public", "General Public", "everyone", "N/A", "123", "---", "to all"]
)
def test_words_that_name_nobody_name_no_community(words: str, leg: str) -> None:
    assert said(screened(leg, **public(words)), "PUBLIC-INTEREST") is REFER


@pytest.mark.parametrize("words", ["Readers of eleven villages", "the people of Kisumu", "下河村民众"])
def test_a_community_that_is_named_counts(words: str) -> None:
    one = spoken(screened(**public(words)), "PUBLIC-INTEREST")
    assert (one.outcome, one.evidence) == (PASS, (words,))


@pytest.mark.parametrize("words", ["charitable", "for the benefit of society", "Charitable purposes."])
def test_money_that_goes_out_names_its_purpose_too(words: str) -> None:
    one = spoken(paid_to_charity(purpose=words), "PUBLIC-INTEREST")
    assert (one.outcome, "names no purpose" in one.reason) == (REFER, True)


# INTERESTS

SPOUSE = {"person": "ana.silva", "what": "her spouse sits on the grantee's board"}


@pytest.mark.parametrize("leg", LEGS)
@pytest.mark.parametrize(("funder", "outcome"), [("P", CONDITION), ("F", CONDITION), ("X", REFER)])
def test_who_has_an_interest_is_recused_and_a_private_foundation_looks(funder: str, outcome: Any, leg: str) -> None:
    assert said(screened(leg, funder=funder, interests=(SPOUSE,)), "INTERESTS") is outcome
    assert finding(screened(leg, funder=funder), "INTERESTS") is None


def test_the_recusal_is_minuted_and_told() -> None:
    assessed = screened("NON_MONETARY", interests=(SPOUSE,))
    assert conditions(assessed) == {"CONFLICT_MINUTES"}
    assert spoken(assessed, "INTERESTS").reason == "recused: ana.silva: her spouse sits on the grantee's board"


def test_self_dealing_rests_on_the_statute() -> None:
    assert spoken(screened("NON_MONETARY", funder="X", interests=(SPOUSE,)), "INTERESTS").citation == "IRC 4941"


def test_an_interest_declared_later_counts_as_one_that_was_proposed() -> None:
    interest = proposal(interests=(SPOUSE,)).interests
    late = judged(LEGS["NON_MONETARY"], PROFILES["P"], verification(), interests=interest)
    both = judged({**LEGS["NON_MONETARY"], "interests": interest}, PROFILES["P"], verification(), interests=interest)
    assert spoken(late, "INTERESTS").reason == spoken(both, "INTERESTS").reason


# REGISTERS-FRESH


def aged(register: str, days: int, leg: str = "FUNDS_OUT", funder: str = "P") -> Assessment:
    """One of the registers asked is so many days old; the others are of yesterday."""
    old = version(register, NOON.date() - timedelta(days=days))
    sdn, own = (old, version()) if register == "ofac-sdn" else (version("ofac-sdn"), old)
    screened_with = screening().model_copy(update={"asked": (sdn,)})
    return judged(LEGS[leg], PROFILES[funder], verification(status(asked=(own,)), screened_with))


@pytest.mark.parametrize("funder", PROFILES)
@pytest.mark.parametrize(
    ("register", "days", "outcome"),
    [
        *[(register, 62, PASS) for register in ("irs-bmf", "irs-pub78", "irs-revocation")],
        *[(register, 63, REFER) for register in ("irs-bmf", "irs-pub78", "irs-revocation")],
        ("ofac-sdn", 35, PASS),
        ("ofac-sdn", 36, REFER),
    ],
)
def test_nothing_passes_on_a_register_older_than_its_limit(register: str, days: int, outcome: Any, funder: str) -> None:
    assessed = aged(register, days, funder=funder)
    assert said(assessed, "REGISTERS-FRESH") is outcome
    assert assessed.outcome is outcome


@pytest.mark.parametrize("leg", LEGS)
def test_an_old_sanctions_list_stops_every_leg_and_is_named(leg: str) -> None:
    one = spoken(aged("ofac-sdn", 36, leg), "REGISTERS-FRESH")
    assert (one.outcome, "ofac-sdn of 2026-09-27" in one.reason) == (REFER, True)


def test_nothing_passes_on_an_old_register_that_the_central_was_looked_for_in() -> None:
    old = version("irs-bmf", NOON.date() - timedelta(days=63))
    seen = verification(status(), central=status(ein="001000009", asked=(old,)))
    assert said(judged(LEGS["FUNDS_OUT"], PROFILES["P"], seen), "REGISTERS-FRESH") is REFER


def test_nothing_passes_that_was_screened_against_no_list() -> None:
    unasked = screening().model_copy(update={"asked": ()})
    assert judged(LEGS["NON_MONETARY"], PROFILES["P"], verification(None, unasked)).outcome is REFER


# JOINT-ALIGNMENT


@pytest.mark.parametrize(
    ("funder", "alignment", "outcome"),
    [("F", None, REFER), ("F", ALIGNED, PASS), ("P", None, None), ("X", None, None)],
)
def test_a_supporting_organisation_joins_only_what_is_aligned(funder: str, alignment: Any, outcome: Any) -> None:
    assert said(joined(PROFILES[funder], alignment=alignment), "JOINT-ALIGNMENT") is outcome


def test_where_money_moves_alignment_is_not_a_matter_of_joining() -> None:
    assert finding(paid_to_charity(PROFILES["F"]), "JOINT-ALIGNMENT") is None
    assert finding(given(profile=PROFILES["F"]), "JOINT-ALIGNMENT") is None


def test_the_party_of_another_leg_is_screened_for_this_one_too() -> None:
    donor = company("Northern Light Telecom Ltd", principals=(principal("Owner 1", "OWNER", "50"),))
    content = {**LEGS["FUNDS_OUT"], "funds_in": funds_in("1.00", donor=donor)}
    assessed = judged(content, PROFILES["P"], verification(status(), screening(match("Owner 1"))))
    failed = [one.leg.value for one in assessed.findings if one.rule_id == "SANCTIONS-OWNERSHIP"]
    assert failed == ["FUNDS_OUT", "FUNDS_IN"]
