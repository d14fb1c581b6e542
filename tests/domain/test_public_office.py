"""A declaration of a public office says whose it is, which and where, until when, and who declares it."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from pydantic import ValidationError

from domain.parties import Principal
from domain.public_office import OfficeTie, PublicOffice
from domain.values import ERASED_NAME
from tests.builders import party
from tests.offices import MINISTER, NO_OFFICE, behind, office


@pytest.mark.parametrize("tie", ["none", "None", "no", "OWNER", "", None, False])
def test_the_tie_is_one_of_four(tie: Any) -> None:
    with pytest.raises(ValidationError, match="tie"):
        office(tie=tie)


@pytest.mark.parametrize("missing", ["declared_by", "declared_on"])
def test_a_declaration_says_who_made_it_and_when(missing: str) -> None:
    content = NO_OFFICE.model_dump(mode="json")
    content.pop(missing)
    with pytest.raises(ValidationError, match=missing):
        PublicOffice.model_validate(content)


@pytest.mark.parametrize("more", [{"office": "Mayor of Riverbend"}, {"holder": "Abel Mbeki"}, {"until": "2020-01-01"}])
def test_none_and_an_office_are_no_answer(more: dict[str, str]) -> None:
    with pytest.raises(ValidationError, match="tie: an office is given, and NONE says that there is none"):
        office(**more)


@pytest.mark.parametrize("written", ["", "Mayor", "MP", "n/a", "-", "yes", "  Minister  "])
@pytest.mark.parametrize("tie", ["HOLDER", "FAMILY", "ASSOCIATE"])
def test_an_office_is_named_with_its_place(tie: str, written: str) -> None:
    with pytest.raises(ValidationError, match="office: say which office it is and where"):
        office(tie=tie, office=written, holder=None if tie == "HOLDER" else "Abel Mbeki")


@pytest.mark.parametrize("tie", ["FAMILY", "ASSOCIATE"])
def test_whose_office_it_is_has_a_name(tie: str) -> None:
    with pytest.raises(ValidationError, match="holder: say whose office it is"):
        office(tie=tie, office="Mayor of Riverbend")


def test_their_own_office_has_no_other_holder() -> None:
    with pytest.raises(ValidationError, match="HOLDER says that the office is their own"):
        office(tie="HOLDER", office="Mayor of Riverbend", holder="Abel Mbeki")


@pytest.mark.parametrize("office_name", ["Mayor\nof Riverbend", "Mayor of \u202eRiverbend", "Mayor of ⟦Riverbend"])
def test_no_office_hides_what_it_says(office_name: str) -> None:
    with pytest.raises(ValidationError):
        office(tie="HOLDER", office=office_name)


@pytest.mark.parametrize(
    ("declared", "words"),
    [
        (NO_OFFICE, "holds and held no prominent public office, nor does or did anybody close to them"),
        (MINISTER, "held the office of Minister of Water of Zorvania until 2024-06-30"),
        (office(tie="HOLDER", office="Mayor of Riverbend"), "holds the office of Mayor of Riverbend"),
        (
            office(tie="FAMILY", office="Mayor of Riverbend", holder="Abel Mbeki"),
            "is close family of Abel Mbeki, who holds the office of Mayor of Riverbend",
        ),
        (
            office(tie="ASSOCIATE", office="Mayor of Riverbend", holder="Abel Mbeki", until="2024-06-30"),
            "is a close associate of Abel Mbeki, who held the office of Mayor of Riverbend until 2024-06-30",
        ),
    ],
)
def test_it_is_told_in_words(declared: PublicOffice, words: str) -> None:
    assert declared.told == words
    assert declared.declared == "declared by Ines Marek on 2026-11-02"


def test_what_was_erased_is_read_still() -> None:
    erased = {"office": ERASED_NAME, "holder": ERASED_NAME, "declared_by": ERASED_NAME, "declared_on": "2026-11-02"}
    assert PublicOffice.model_validate({"tie": "FAMILY", **erased}).tie is OfficeTie.FAMILY


@pytest.mark.parametrize("kind", ["NONPROFIT", "PRIVATE_COMPANY", "GOVERNMENT"])
def test_only_a_person_holds_an_office(kind: str) -> None:
    with pytest.raises(ValidationError, match=r"public_office: Quarry Holding is .*, and only an INDIVIDUAL holds one"):
        Principal(name="Quarry Holding", role="OWNER", kind=kind, public_office=NO_OFFICE)


@pytest.mark.parametrize("more", [{}, {"kind": "INDIVIDUAL"}, {"born": date(1961, 4, 5)}])
def test_whoever_may_be_a_person_may_declare_one(more: dict[str, Any]) -> None:
    assert Principal(name="Rosa Quiroga", role="OWNER", public_office=MINISTER, **more).public_office == MINISTER


@pytest.mark.parametrize("declared_by", ["Riverbend Library Network", "RIVERBEND library network", "River Library"])
def test_a_person_declares_it_and_no_organisation(declared_by: str) -> None:
    """The name of who declares it is sealed as a person's, and an organisation's stands in clear."""
    told = [behind("Rosa Quiroga", NO_OFFICE), behind("Rosa Quiroga", office(declared_by=declared_by))]
    with pytest.raises(ValidationError, match=r"principals\.1\.public_office\.declared_by: name the person"):
        party(principals=told, also_known_as=["River Library"])


def test_a_payee_that_is_a_person_declares_it_itself() -> None:
    alone = [behind("Ines Marek", NO_OFFICE)]
    assert party("Ines Marek", kind="INDIVIDUAL", ein=None, principals=alone).principals[0].public_office == NO_OFFICE


def test_a_principal_without_one_is_written_as_before() -> None:
    """Proposals that were signed before keep their bytes."""
    assert "public_office" not in Principal(name="Rosa Quiroga", role="OWNER").model_dump(mode="json")
    assert set(NO_OFFICE.model_dump(mode="json")) == {"tie", "declared_by", "declared_on"}
