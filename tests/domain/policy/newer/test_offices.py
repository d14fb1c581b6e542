"""Public offices of people behind a payee: asked where the organisation asks, and looked at person by person."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.parties import Party, Principal
from domain.policy.canonical import digest_under
from domain.policy.earlier import AT_ONCE
from domain.policy.findings import Assessment, Finding
from domain.policy.rulebook import EDITIONS, RULE_BOOK, against_payment
from domain.public_office import OfficeTie, PublicOffice
from tests.builders import BEHIND, funding, funds_in, party, proposal, regrant, status, verification
from tests.domain.policy.language import PASS, REFER, finding, judged, paid, spoken, under
from tests.offices import DECLARED, MAYOR, MINISTER, NO_OFFICE, behind, led_by, office

RULE = "BEHIND-OFFICES"


def looked(payee: Party, edition: str = RULE_BOOK.version, *, asks: bool = True, **leg: Any) -> Assessment:
    with under(edition):
        return paid(payee, status(), seen={"public_offices_asked": asks}, **leg)


def told(payee: Party, **leg: Any) -> Finding:
    return spoken(looked(payee, **leg), RULE)


def keys(payee: Party) -> set[str]:
    """The questions about a payee's people."""
    found = finding(looked(payee), RULE)
    return set(found.keys) if found is not None and found.outcome is REFER else set()


# Where it is asked


@pytest.mark.parametrize("declared", [None, NO_OFFICE, MINISTER])
def test_an_organisation_that_does_not_ask_hears_nothing(declared: PublicOffice | None) -> None:
    assert finding(looked(led_by(behind("Rosa Quiroga", declared)), asks=False), RULE) is None


def test_the_edition_before_asks_nobody() -> None:
    assert finding(looked(led_by(behind("Rosa Quiroga", MINISTER)), "2026.5"), RULE) is None
    assert RULE not in {rule.rule_id for rule in EDITIONS["2026.5"].rules}


def test_a_declaration_is_in_no_digest_of_an_earlier_edition() -> None:
    declared, before = led_by(), party(principals=list(BEHIND), nobody_owns=True)
    assert declared != before
    assert digest_under(declared, "2026.5") == digest_under(before, "2026.5")
    assert digest_under(declared, "2026.6") != digest_under(before, "2026.6")


def test_nobody_is_asked_of_a_gift() -> None:
    seen = verification(None, public_offices_asked=True)
    with under(RULE_BOOK.version):
        assert finding(judged({"funds_in": funds_in()}, funding().funders[0].profile, seen), RULE) is None


def test_where_nobody_is_named_there_is_nobody_to_ask_yet() -> None:
    """Who governs and signs is asked by other rules; whoever is named then is asked."""
    assert finding(looked(party(principals=())), RULE) is None


# What is declared


def test_what_nobody_declared_is_a_question_and_no_pass() -> None:
    found = told(led_by(behind("Rosa Quiroga")))
    assert (found.outcome, found.confirmed) == (REFER, False)
    assert found.about == (
        "Rosa Quiroga, director of Riverbend Library Network, has not declared whether they, or somebody close to "
        "them, hold or held a prominent public office",
    )


def test_none_passes_and_keeps_who_declared_it() -> None:
    found = told(led_by(behind("Rosa Quiroga", office(declared_by="Abel Mbeki", declared_on="2026-10-01"))))
    assert found.outcome is PASS
    assert "Rosa Quiroga (declared by Abel Mbeki on 2026-10-01)" in found.reason
    assert "Ines Marek (declared by Ines Marek on 2026-11-02)" in found.reason


@pytest.mark.parametrize("words", ["n/a", "not known", "none", "N.N.", "unknown", "?-", "TBD"])
def test_none_that_nobody_declared_is_not_declared(words: str) -> None:
    assert told(led_by(behind("Rosa Quiroga", office(declared_by=words)))).outcome is REFER


