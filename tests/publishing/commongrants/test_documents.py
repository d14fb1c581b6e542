"""Award documents: valid by the protocol's own model, their sums the ledger's, and ids that outlast a name."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from publishing.awards import PublisherUnknown
from publishing.cases import GrantCase
from publishing.commongrants.publication import common_grants
from publishing.counting import Counted
from publishing.movements import MovementKind
from tests.builders import funds_out, party, principal
from tests.domain.partnership import specification as s
from tests.publishing.casting import Cast, body, given_to, granted, stand
from tests.publishing.commongrants.models import documents, model, page, require_awards
from tests.publishing.threesixty.test_package import ON, whole
from tests.thoroughness import draws


@pytest.fixture(scope="module")
def cases() -> list[GrantCase]:
    """Grants of every status: agreed, paid, held, ended, to a person, in another currency, and withheld."""
    cast, library = whole(), body("Library C", "001000003")
    held = granted(library, "600.00", "400.00").given(s.hold())
    cast.tell("P-2026-0005", held)
    cast.tell("P-2026-0006", granted(body("Library D", "001000004"), "700.00").given(s.terminate()))
    cast.tell("P-2026-0007", granted(library, "80.00", withheld_for="They are in danger"))
    cast.tell("P-2026-0008", s.in_approval())
    return cast.cases()


def test_a_document_says_what_is_recorded_and_no_more(cases: list[GrantCase]) -> None:
    full, plain, person, *_ = documents(common_grants(cases, stand(ON)))
    assert full["funding"] == {
        "requestedAmount": {"amount": "12000.00", "currency": "USD"},
        "awardedAmount": {"amount": "10000.00", "currency": "USD"},
        "disbursedAmount": {"amount": "6000.00", "currency": "USD"},
    }
    assert full["keyDates"]["awardDate"]["date"] == "2026-11-02"
    assert full["keyDates"]["periodOfPerformance"]["endDate"] == "2027-10-31"
    assert full["recipientOrganizations"]["primary"]["identifiers"]["otherIds"]["org:ug:ngo"]["id"] == "218"
    assert full["funders"]["primary"]["identifiers"]["org:us:ein"]["id"] == "541650477"
    assert full["identifiers"]["otherIds"]["awd:us-ein-541650477:reference"]["id"] == "P-2026-0001"
    assert plain["recipientOrganizations"]["primary"]["identifiers"]["org:us:ein"]["id"] == "001000001"
    assert "periodOfPerformance" not in plain["keyDates"]
    assert "requestedAmount" not in plain["funding"]
    assert {*person["recipientIndividual"]} == {"identifiers"}
    assert (person["title"], "recipientOrganizations" in person) == ("Grant to an individual", False)


def test_the_protocols_model_takes_every_award_and_the_page_of_all(cases: list[GrantCase]) -> None:
    """Given awards of every status, then the protocol takes each, and none with a property that it does not know."""
    publication = common_grants(cases, stand(ON))
    all_documents = documents(publication)
    assert len(all_documents) == 5
    require_awards(all_documents)
    model("responses.AwardsListResponse").model_validate(page(publication))
    model("responses.AwardsListResponse").model_validate(page(common_grants([], stand(ON))))
    for wrong in ({"sector": "22040"}, {"id": "P-2026-0001"}, {"description": None}):
        with pytest.raises(ValueError, match="AwardBase"):
            model("models.AwardBase").model_validate({**all_documents[0], **wrong})


@settings(max_examples=draws(30), derandomize=True, database=None)
@given(data=st.data())
def test_the_awards_and_the_withheld_are_the_whole(cases: list[GrantCase], data: st.DataObject) -> None:
    """Given any of the grants in any order, then what the documents award and what is withheld is what was agreed."""
    some = data.draw(st.lists(st.sampled_from(cases), unique_by=lambda case: case.reference))
    publication = common_grants(some, stand(ON))
    all_documents = documents(publication)
    awarded = sum(Decimal(document["funding"]["awardedAmount"]["amount"]) for document in all_documents)
    left_out = publication.tally.left_out.get("OWN_REASON", Counted(0, {}))
    whole_sum = sum(case.sum_of(MovementKind.COMMITMENT) for case in some if case.is_awarded)
    assert awarded + left_out.sums.get("USD", Decimal(0)) == whole_sum
    assert len(all_documents) + left_out.number == sum(case.is_awarded for case in some)


def ids(payee: Any) -> tuple[str, str]:
    """The ids of an award, and of its recipient, by its payee alone."""
    cast = Cast()
    cast.tell("P-2026-0001", given_to(payee, "1000.00"))
    [document] = documents(common_grants(cast.cases(), stand(ON)))
    return document["id"], document["recipientOrganizations"]["primary"]["id"]


def test_a_new_name_of_the_grantee_changes_no_id() -> None:
    """Given a grantee with a number, or without one, when its name is another, then every id is as it was."""
    assert ids(body("Library A", "001000001")) == ids(body("The Library of the Town", "001000001"))
    assert ids(body("Library A", None)) == ids(body("The Library of the Town", None))
    assert ids(body("Library A", "001000001"))[1] != ids(body("Library A", "001000002"))[1]


def test_an_id_is_made_of_the_identifier_of_the_open_standards() -> None:
    """Given a number of a register, then anybody makes the same id of it, by RFC 9562 alone."""
    assert ids(body("Library A", "001000001"))[1] == "fde9f494-6e2f-5d28-b99a-e2c27d5f5eff"


@pytest.mark.parametrize(
    ("number", "registered"),
    [
        ("00-1000001", {"org:us:ein": "001000001"}),
        ("001000001", {"org:us:ein": "001000001"}),
        ("1000001", {"otherIds": {"org:us:ein": "1000001"}}),
    ],
)
def test_a_tax_number_among_other_numbers_has_nine_digits_or_is_none(number: str, registered: dict[str, Any]) -> None:
    """Given a US tax number as people write it, then it is the one of its own field, and else no tax number."""
    cast, payee = Cast(), body("Library A", None, numbers=[{"scheme": "US-EIN", "number": number}])
    cast.tell("P-2026-0001", given_to(payee, "1000.00"))
    [document] = documents(common_grants(cast.cases(), stand(ON)))
    require_awards([document])
    primary = document["recipientOrganizations"]["primary"]
    assert ids_of(primary["identifiers"]) == registered
    assert (primary["id"] == ids(body("Library A", "001000001"))[1]) is (len(number) > 8)


def ids_of(identifiers: dict[str, Any]) -> dict[str, Any]:
    """The numbers of an organisation by the code of their register."""
    return {code: held["id"] if "id" in held else ids_of(held) for code, held in identifiers.items()}


def test_two_grants_to_one_body_have_one_recipient() -> None:
    cast = Cast()
    for reference in ("P-2026-0001", "P-2026-0002"):
        cast.tell(reference, given_to(body("Library A", "001000001"), "1000.00"))
    first, second = documents(common_grants(cast.cases(), stand(ON)))
    assert first["id"] != second["id"]
    assert first["recipientOrganizations"] == second["recipientOrganizations"]


def test_a_name_that_holds_a_persons_is_withheld_with_its_number() -> None:
    cast = Cast()
    payee = party("Ines Marek Fund", ein="001000001", principals=[principal("Ines Marek")])
    cast.tell("P-2026-0001", s.active(funds_out=funds_out("100.00", payee=payee, final_report=False), partner=payee))
    [document] = documents(common_grants(cast.cases(), stand(ON)))
    assert {**document["recipientOrganizations"]["primary"], "id": ""} == {"id": "", "name": "Name withheld"}


def test_without_a_number_of_the_funder_nothing_is_published() -> None:
    with pytest.raises(PublisherUnknown, match="ISOC"):
        common_grants([], stand(ON, ein=None))
