"""The European Union's list freezes funds. The United Kingdom's says of each entry what it imposes (rules 4.8)."""

from __future__ import annotations

import pytest

from domain.directory.lists import SanctionsList
from domain.parties import Party
from domain.policy.findings import Finding, Outcome
from domain.policy.listings import against_bank
from domain.policy.programmes import UK_MEASURES, Effect, effect_of
from domain.policy.rulebook import RULE_BOOK
from domain.screening.matches import MatchKind, SanctionsMatch
from registers.sources.catalogue import LISTS
from tests.builders import party, screening, status
from tests.domain.policy.language import paid, spoken, under
from tests.domain.policy.newer.lists_cases import LIBRARY, listed

UK, EU = SanctionsList.UNITED_KINGDOM.value, SanctionsList.EUROPEAN_UNION.value


def verdict(*matches: SanctionsMatch, payee: Party | None = None) -> Finding:
    with under(RULE_BOOK.version):
        return spoken(paid(payee or party(LIBRARY), status(), seen={"screening": screening(*matches)}), "SANCTIONS")


def test_the_rules_know_every_list_that_can_be_loaded() -> None:
    assert set(LISTS) == {one.value for one in SanctionsList}


@pytest.mark.parametrize(
    ("imposed", "outcome"),
    [
        (("Asset freeze",), Outcome.FAIL),
        (("Travel Ban", "Asset freeze"), Outcome.FAIL),
        (("asset FREEZE",), Outcome.FAIL),
        (("Travel Ban",), Outcome.PASS),
        (("Prohibition of port entry",), Outcome.PASS),
        (("Trust Services Sanctions",), Outcome.REFER),
        (("Travel Ban", "Director Disqualification Sanction"), Outcome.REFER),
        (("Something of tomorrow",), Outcome.REFER),
        (("Travel Ban", "Something of tomorrow"), Outcome.REFER),
        ((), Outcome.REFER),
    ],
)
def test_what_the_united_kingdom_imposes_decides(imposed: tuple[str, ...], outcome: Outcome) -> None:
    assert verdict(listed(LIBRARY, *imposed, register=UK)).outcome is outcome


def test_a_note_says_what_is_forbidden_and_that_no_report_is_owed() -> None:
    told = verdict(listed(LIBRARY, "Travel Ban", register=UK)).reason
    assert "note: 'Riverbend Library Network' is on uk-sanctions" in told
    assert "entering the United Kingdom" in told
    assert "no report is owed" in told


def test_whoever_the_european_union_lists_is_blocked_whatever_the_programme() -> None:
    found = verdict(listed(LIBRARY, "TOMORROW 2027/1", register=EU))
    assert found.outcome is Outcome.FAIL
    assert "TOMORROW 2027/1" in found.reason


@pytest.mark.parametrize(
    ("registers", "told"),
    [
        ((EU,), "report without delay to the competent authority of the member state"),
        ((UK,), "report to OFSI as soon as practicable"),
        (("ofac-sdn",), "report within 10 business days"),
        (("ofac-sdn", UK), "report within 10 business days, and report to OFSI as soon as practicable"),
    ],
)
def test_a_listing_is_reported_to_whoever_listed_it(registers: tuple[str, ...], told: str) -> None:
    matches = [listed(LIBRARY, "Asset freeze", register=register) for register in registers]
    assert verdict(*matches).reason.endswith(told)


@pytest.mark.parametrize("register", [UK, EU])
def test_a_near_name_is_a_question(register: str) -> None:
    alike = listed(LIBRARY, "Asset freeze", register=register, kind=MatchKind.NEAR, score=90.0)
    assert verdict(alike).outcome is Outcome.REFER


@pytest.mark.parametrize("register", [UK, EU])
def test_a_weak_name_that_a_party_bears_is_a_question(register: str) -> None:
    assert verdict(listed(LIBRARY, "Asset freeze", register=register, certain=False)).outcome is Outcome.REFER


def test_a_bank_is_stopped_by_what_it_needs_and_not_by_a_ban_on_travel() -> None:
    assert against_bank((listed("River Bank", "Travel Ban", register=UK),)) is None
    assert against_bank((listed("River Bank", "Asset freeze", register=UK),)) is not None
    assert against_bank((listed("River Bank", "Trust Services Sanctions", register=UK),)) is not None


def test_every_measure_is_told_by_its_name_in_small_letters_with_its_source() -> None:
    assert all(name == name.casefold() for name in UK_MEASURES)
    assert all("Sanctions and Anti-Money Laundering Act 2018" in one.citation for one in UK_MEASURES.values())
    blocking = [name for name, one in UK_MEASURES.items() if one.effect is Effect.BLOCKED]
    assert blocking == ["asset freeze"]


def test_older_lists_are_judged_as_before() -> None:
    assert effect_of(listed(LIBRARY, "SDGT", register="ofac-sdn")) is Effect.BLOCKED
    assert effect_of(listed(LIBRARY, "CAPTA")) is Effect.CORRESPONDENT