@pytest.mark.parametrize("words", ["not applicable", "None known", "not any", "n / a", "no - none", "not known"])
@pytest.mark.parametrize("tie", ["HOLDER", "FAMILY"])
def test_words_that_name_no_office_declare_none_and_pass_nobody(tie: str, words: str) -> None:
    declared = office(tie=tie, office=words, holder=None if tie == "HOLDER" else "Abel Mbeki")
    found = told(led_by(behind("Rosa Quiroga", declared)))
    assert found.outcome is REFER
    assert any("has not declared" in key for key in found.keys)


@pytest.mark.parametrize(
    "declared",
    [
        MAYOR,
        MINISTER,
        office(tie="FAMILY", office="Judge of the High Court of Zorvania", holder="Abel Quiroga"),
        office(tie="ASSOCIATE", office="General of the army of Zorvania", holder="Abel Mbeki", until="1999-12-31"),
    ],
)
def test_an_office_held_or_ended_own_or_near_is_a_look_at_this_person(declared: PublicOffice) -> None:
    found = told(led_by(behind("Rosa Quiroga", declared)))
    assert found.outcome is REFER
    assert found.about == (f"Rosa Quiroga, director of Riverbend Library Network, {declared.told}",)
    assert found.citation.startswith("FATF recommendation 12")


@pytest.mark.parametrize("kind", ["PRIVATE_COMPANY", "NONPROFIT"])
def test_a_firm_behind_a_payee_declares_nothing(kind: str) -> None:
    payee = party(principals=[*DECLARED, {"name": "Quarry Holding", "role": "OWNER", "kind": kind}])
    assert told(payee).outcome is PASS


def test_whoever_may_be_a_person_is_asked() -> None:
    assert told(party(principals=[*DECLARED, {"name": "Quarry Holding", "role": "OWNER"}])).outcome is REFER


def test_each_part_of_a_person_is_declared_for_itself() -> None:
    """Two entries of one name may be a father and a son."""
    found = told(led_by(behind("Rosa Quiroga", NO_OFFICE), behind("Rosa Quiroga", None, "OWNER")))
    assert found.about == (
        "Rosa Quiroga, owner of Riverbend Library Network, has not declared whether they, or somebody close to them, "
        "hold or held a prominent public office",
    )


def test_those_behind_a_sub_recipient_are_asked_too() -> None:
    supported = party("Village Circle", ein=None, principals=[behind("Rosa Quiroga")])
    assert "Rosa Quiroga, director of Village Circle," in told(led_by(), regrant=regrant(supported)).reason


def test_a_payee_that_is_a_person_names_itself() -> None:
    alone = party("Ines Duarte", kind="INDIVIDUAL", ein=None, principals=list(DECLARED))
    assert "Ines Duarte is a person; name them among the principals" in told(alone).reason
    named = party("Ines Duarte", kind="INDIVIDUAL", ein=None, principals=[behind("Ines Duarte", NO_OFFICE)])
    assert told(named).outcome is PASS


def test_a_firm_of_its_name_does_not_declare_for_a_payee_that_is_a_person() -> None:
    firm = {"name": "Ines Duarte", "role": "OWNER", "kind": "PRIVATE_COMPANY"}
    alone = party("Ines Duarte", kind="INDIVIDUAL", ein=None, principals=[*DECLARED, firm])
    assert "Ines Duarte is a person; name them among the principals" in told(alone).reason


def test_an_office_declared_elsewhere_in_a_grant_is_looked_at_and_nobody_else_there_is_asked() -> None:
    partner = party("River Radio", ein="001000005", principals=[behind("Rosa Quiroga", MAYOR), behind("Abel Mbeki")])
    made = proposal(partner=partner)
    seen = verification(status(), public_offices_asked=True)
    with under(RULE_BOOK.version):
        content = {"partner": partner, "funds_out": made.funds_out.model_copy(update={"payee": led_by()})}  # type: ignore[union-attr]
        found = spoken(judged(content, funding().funders[0].profile, seen), RULE)
    assert found.about == (f"Rosa Quiroga, director of River Radio, {MAYOR.told}",)


def test_its_questions_bind_at_the_next_payment() -> None:
    assert RULE in AT_ONCE


