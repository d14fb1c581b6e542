"""Edition 2026.2: what binds every leg: blocked persons, the public interest, conflicts, fresh registers."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import permutations
from typing import Any

import pytest

from domain.policy.findings import Assessment, Outcome
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
    REGISTERS,
    conditions,
    finding,
    given,
    joined,
    judged,
    paid_to_charity,
    registers_of,
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


ANN, BO, CY = near("Ann Far", 88.0), near("Bo Near", 95.0), near("Cy Middle", 91.4)


@pytest.mark.parametrize(
    "matches", list(permutations((ANN, BO, CY))), ids=lambda found: " ".join(one.party for one in found)
)
def test_every_near_match_is_named_the_nearest_first(matches: Any) -> None:
    assert spoken(screened("FUNDS_OUT", *matches), "SANCTIONS").reason == (
        "'Bo Near' resembles the listed 'BO NEAR' (entity 12345) at 95 of 100; "
        "'Cy Middle' resembles the listed 'CY MIDDLE' (entity 12345) at 91 of 100; "
        "'Ann Far' resembles the listed 'ANN FAR' (entity 12345) at 88 of 100"
    )


def test_a_near_match_that_is_found_twice_is_named_once_with_its_row() -> None:
    one = spoken(screened("FUNDS_OUT", ANN, ANN), "SANCTIONS")
    assert one.reason == "'Ann Far' resembles the listed 'ANN FAR' (entity 12345) at 88 of 100"
    assert (len(one.evidence), one.evidence[0][:8]) == (1, "ofac-sdn")


def test_the_entry_met_most_nearly_is_named_beside_every_other_that_the_same_party_met() -> None:
    other = near("Ann Far", 90.0).model_copy(update={"listed_name": "ANNA FARR"})
    reason = spoken(screened("FUNDS_OUT", ANN, other), "SANCTIONS").reason
    assert reason.split("; ") == [
        "'Ann Far' resembles the listed 'ANNA FARR' (entity 12345) at 90 of 100",
        "'Ann Far' resembles the listed 'ANN FAR' (entity 12345) at 88 of 100",
    ]


def test_namesakes_on_the_list_are_told_apart() -> None:
    namesake = ANN.model_copy(update={"entity": "67890"})
    reason = spoken(screened("FUNDS_OUT", ANN, namesake), "SANCTIONS").reason
    assert reason.split("; ") == [
        "'Ann Far' resembles the listed 'ANN FAR' (entity 12345) at 88 of 100",
        "'Ann Far' resembles the listed 'ANN FAR' (entity 67890) at 88 of 100",
    ]


@pytest.mark.parametrize(
    ("matches", "words"),
    [
        ((), "1 party screened, none met a sanctions list"),
        ((match("Owner 1"),), "1 party screened; of them only an owner met a sanctions list"),
        ((match("Owner 1"), near("Owner 1")), "'Owner 1' resembles the listed 'OWNER 1' (entity 12345) at 88 of 100"),
        ((match("Owner 1"), ANN), "'Ann Far' resembles the listed 'ANN FAR' (entity 12345) at 88 of 100"),
    ],
    ids=["none", "an owner", "an owner, and nearly another", "an owner, and nearly somebody"],
)
def test_who_was_screened_and_what_was_met_is_told(matches: Any, words: str) -> None:
    partner = company(principals=(principal("Owner 1", "OWNER", "10"),))
    assert spoken(screened("NON_MONETARY", *matches, partner=partner), "SANCTIONS").reason == words


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


@pytest.mark.parametrize("names", [("Aa Ltd", "Bb Ltd"), ("Bb Ltd", "Aa Ltd")])
def test_of_two_parties_the_one_that_the_blocked_own_most_of_decides(names: tuple[str, str]) -> None:
    most, least = (
        company(name, principals=(principal("Owner 1", "OWNER", share),))
        for name, share in zip(names, ("60", "10"), strict=True)
    )
    leg = {"partner": least, "funds_in": funds_in("1.00", donor=most)}
    one = spoken(judged(leg, PROFILES["P"], verification(None, screening(match("Owner 1")))), "SANCTIONS-OWNERSHIP")
    assert one.outcome is FAIL
    assert one.reason.startswith(f"60 per cent of '{names[0]}' belongs to blocked persons")


@pytest.mark.parametrize(
    ("shares", "told"), [((None,), "0"), ((None, "49.5"), "49.5"), (("0",), "0"), (("12.50", "0.50"), "13")]
)
def test_a_share_that_nobody_knows_counts_for_nothing_and_still_refers(shares: Any, told: str) -> None:
    one = spoken(owned(*shares), "SANCTIONS-OWNERSHIP")
    assert one.outcome is REFER
    assert one.reason.startswith(f"{told} per cent of 'Copper Kettle Software LLC'")
    assert "as far as shares are known" in one.reason


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


def public(words: str, field: str = "community_served") -> dict[str, Any]:
    return {"public_interest": {**proposal().public_interest.model_dump(), field: words}}


@pytest.mark.parametrize("leg", LEGS)
@pytest.mark.parametrize(
    "words", ["charitable", "Charitable.", "the public", "General Public", "everyone", "N/A", "123", "---", "to all"]
)
def test_words_that_name_nobody_name_no_community(words: str, leg: str) -> None:
    assert said(screened(leg, **public(words)), "PUBLIC-INTEREST") is REFER


EMPTY = (
    "A, all and beneficiaries; benefit, broad, charitable charity, charities, citizens, community: communities! "
    "Everybody, everyone - for general good, humanity in mankind. N/A of people, public purpose, purposes, society; "
    "the, to users, world."
)


def test_all_empty_words_together_still_name_nobody_and_one_word_more_does() -> None:
    assert said(screened(**public(EMPTY)), "PUBLIC-INTEREST") is REFER
    assert said(screened(**public(f"{EMPTY} Kisumu")), "PUBLIC-INTEREST") is PASS


@pytest.mark.parametrize("words", ["Readers of eleven villages", "the people of Kisumu", "下河村民众"])
def test_a_community_that_is_named_counts(words: str) -> None:
    one = spoken(screened(**public(words)), "PUBLIC-INTEREST")
    assert (one.outcome, one.evidence) == (PASS, (words,))


@pytest.mark.parametrize("leg", LEGS)
@pytest.mark.parametrize("field", ["mission_objective", "statement"])
@pytest.mark.parametrize("words", ["charitable", "The general public.", "N/A", "---", "for the good of all people"])
def test_words_that_say_nothing_of_the_objective_or_the_project_refer(words: str, field: str, leg: str) -> None:
    one = spoken(screened(leg, **public(words, field)), "PUBLIC-INTEREST")
    assert one.outcome is REFER
    assert one.reason == f"{words!r} says nothing; name the objective, and how the community is served"


@pytest.mark.parametrize("field", ["mission_objective", "statement"])
def test_one_word_that_says_something_is_enough(field: str) -> None:
    assert said(screened(**public("Libraries for all people", field)), "PUBLIC-INTEREST") is PASS


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
    """One of the registers asked is so many days old. The others are of yesterday."""
    then, yesterday = NOON.date() - timedelta(days=days), NOON.date() - timedelta(days=1)
    sdn = version("ofac-sdn", then if register == "ofac-sdn" else yesterday)
    screened_with = screening().model_copy(update={"asked": (sdn,)})
    own = registers_of(yesterday, **({} if register == "ofac-sdn" else {register.replace("-", "_"): then}))
    return judged(LEGS[leg], PROFILES[funder], verification(status(asked=own), screened_with))


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
    assert one.outcome is REFER
    assert one.reason == "asked of registers that are too old: ofac-sdn of 2026-09-27; load newer versions"


def test_every_register_that_is_too_old_is_named_with_its_day_and_no_other() -> None:
    own = registers_of(date(2026, 11, 1), irs_bmf=date(2026, 8, 2), irs_revocation=date(2026, 8, 31))
    one = spoken(judged(LEGS["FUNDS_OUT"], PROFILES["P"], verification(status(asked=own))), "REGISTERS-FRESH")
    assert one.reason == (
        "asked of registers that are too old: irs-bmf of 2026-08-02, irs-revocation of 2026-08-31; load newer versions"
    )


def test_a_register_without_a_limit_is_never_too_old() -> None:
    ancient = version("another", date(1990, 1, 1))
    seen = verification(status(asked=(*registers_of(date(2026, 11, 1)), ancient)))
    assert said(judged(LEGS["FUNDS_OUT"], PROFILES["P"], seen), "REGISTERS-FRESH") is PASS


@pytest.mark.parametrize(("days", "outcome"), [(62, PASS), (63, REFER)])
@pytest.mark.parametrize("register", REGISTERS)
def test_nothing_passes_on_an_old_register_that_the_central_was_looked_for_in(
    register: str, days: int, outcome: Any
) -> None:
    old = registers_of(date(2026, 11, 1), **{register.replace("-", "_"): NOON.date() - timedelta(days=days)})
    seen = verification(status(), central=status(ein="001000009", asked=old))
    assert said(judged(LEGS["FUNDS_OUT"], PROFILES["P"], seen), "REGISTERS-FRESH") is outcome


def never(*registers: str, leg: str = "FUNDS_OUT", funder: str = "P", looked_up: bool = True) -> Assessment:
    """Some registers were never loaded, so nobody could ask them."""
    sdn = tuple(version(name) for name in ("ofac-sdn",) if name not in registers)
    own = tuple(version(name) for name in REGISTERS if name not in registers)
    found = status(asked=own) if looked_up else None
    return judged(LEGS[leg], PROFILES[funder], verification(found, screening().model_copy(update={"asked": sdn})))


@pytest.mark.parametrize("funder", PROFILES)
@pytest.mark.parametrize("register", REGISTERS)
def test_nothing_is_paid_where_a_register_of_the_status_was_never_loaded(register: str, funder: str) -> None:
    assessed = never(register, funder=funder)
    assert assessed.outcome is REFER
    assert spoken(assessed, "REGISTERS-FRESH").reason == (
        f"never loaded, so nobody could ask: {register}; load them first"
    )


@pytest.mark.parametrize("missing", [(register,) for register in REGISTERS] + [REGISTERS])
def test_nothing_is_paid_where_the_central_was_looked_for_in_a_register_that_was_never_loaded(missing: Any) -> None:
    own = tuple(version(name) for name in REGISTERS if name not in missing)
    seen = verification(status(), central=status(ein="001000009", asked=own))
    one = spoken(judged(LEGS["FUNDS_OUT"], PROFILES["P"], seen), "REGISTERS-FRESH")
    assert one.outcome is REFER
    assert one.reason == f"never loaded, so nobody could ask: {', '.join(missing)}; load them first"


@pytest.mark.parametrize("funder", PROFILES)
@pytest.mark.parametrize("leg", LEGS)
def test_nothing_passes_that_was_screened_against_no_list(leg: str, funder: str) -> None:
    one = spoken(never("ofac-sdn", leg=leg, funder=funder), "REGISTERS-FRESH")
    assert (one.outcome, one.reason) == (REFER, "never loaded, so nobody could ask: ofac-sdn; load them first")


def test_every_register_that_was_never_loaded_is_named() -> None:
    reason = spoken(never("ofac-sdn", *REGISTERS), "REGISTERS-FRESH").reason
    assert reason == (
        "never loaded, so nobody could ask: irs-bmf, irs-pub78, irs-revocation, ofac-sdn; load them first"
    )


@pytest.mark.parametrize("leg", ["FUNDS_IN", "NON_MONETARY"])
def test_where_no_status_was_looked_up_no_register_of_it_is_asked_for(leg: str) -> None:
    assert said(never(*REGISTERS, leg=leg), "REGISTERS-FRESH") is PASS
    one = spoken(never(*REGISTERS, looked_up=False), "REGISTERS-FRESH")
    assert (one.outcome, one.reason) == (PASS, "1 register asked, none older than its limit")


def test_fresh_registers_are_counted_once_each() -> None:
    seen = verification(status(), central=status(ein="001000009"))
    one = spoken(judged(LEGS["FUNDS_OUT"], PROFILES["P"], seen), "REGISTERS-FRESH")
    assert (one.outcome, one.reason) == (PASS, "6 registers asked, none older than its limit")


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


@pytest.mark.parametrize(("day", "outcome"), [("2026-11-03", PASS), ("2026-11-04", REFER), ("2027-01-01", REFER)])
def test_a_register_that_is_dated_in_the_future_refers_and_is_named(day: str, outcome: Outcome) -> None:
    ahead = screening().model_copy(update={"asked": (version("ofac-sdn", date.fromisoformat(day)),)})
    one = spoken(judged({}, PROFILES["P"], verification(status(), ahead)), "REGISTERS-FRESH")
    assert one.outcome is outcome
    assert (f"dated in the future: ofac-sdn of {day}" in one.reason) is (outcome is REFER)


def test_every_party_that_is_blocked_is_named() -> None:
    both = screening(match("Blocked One"), match("Blocked Two"))
    one = spoken(judged({}, PROFILES["P"], verification(status(), both)), "SANCTIONS")
    assert one.outcome is FAIL
    assert "'Blocked One'" in one.reason
    assert "'Blocked Two'" in one.reason
