"""A clearance is signed, by one who may, for one pair: it ends when who was screened or what is listed changes."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from pydantic import ValidationError

from domain.directory.directory import Directory
from domain.directory.evolution import fold_directory
from domain.directory.people import (
    Delegation,
    DirectoryFounded,
    KeyEnrolled,
    KeyRevoked,
    RoleDelegated,
    StaffLeft,
    StaffRegistered,
)
from domain.fault import Fault
from domain.parties import Party
from domain.screening.clearance import (
    MatchCleared,
    clearance_content,
    clearance_fault,
    clearance_statement,
    clears_as,
    conflict_of_duties,
    pair_of,
)
from domain.signatures.signing import content_digest
from domain.streams import StreamId
from records.keys.verification import verified
from tests.builders import NOON, STAFF, document, member, number, party, principal
from tests.domain.partnership.hands import key_of, signature_on
from tests.domain.partnership.specification import REFERENCE

ROWS = ('9077,"RIVERBANK LIBRARY NETWORK",-0- ,"SAMPLE"', '9077,1,"aka","RIVERBANK READERS",-0- ')
LISTED = ("ofac-sdn", "9077", ROWS)
PAIR = pair_of(party(), *LISTED)
OTHER_PAIR = pair_of(party("Harbour Schools Trust"), *LISTED)
KNOWN = tuple(StaffRegistered(member=member(name)) for name in STAFF)
KEYS = tuple(KeyEnrolled(staff_id=name, key=key_of(name)) for name in STAFF)


def organisation(*more: Any) -> Directory:
    return fold_directory([DirectoryFounded(changes=(*KNOWN, *KEYS, *more))], verified)


def cleared(by: str = "vera.lind", key: str = "") -> MatchCleared:
    content = clearance_content(PAIR, REFERENCE, "founded forty years apart; the charter was seen")
    signature = signature_on(clearance_statement(content, by, NOON, number("clear")), key)
    return MatchCleared(at=NOON, actor=by, signature=signature, **content)


def fault(event: MatchCleared, directory: Directory | None = None) -> Fault | None:
    return clearance_fault(event, directory or organisation(), verified, event.at.date())


# The statement.


def test_what_is_signed_names_the_pair_the_person_the_time_and_what_she_says() -> None:
    said = cleared().signature.statement
    content = {
        "pair": PAIR,
        "partnership_id": REFERENCE,
        "reason": "founded forty years apart; the charter was seen",
    }
    assert (said.subject, said.act, said.actor, said.at) == (f"clearance/{PAIR}", "clear_match", "vera.lind", NOON)
    assert (said.content_sha256, said.command_id) == (content_digest(content), number("clear"))
    assert said.subject == StreamId.clearance(PAIR)


@pytest.mark.parametrize("lacking", ["signature", "reason", "pair", "partnership_id"])
def test_without_a_signature_a_reason_a_pair_or_a_case_there_is_no_clearance(lacking: str) -> None:
    content = cleared().model_dump(mode="json", exclude={lacking})
    with pytest.raises(ValidationError, match=lacking):
        MatchCleared.model_validate(content)


# Whose clearance counts.


@pytest.mark.parametrize("who", ["vera.lind", "dora.kim"])
def test_a_verifier_and_a_director_clear_a_match(who: str) -> None:
    assert fault(cleared(who)) is None


@pytest.mark.parametrize("who", sorted(set(STAFF) - {"vera.lind", "dora.kim"}))
def test_nobody_else_does_whatever_she_signs(who: str) -> None:
    assert f"{who} may not clear a match: it needs DIRECTOR or VERIFIER, and {who} holds" in str(fault(cleared(who)))


def test_somebody_whom_the_directory_does_not_know_clears_nothing() -> None:
    assert "'mal.ory' is not in the staff directory" in str(fault(cleared("mal.ory")))
    assert "'vera.lind' is not in the staff directory" in str(
        fault(cleared(), organisation(StaffLeft(staff_id="vera.lind")))
    )


FORGED = [
    pytest.param({"pair": OTHER_PAIR}, "for another partnership", id="another pair"),
    pytest.param({"partnership_id": "P-2026-0043"}, "for another content", id="another case"),
    pytest.param({"reason": "nobody looked"}, "for another content", id="another reason"),
    pytest.param({"at": NOON + timedelta(days=1)}, "for another time", id="another time"),
    pytest.param({"actor": "dora.kim"}, "for another person", id="another person who may"),
]


@pytest.mark.parametrize(("changed", "told"), FORGED)
def test_a_good_signature_is_worth_nothing_on_anything_else(changed: dict[str, Any], told: str) -> None:
    assert told in str(fault(cleared().model_copy(update=changed)))


def test_a_signature_on_another_kind_of_decision_is_none() -> None:
    event = cleared()
    other = signature_on(event.signature.statement.model_copy(update={"act": "override_guard"}))
    assert "another kind of decision" in str(fault(event.model_copy(update={"signature": other})))


def test_another_hand_clears_nothing_in_her_name() -> None:
    forged = cleared(key="paul.nkosi")
    assert f"no key {key_of('paul.nkosi').key_id} of vera.lind in force" in str(fault(forged))
    named = forged.signature.model_copy(update={"key_id": key_of("vera.lind").key_id})
    assert str(fault(forged.model_copy(update={"signature": named}))) == "the signature is not vera.lind's"


def test_a_key_that_is_not_in_force_clears_nothing() -> None:
    key_id = key_of("vera.lind").key_id
    assert "holds no key" in str(fault(cleared(), organisation(KeyRevoked(staff_id="vera.lind", key_id=key_id))))


LENT = Delegation(
    lender="vera.lind", borrower="otto.audit", role="VERIFIER", starts_on=NOON.date(), ends_on=NOON.date()
)


def part(actor: str, *involved: str) -> Fault | None:
    return conflict_of_duties(actor, organisation(RoleDelegated(delegation=LENT)), NOON.date(), REFERENCE, involved)


def test_who_proposed_it_or_has_an_interest_is_no_second_person() -> None:
    assert "another person looks" in str(part("vera.lind", "vera.lind"))
    assert part("vera.lind", "pia.berg") is None


def test_a_role_that_is_lent_clears_unless_the_lender_has_a_part_in_the_case_herself() -> None:
    assert fault(cleared("otto.audit"), organisation(RoleDelegated(delegation=LENT))) is None
    assert part("otto.audit", "pia.berg") is None
    assert str(part("otto.audit", "vera.lind")).startswith("otto.audit would clear it for vera.lind, who has a part in")


# What a pair is.


@pytest.mark.parametrize(
    "changed",
    [
        pytest.param({"name": "Riverbend Library Networks"}, id="name"),
        pytest.param({"also_known_as": ("Riverbend Readers",)}, id="another name"),
        pytest.param({"country": "CA"}, id="country"),
        pytest.param({"kind": "ACADEMIC"}, id="kind"),
        pytest.param({"ein": "001000009"}, id="EIN: two organisations may bear one name"),
        pytest.param({"ein": None}, id="no EIN"),
        pytest.param(
            {"behind": "Lantern Cooperative (PE)"}, id="whom she governs: another of her name governs another"
        ),
    ],
)
def test_what_is_screened_of_a_party_makes_another_pair(changed: dict[str, Any]) -> None:
    assert pair_of(party(**changed), *LISTED) != PAIR


@pytest.mark.parametrize(
    "listed",
    [
        pytest.param(("un-consolidated", "9077", ROWS), id="register"),
        pytest.param(("ofac-sdn", "9078", ROWS), id="entity"),
        pytest.param(("ofac-sdn", "9077", (*ROWS, '9077,2,"aka","RIVERBEND READERS",-0- ')), id="a row more"),
        pytest.param(("ofac-sdn", "9077", ROWS[:1]), id="a row fewer"),
        pytest.param(("ofac-sdn", "9077", (ROWS[0].replace("SAMPLE", "OTHER"), ROWS[1])), id="a row as it now is"),
        pytest.param(("ofac-sdn", "9077", ("".join(ROWS),)), id="two rows in one"),
    ],
)
def test_what_the_list_says_of_the_entity_makes_another_pair(listed: tuple[str, str, tuple[str, ...]]) -> None:
    assert pair_of(party(), *listed) != PAIR


@pytest.mark.parametrize(
    "other",
    [
        pytest.param(party(governmental=True), id="part of a government"),
        pytest.param(party(documents=[document("CHARITABLE_COVENANT")]), id="documents"),
        pytest.param(party(principals=[principal("Wren Aldous")]), id="who governs it"),
        pytest.param(party(central={"name": "Open Networks United", "ein": "001000005"}), id="its group"),
    ],
)
def test_what_nobody_screens_makes_no_other_pair(other: Party) -> None:
    assert pair_of(other, *LISTED) == PAIR


def test_the_order_in_which_a_list_has_its_rows_makes_no_other_pair() -> None:
    assert pair_of(party(), "ofac-sdn", "9077", reversed(ROWS)) == PAIR


def test_a_role_that_was_lent_for_a_day_clears_nothing_that_is_recorded_on_another() -> None:
    known = organisation(RoleDelegated(delegation=LENT))
    assert "may not clear" in str(
        clearance_fault(cleared("otto.audit"), known, verified, NOON.date() + timedelta(days=9))
    )


def test_in_whose_name_a_match_was_cleared_is_told_where_the_role_was_lent() -> None:
    known = organisation(RoleDelegated(delegation=LENT))
    assert [clears_as(who, known, NOON.date()) for who in ("vera.lind", "otto.audit", "pia.berg")] == [
        "vera.lind",
        "otto.audit for vera.lind",
        None,
    ]
