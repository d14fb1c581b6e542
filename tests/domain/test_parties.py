"""The kind of a party, person or firm, and a day of birth: told where it is known, and nothing where it is not."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from pydantic import ValidationError

from domain.parties import Party, PartyKind, Principal
from domain.partnership import commands as c
from domain.policy.canonical import digest_under
from domain.policy.rulebook import EDITIONS, assess
from domain.proposal import Proposal
from domain.signatures.signing import content_digest
from domain.values import ERASED_NAME
from tests.builders import NOON, as_before, funding, number, party, principal, proposal, status, verification

BORN = date(1961, 4, 5)
PERSON, FIRM = PartyKind.INDIVIDUAL, PartyKind.PRIVATE_COMPANY
FIRMS = [kind for kind in PartyKind if kind is not PERSON]
BOARD = (principal("Rosa Quiroga"), principal("Abel Mbeki", "OWNER", "50"))


def governed(*board: dict[str, Any]) -> Proposal:
    return as_before(partner=party(principals=board or BOARD))


def behind(**more: Any) -> dict[str, Any]:
    return {"name": "Rosa Quiroga", "role": "DIRECTOR", **more}


# A date of birth.


@pytest.mark.parametrize("kind", FIRMS)
def test_only_a_person_is_born(kind: PartyKind) -> None:
    told = f"Quarry Lane Trust is {kind.value}, and only an INDIVIDUAL has a date of birth; leave out `born`"
    with pytest.raises(ValidationError, match=told):
        party("Quarry Lane Trust", kind=kind, born=BORN)
    with pytest.raises(ValidationError, match=told):
        Principal.model_validate(behind(name="Quarry Lane Trust", kind=kind, born=BORN))


@pytest.mark.parametrize("written", ["1961-04-05", BORN])
def test_a_persons_date_of_birth_is_kept(written: object) -> None:
    someone = party("Ines Duarte", kind=PERSON, ein=None, born=written)
    assert (someone.born, someone.model_dump(mode="json")["born"]) == (BORN, "1961-04-05")
    assert Principal.model_validate(behind(born=written)).born == BORN


@pytest.mark.parametrize("written", ["5 April 1961", "1961-13-05", "1961-02-30", "", "unknown", 1961.5])
def test_what_is_no_date_is_refused(written: object) -> None:
    with pytest.raises(ValidationError, match="born"):
        Principal.model_validate(behind(born=written))


def test_of_somebody_erased_nobody_knows_it() -> None:
    someone = party(ERASED_NAME, kind=PERSON, ein=None, born=ERASED_NAME)
    assert (someone.born, Principal.model_validate(behind(name=ERASED_NAME, born=ERASED_NAME)).born) == (None, None)


# What was signed and hashed before there was such a field stays what it was.

SIGNED = "9d132085bac894241a56c761ee74788de0c02d595ec49f5192b5982b3cd8be09"
KNOWN = {
    "2026.2": "517d2db42604311aeff84e3ad004f7aa6f68674d53654bce2ade87fb27e384aa",
    "2026.3": "517d2db42604311aeff84e3ad004f7aa6f68674d53654bce2ade87fb27e384aa",
}
"""Made when nobody could say when a person was born."""


def test_what_is_not_known_is_not_written() -> None:
    assert set(party().model_dump(mode="json")) == {
        "name", "kind", "country", "ein", "also_known_as", "governmental", "documents", "principals", "central",
    }  # fmt: skip
    known = Principal.model_validate(behind())
    assert known.model_dump(mode="json") == {**behind(), "country": None, "share": None}
    assert "born" not in known.model_dump_json() + party().model_dump_json()


def test_a_proposal_that_tells_no_birth_is_signed_as_it_always_was() -> None:
    command = c.Propose(command_id=number("propose"), at=NOON, actor="pia.berg", proposal=governed())
    assert content_digest(command.content()) == SIGNED


@pytest.mark.parametrize("edition", KNOWN)
def test_what_a_decision_rested_on_has_the_digest_that_it_had(edition: str) -> None:
    assert digest_under(governed(), edition) == KNOWN[edition]


@pytest.mark.parametrize("told", [{"born": BORN}, {"kind": PERSON}, {"kind": FIRM}], ids=["born", "a person", "a firm"])
def test_what_is_told_now_is_in_the_digest_of_the_edition_that_knows_it_and_of_no_older_one(
    told: dict[str, Any],
) -> None:
    more = governed({**BOARD[0], **told}, BOARD[1])
    assert digest_under(more, "2026.2") == KNOWN["2026.2"]
    assert digest_under(more, "2026.3") != KNOWN["2026.3"]


FACTS = {
    "2026.2": "4bcc685418e2013ad45e54bc230cea8c5b6f3b95ffbae60364481737d4dea595",
    "2026.3": "d6705ac899fe0cd0c67292c4cb19de4014b7c251105a7bcf7ff0370b4830f742",
}


@pytest.mark.parametrize("edition", FACTS)
def test_an_old_assessment_taken_again_rests_on_the_same_facts(edition: str) -> None:
    again = assess(governed(), funding(), verification(status()), book=EDITIONS[edition])
    assert again.facts_sha256 == FACTS[edition]


# As what somebody is screened.


@pytest.mark.parametrize(
    ("told", "screened"),
    [
        pytest.param({}, [(PERSON, None), (FIRM, None)], id="nobody says: as either"),
        pytest.param({"born": BORN}, [(PERSON, BORN)], id="who was born is a person"),
        pytest.param({"kind": PERSON, "born": BORN}, [(PERSON, BORN)], id="a person, and when she was born"),
        *[pytest.param({"kind": kind}, [(kind, None)], id=kind.value) for kind in PartyKind],
    ],
)
def test_who_is_behind_a_party_is_screened_as_what_it_is(told: dict[str, Any], screened: list[Any]) -> None:
    parties = governed(behind(**told)).parties
    assert [(one.kind, one.born) for one in parties if one.name == "Rosa Quiroga"] == screened


def test_somebody_without_a_country_of_her_own_is_screened_with_the_partys() -> None:
    abroad = governed(behind(country="PE"), behind(name="Abel Mbeki")).parties
    assert {(one.name, one.country) for one in abroad[1:]} >= {("Rosa Quiroga", "PE"), ("Abel Mbeki", "US")}


def test_a_party_that_is_a_person_is_screened_with_her_birth() -> None:
    someone = party("Ines Duarte", kind=PERSON, ein=None, born=BORN)
    assert someone.with_principals == (someone,)
    assert Party.model_validate_json(someone.model_dump_json()) == someone


def test_whom_somebody_stands_behind_is_said_by_the_principals_and_by_nothing_else() -> None:
    known = party(principals=({"name": "Rosa Quiroga", "role": "DIRECTOR", "kind": "INDIVIDUAL"},))
    assert [one.behind for one in known.with_principals] == [None, "Riverbend Library Network (US)"]
    assert "behind" not in str(Proposal.model_json_schema())
    with pytest.raises(ValidationError, match="leave out `behind`"):
        proposal(partner=known.with_principals[1])