# The look is of this person and this office

PEOPLE = ("Rosa Quiroga", "rosa quiroga", "QUIROGA, Rosa", "Rosa  María Quiroga", "Роза Кирога", "罗莎", "Abel Mbeki")
"""Names as people write them. Each spelling is looked at by itself."""

offices = st.builds(
    lambda tie, name, holder, until: office(
        tie=tie, office=name, holder=None if tie is OfficeTie.HOLDER else holder, until=until
    ),
    st.sampled_from([OfficeTie.HOLDER, OfficeTie.FAMILY, OfficeTie.ASSOCIATE]),
    st.sampled_from(["Mayor of Riverbend", "mayor of Riverbend", "Alcaldesa de Ríoalto", "总理 佐尔瓦尼亚"]),
    st.sampled_from(["Abel Mbeki", "Ana Quiroga"]),
    st.sampled_from([None, "2024-06-30", "2020-01-01"]),
)
declarations = st.one_of(st.none(), st.just(NO_OFFICE), offices)
persons = st.builds(
    lambda name, role, declared: behind(name, declared, role),
    st.sampled_from(PEOPLE), st.sampled_from(["DIRECTOR", "SIGNATORY", "OWNER"]), declarations,
)  # fmt: skip
boards = st.lists(persons, min_size=1, max_size=5)
law = settings(max_examples=60, database=None, derandomize=True)


def declared_by(board: list[dict[str, Any]]) -> list[Principal]:
    return [Principal.model_validate(one) for one in board]


@law
@given(boards)
def test_nobody_passes_who_declared_nothing_or_an_office(board: list[dict[str, Any]]) -> None:
    """Whoever is behind a payee: it passes exactly if each of them declares none."""
    everybody_none = all(one.public_office == NO_OFFICE for one in declared_by(board))
    assert (told(party(principals=board)).outcome is PASS) is everybody_none


@pytest.mark.slow
@law
@given(boards, boards)
def test_a_look_at_some_people_and_offices_clears_no_others(
    seen: list[dict[str, Any]], now: list[dict[str, Any]]
) -> None:
    """Given a look at some people, when others stand there, then exactly what was not looked at is asked."""
    before, after = (party(principals=board) for board in (seen, now))
    asked = against_payment(looked(after), tuple(keys(before)), ())
    new = keys(after) - keys(before)
    assert (RULE in str(asked)) is bool(new)
    looked_at = {(one.name, one.role, one.public_office) for one in declared_by(seen)}
    stands = {(one.name, one.role, one.public_office) for one in declared_by(now) if one.public_office != NO_OFFICE}
    assert bool(new) is bool(stands - looked_at)


@pytest.mark.parametrize(
    "other",
    [
        behind("Rosa Quiroga", office(tie="HOLDER", office="Minister of Fire of Zorvania", until="2024-06-30")),
        behind("Rosa Quiroga", office(tie="HOLDER", office="Minister of Water of Zorvania")),
        behind("Rosa Quiroga", office(tie="HOLDER", office="Minister of Water of Zorvania", until="2025-06-30")),
        behind("Rosa Quiroga", MINISTER, "OWNER"),
        behind("Rosa Quirogo", MINISTER),
        behind("Rosa Quiroga", office(tie="FAMILY", office="Minister of Water of Zorvania", holder="Ana Quiroga")),
        behind("Rosa Quiroga"),
    ],
    ids=["another office", "held again", "a later end", "another part", "another person", "another's", "taken back"],
)
def test_what_changes_of_a_person_or_office_is_asked_anew(other: dict[str, Any]) -> None:
    assert not keys(led_by(other)) <= keys(led_by(behind("Rosa Quiroga", MINISTER)))


def test_the_same_office_told_again_by_another_is_no_news() -> None:
    again = MINISTER.model_copy(update={"declared_by": "Abel Mbeki"})
    assert keys(led_by(behind("Rosa Quiroga", again))) == keys(led_by(behind("Rosa Quiroga", MINISTER)))
