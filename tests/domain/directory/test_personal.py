"""Persons: directors, signatories, owners and people as parties, wherever an event holds them."""

from __future__ import annotations

from typing import Any

import pytest

from domain.directory.personal import PERSONAL_FIELDS, people_in
from domain.parties import Party, PartyKind, Principal
from domain.partnership.events import PartnershipProposed
from domain.policy.proofs.determinations import unnamed_in
from domain.recorded.schema import event_payload, read_event
from domain.values import ERASED_NAME
from tests.builders import NOON, abroad, complete_equivalency, funding, funds_out, match, party
from tests.builders import as_given as proposal

ROSA = {"name": "Rosa Quiroga", "role": "DIRECTOR"}
ABEL = {"name": "Abel Mbeki", "role": "SIGNATORY"}


def test_organisations_are_not_people() -> None:
    assert people_in(proposal()) == ()


def test_everybody_behind_a_party_is_told_apart_by_it() -> None:
    [rosa, abel] = people_in(proposal(partner=party(principals=(ROSA, ABEL))))
    assert (rosa.name, rosa.subject) == ("Rosa Quiroga", "Rosa Quiroga, Riverbend Library Network (US)")
    assert abel.name == "Abel Mbeki"


def test_one_person_in_two_parts_is_one() -> None:
    behind = party(principals=(ROSA, {**ROSA, "role": "OWNER"}))
    assert len(people_in(proposal(partner=behind, funds_out=funds_out(payee=behind)))) == 1


def test_a_person_as_a_party_is_known_by_every_name() -> None:
    someone = party("Ines Duarte", kind=PartyKind.INDIVIDUAL, ein=None, also_known_as=("Inês Duarte",))
    found = people_in(funds_out(payee=someone)["payee"])
    assert [one.name for one in found] == ["Ines Duarte", "Inês Duarte"]
    assert {one.subject for one in found} == {"Ines Duarte (US)"}


@pytest.mark.parametrize("kind", [kind for kind in PartyKind if kind is not PartyKind.INDIVIDUAL])
def test_a_firm_that_owns_a_party_is_nobody_whose_name_is_sealed(kind: PartyKind) -> None:
    firm = {"name": "Quarry Lane Holdings", "role": "OWNER", "kind": kind}
    assert [one.name for one in people_in(party(principals=(firm, ROSA)))] == ["Rosa Quiroga"]


@pytest.mark.parametrize(
    "told",
    [{}, {"kind": PartyKind.INDIVIDUAL}, {"born": "1961-04-05"}],
    ids=["nobody says what it is", "a person", "who was born"],
)
def test_who_may_be_a_person_is_taken_for_one(told: dict[str, Any]) -> None:
    [rosa] = people_in(party(principals=({**ROSA, **told},)))
    assert (rosa.name, rosa.subject) == ("Rosa Quiroga", "Rosa Quiroga, Riverbend Library Network (US)")


def test_what_else_is_a_persons_own_are_fields_that_stand_beside_her_name() -> None:
    holders = (Principal.model_validate(ROSA), Party(name="Ines Duarte", kind=PartyKind.INDIVIDUAL, country="PE"))
    fields = {field for holder in (*holders, match()) for field in type(holder).model_fields}
    assert set(PERSONAL_FIELDS) <= fields


def test_an_event_with_erased_names_still_means_what_it_meant() -> None:
    event = PartnershipProposed(
        at=NOON,
        actor="pia.berg",
        proposal=proposal(partner=party(principals=({**ROSA, "born": "1961-04-05"},))),
        funding=funding(),
    )
    payload = event_payload(event)
    payload["proposal"]["partner"]["principals"][0] |= {"name": ERASED_NAME, "born": ERASED_NAME}
    read = read_event("PartnershipProposed", 1, payload)
    assert isinstance(read, PartnershipProposed)
    [rosa] = read.proposal.partner.principals
    assert (rosa.name, rosa.born, rosa.role) == (ERASED_NAME, None, "DIRECTOR")


def test_an_event_with_an_erased_contact_still_means_what_it_meant() -> None:
    asked = {"name": "Ida Holm", "email": "ida.holm@library.example", "organization": "Riverbend Library Network"}
    event = PartnershipProposed(at=NOON, actor="pia.berg", proposal=proposal(contacts=(asked,)), funding=funding())
    payload = event_payload(event)
    payload["proposal"]["contacts"][0] |= {"name": ERASED_NAME, "email": ERASED_NAME}
    read = read_event("PartnershipProposed", 1, payload)
    assert isinstance(read, PartnershipProposed)
    [ida] = read.proposal.contacts
    assert (ida.name, ida.organization) == (ERASED_NAME, "Riverbend Library Network")
    assert "@" not in str(ida.email)


def test_who_gave_a_determination_is_a_person_with_what_lets_them_practise() -> None:
    advised = proposal(funds_out=funds_out(payee=abroad(), equivalency=complete_equivalency()))
    of_lena = [one for one in people_in(advised) if one.subject == "Lena Hartwig, attorney who advises ISOC"]
    assert [one.name for one in of_lena] == ["Lena Hartwig", "State Bar of Kansas 20417"]


def test_an_event_with_an_erased_practitioner_still_means_what_it_meant() -> None:
    advised = proposal(funds_out=funds_out(payee=abroad(), equivalency=complete_equivalency()))
    event = PartnershipProposed(at=NOON, actor="pia.berg", proposal=advised, funding=funding())
    payload = event_payload(event)
    payload["proposal"]["funds_out"]["equivalency"] |= {"practitioner_name": ERASED_NAME, "credential": ERASED_NAME}
    read = read_event("PartnershipProposed", 1, payload)
    assert isinstance(read, PartnershipProposed)
    assert read.proposal.funds_out is not None
    given = read.proposal.funds_out.equivalency
    assert given is not None
    assert (given.practitioner_name, unnamed_in(given)) == (ERASED_NAME, ())
