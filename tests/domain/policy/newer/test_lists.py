"""The lists' prohibitions are told by programme, with their source, once for each listed name (rules 4.8)."""

from __future__ import annotations

from typing import Any

import pytest

from domain.parties import Party
from domain.policy.findings import Outcome
from domain.policy.listings import questions_told
from domain.policy.programmes import PROGRAMMES, Effect, effect_of, split_programmes
from domain.policy.rulebook import screened_under
from domain.screening.matches import MatchKind, SanctionsMatch
from tests.builders import (
    CHARITY,
    beneficiary,
    benefit,
    funds_out,
    near,
    party,
    principal,
    proposal,
    screening,
    status,
    verification,
)
from tests.domain.policy.language import finding, paid, said, spoken, under
from tests.domain.policy.newer.lists_cases import CARRIER, CMIC, LIBRARY, OWNED, alone, campaign, listed, resembling


def reason_of(*matches: SanctionsMatch, payee: Party | None = None) -> str:
    with under("2026.5"):
        return spoken(paid(payee, status(), seen={"screening": screening(*matches)}), "SANCTIONS").reason


def entries(number: int, **more: Any) -> list[SanctionsMatch]:
    return [listed("Al-Aqsa Foundation", "SDGT", register="ofac-sdn", entity=str(n), **more) for n in range(number)]


def test_a_note_names_the_list_the_programme_and_its_source_and_owes_no_report() -> None:
    told = reason_of(listed(LIBRARY, CMIC))
    assert "ofac-consolidated" in told
    assert CMIC in told
    assert "E.O. 13959 as amended by E.O. 14032" in told
    assert "no report is owed" in told
    assert "within 10 business days" not in told


def test_a_note_stands_beside_a_question_too() -> None:
    told = reason_of(listed(LIBRARY, CMIC), resembling(LIBRARY, "FSE-IR"))
    assert "judge" in told or "resembles" in told
    assert "note: " in told


def test_what_a_second_person_cleared_is_no_note() -> None:
    cleared = resembling(LIBRARY, CMIC).model_copy(update={"cleared_by": ("vera.lind",)})
    assert "note: " not in reason_of(cleared)


def test_an_unknown_programme_is_asked_about_by_its_name() -> None:
    with under("2026.5"):
        found = spoken(campaign(listed(CARRIER, "TOMORROW-EO99999"))(CHARITY), "SANCTIONS")
    assert "TOMORROW-EO99999" in found.reason
    assert "report" not in found.reason
    assert found.keys == (f"SANCTIONS: {CARRIER} ~ ofac-consolidated 12345",)


@pytest.mark.parametrize("kind", ["FAIL", "names alone", "near"])
def test_nine_entries_of_one_name_are_told_once(kind: str) -> None:
    more = {"FAIL": {}, "names alone": {"certain": False}, "near": {"kind": MatchKind.NEAR, "score": 90.0}}[kind]
    told = reason_of(*entries(9, **more), payee=party("Al-Aqsa Foundation"))
    assert told.count("AL-AQSA FOUNDATION") == 1
    assert "entities 0, 1, 2, 3, 4, 5, 6, 7, 8" in told


def test_entries_that_write_the_name_otherwise_are_told_with_it() -> None:
    first, second = entries(2)
    other = second.model_copy(update={"listed_name": "al aqsa FOUNDATION"})
    assert reason_of(first, other, payee=party("Al-Aqsa Foundation")).count("is on ofac-sdn") == 1


def test_two_listed_names_of_a_party_are_two() -> None:
    first, second = entries(2)
    other = second.model_copy(update={"listed_name": "EDUCATION TRUST"})
    assert reason_of(first, other, payee=party("Al-Aqsa Foundation")).count("is on ofac-sdn") == 2


def test_what_was_cleared_of_nine_entries_is_told_once() -> None:
    cleared = [
        near("Al-Aqsa Foundation").model_copy(update={"entity": str(n), "cleared_by": ("vera.lind",)}) for n in range(9)
    ]
    told = reason_of(*cleared, payee=party("Al-Aqsa Foundation"))
    assert told.count("is not") == 1
    assert told.count("vera.lind") == 1


def test_the_older_edition_still_refuses_who_is_on_a_list_of_securities() -> None:
    with under("2026.4"):
        found = spoken(campaign(listed(CARRIER, CMIC))(CHARITY), "SANCTIONS")
    assert found.outcome is Outcome.FAIL


