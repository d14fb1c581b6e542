"""A truth is about the party that is named, or else the main party, and about every person in the partnership."""

from __future__ import annotations

from typing import Any

import pytest

from domain.directory.directory import Directory
from domain.directory.people import Delegation
from domain.directory.tiers import Role
from domain.parties import PartyKind
from domain.screening.truths import TruthKind
from domain.truths.drawing import Fact, truths_from
from domain.truths.touching import about, main_party, party_named
from domain.truths.truth import lenders_of
from records.truths import ALIKE
from tests.builders import NOON, funds_in, funds_out, party, proposal
from tests.domain.truths.test_truths import PAYEE, SINCE, answered, folded, told, words

ALSO = party("Riverbend Library Network", ein="001000001", also_known_as=("Riverbend Readers",))
BEFORE = proposal(funds_out=funds_out(payee=ALSO), partner=ALSO)


@pytest.mark.parametrize("name", ["Riverbend Library Network", "riverbend library network", "RIVERBEND READERS"])
def test_a_party_is_named_by_any_of_its_names_in_any_case(name: str) -> None:
    found = party_named(BEFORE, name)
    assert found is not None
    assert found.name == PAYEE.name
    assert party_named(BEFORE, "Lakeside School") is None


def test_without_a_name_it_is_about_the_payee_else_the_donor_else_the_partner() -> None:
    both = proposal(funds_out=funds_out(payee=ALSO), partner=ALSO, funds_in=funds_in())
    assert main_party(both).name == PAYEE.name
    assert main_party(proposal(funds_in=funds_in())).name == "Northern Light Telecom Ltd"
    joint = proposal(
        partner=party("Packet Harbour Ltd", kind=PartyKind.PRIVATE_COMPANY, ein=None),
        non_monetary={"funder": "ISOC", "activity": "A campaign on routing security"},
    )
    assert main_party(joint).name == "Packet Harbour Ltd"


@pytest.mark.parametrize(
    ("more", "name"),
    [
        (
            {"contacts": [{"organization": PAYEE.name, "name": "Jane Roe", "email": "jane@riverbend.example"}]},
            "Jane Roe",
        ),
        ({}, None),
    ],
)
def test_a_person_whom_the_proposal_names_is_touched(more: dict[str, Any], name: str | None) -> None:
    known = proposal(funds_out=funds_out(payee=ALSO), partner=ALSO, **more)
    assert about((), words(person="Jane Roe"), known, ALIKE) == name


def test_an_organisation_of_the_same_name_is_no_person() -> None:
    assert about((), words(person=PAYEE.name), BEFORE, ALIKE) is None


def test_a_person_is_named_among_those_whom_a_gift_brings_without_a_payee() -> None:
    """Without money out there is no benefit to look through."""
    assert about((), words(person="Jane Roe"), proposal(funds_in=funds_in()), ALIKE) is None


LONG = "Riverbend Community Library Network Foundation"


@pytest.mark.parametrize(
    ("payee", "told_of"),
    [
        pytest.param("House of Courage", "COURAGE HOUSE", id="another order"),
        pytest.param("Riverbend Library Network", "Riverbend Libary Network", id="a slip"),
        pytest.param("Mary Olsen Foundation", "Mark Olsen Foundation", id="a slip in a given name, as it may be"),
        pytest.param(LONG, LONG.upper()[:35], id="cut by a bank's form between words"),
        pytest.param(LONG, LONG.upper()[:43], id="cut by a form within a word"),
    ],
)
def test_a_truth_reaches_whatever_body_may_be_meant(payee: str, told_of: str) -> None:
    """A wrong yes is one answer of a verifier; a wrong no hides what somebody told."""
    known = party(payee, ein=None)
    assert about((), words(names=(told_of,)), proposal(funds_out=funds_out(payee=known), partner=known), ALIKE) == payee


def test_a_truth_does_not_reach_a_body_of_another_name_or_another_number() -> None:
    known = party("Riverbend Community Library Network", ein="001000001")
    given = proposal(funds_out=funds_out(payee=known), partner=known)
    assert about((), words(names=("Friends of Riverbend Community Library",)), given, ALIKE) is None
    assert about((), words(names=("Riverbend Telecom",)), given, ALIKE) is None
    assert about((), words(names=(LONG.upper()[:35],), ein="001000002"), given, ALIKE) is None


def test_how_a_truth_stands_is_one_line() -> None:
    waits, so = folded(told()), folded(told(), answered(so=True))
    not_so = folded(told(), answered(so=False))
    assert waits.standing.endswith(": Its exemption is revoked (waits for a verifier's answer)")
    assert so.standing.endswith("(so, by vera.lind: I looked)")
    assert not_so.standing.endswith("(not so, by vera.lind: I looked)")


def test_who_lent_another_role_or_to_another_person_answers_nothing() -> None:
    lent = Delegation(lender="vera.lind", borrower="ana.silva", role=Role.PAYER, starts_on=SINCE, ends_on=SINCE)
    other = Delegation(lender="vera.lind", borrower="femi.ade", role=Role.VERIFIER, starts_on=SINCE, ends_on=SINCE)
    assert lenders_of(Directory(delegations=(lent, other)), "ana.silva") == frozenset()


def test_facts_of_namesakes_with_different_numbers_are_different_truths() -> None:
    facts = [
        Fact(kind=TruthKind.LOST_STATUS, what="It is revoked", since=SINCE, party=party(PAYEE.name, ein=ein))
        for ein in ("001000001", "001000002", None)
    ]
    drawn = truths_from(facts, partnership_id="P-2026-0042", teller="pia.berg", source="", at=NOON)
    assert len({one.words.of for one in drawn}) == 3