def test_an_owner_of_whom_only_securities_are_forbidden_owns_nothing_blocked() -> None:
    with under("2026.5"):
        assessed = campaign(listed(CARRIER, CMIC), partner=OWNED)(CHARITY)
    assert finding(assessed, "SANCTIONS-OWNERSHIP") is None


@pytest.mark.parametrize(
    ("written", "programmes"),
    [
        ("SDGT", ("SDGT",)),
        ("UKRAINE-EO13662] [RUSSIA-EO14024", ("UKRAINE-EO13662", "RUSSIA-EO14024")),
        ("NPWMD][IFSR", ("NPWMD", "IFSR")),
        ("CAATSA - RUSSIA", ("CAATSA - RUSSIA",)),
        ("", ()),
        ("programme unknown", ("programme unknown",)),
    ],
)
def test_programmes_are_read_as_the_publisher_writes_them(written: str, programmes: tuple[str, ...]) -> None:
    assert split_programmes(written) == programmes


@pytest.mark.parametrize("register", ["ofac-sdn", "un-consolidated", "a-list-of-tomorrow"])
@pytest.mark.parametrize("programme", [*PROGRAMMES, "TOMORROW"])
def test_every_other_list_blocks_whatever_the_programme(register: str, programme: str) -> None:
    assert effect_of(listed(LIBRARY, programme, register=register)) is Effect.BLOCKED


@pytest.mark.parametrize("programme", PROGRAMMES)
def test_another_programme_never_makes_a_listing_lighter(programme: str) -> None:
    order = list(Effect)
    for other in (*PROGRAMMES, "TOMORROW"):
        both = effect_of(listed(LIBRARY, programme, other))
        assert order.index(both) <= order.index(effect_of(listed(LIBRARY, programme)))


def test_the_questions_of_one_party_are_told_once_and_others_as_they_are() -> None:
    keys = (
        "SANCTIONS: Al-Aqsa Foundation ~ ofac-sdn 1 aa11",
        "PROJECT-BENEFIT: Riverbend Learners Ltd may benefit",
        "SANCTIONS: Al-Aqsa Foundation ~ un-consolidated 7 bb22",
    )
    assert questions_told(keys) == (
        "SANCTIONS: Al-Aqsa Foundation ~ 2 entries (ofac-sdn 1, un-consolidated 7); "
        "PROJECT-BENEFIT: Riverbend Learners Ltd may benefit"
    )
    assert questions_told(keys[:1]) == keys[0]


# Who owns a party


ROSA = "Rosa Quiroga"


def owner(found: SanctionsMatch, share: str = "60") -> Outcome | None:
    """The word of the 50 per cent rule where such a match is with an owner of the payee."""
    owned = party(principals=(principal(ROSA, "OWNER", share),))
    with under("2026.5"):
        return said(paid(owned, status(), seen={"screening": screening(found)}), "SANCTIONS-OWNERSHIP")


@pytest.mark.parametrize(("share", "outcome"), [("49.99", Outcome.REFER), ("50", Outcome.FAIL)])
def test_what_a_blocked_person_owns_by_half_is_blocked(share: str, outcome: Outcome) -> None:
    assert owner(listed(ROSA, "SDGT", register="ofac-sdn"), share) is outcome


@pytest.mark.parametrize(
    ("found", "outcome"),
    [
        pytest.param(alone(ROSA, "SDGT"), Outcome.REFER, id="a name alone"),
        pytest.param(alone(ROSA, "SDGT", cleared_by=("vera.lind",)), None, id="a name alone that was cleared"),
        pytest.param(resembling(ROSA, "SDGT"), None, id="a near name, which another rule asks about"),
    ],
)
def test_an_owner_who_bears_a_listed_name_is_a_question_until_it_is_cleared(
    found: SanctionsMatch, outcome: Outcome | None
) -> None:
    assert owner(found) is outcome


@pytest.mark.parametrize(("edition", "screened"), [("2026.4", False), ("2026.5", True)])
def test_whoever_gets_a_quarter_of_the_use_is_screened_since_this_edition(edition: str, screened: bool) -> None:
    made = proposal(funds_out=funds_out(benefit=benefit(beneficiary(CARRIER))))
    assert (CARRIER in {one.name for one in screened_under(edition, made, verification())}) is screened
