"""The 360Giving package: valid by the standard's schema, its sums those of the ledger, and its quality counted."""

from __future__ import annotations

import csv
import io
import json
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest

from publishing.awards import PublisherUnknown
from publishing.counting import Counted
from publishing.files import Publication
from publishing.threesixty.publication import three_sixty
from publishing.threesixty.quality import CHECKS, faults_of
from publishing.threesixty.sheet import COLUMNS
from tests.builders import abroad, funds_out, money, party, principal, public_interest
from tests.domain.partnership import specification as s
from tests.publishing.casting import SCHEMAS, SETTLED, Cast, body, given_to, granted, stand

if TYPE_CHECKING:
    from jsonschema import Draft202012Validator

STANDARD = SCHEMAS / "360giving"
with_schema = pytest.mark.skipif(not STANDARD.exists(), reason="the standard's schema is not beside this checkout")
ON = "2027-06-30"
NAMED = "https://raw.githubusercontent.com/ThreeSixtyGiving/standard/1.4.2/schema/360-giving-schema.json"
"""The package's schema refers to the grant's by an earlier version."""


def told(publication: Publication, name: str = "360giving.json") -> bytes:
    [file] = [file for file in publication.files if file.name == name]
    return file.content


def grants(publication: Publication) -> list[dict[str, Any]]:
    return list(json.loads(told(publication), parse_float=Decimal, parse_int=Decimal)["grants"])


def whole() -> Cast:
    """A grant of which every fact is recorded, a plain one, one to a person, and one that is withheld."""
    cast = Cast()
    out = funds_out(
        "6000.00", "4000.00", payee=abroad(country="UG", numbers=[{"scheme": "UG-NGO", "number": "218"}]),
        final_report=False, programme="Community networks", places=[{"country": "KE"}, {"country": "UG"}],
        requested=money("12000.00"),
    )  # fmt: skip
    known = {"period": {"starts": "2026-11-01", "ends": "2027-10-31"}, "summary": "Eleven villages come online"}
    interest = {"public_interest": public_interest(sector="22040")}
    cast.tell("P-2026-0001", s.active(funds_out=out, **known, **interest).given(*SETTLED))
    cast.tell("P-2026-0002", given_to(body("Library A", "001000001"), "1000.00"))
    cast.tell("P-2026-0003", given_to(party("Ines Marek", kind="INDIVIDUAL", ein=None), "500.00"))
    cast.tell("P-2026-0004", granted(body("Library B", "001000002"), "2000.00", withheld_for="They are in danger"))
    return cast


def schema() -> Draft202012Validator:
    # To read these takes a second, and each process of a run collects this file.
    from jsonschema import Draft202012Validator, FormatChecker
    from referencing import Registry
    from referencing.jsonschema import DRAFT202012

    grant = json.loads((STANDARD / "360-giving-schema.json").read_text("utf-8"))
    package = json.loads((STANDARD / "360-giving-package-schema.json").read_text("utf-8"))
    registry = Registry().with_resource(NAMED, DRAFT202012.create_resource(grant))
    formats = FormatChecker()
    assert "date-time" in formats.checkers, "without it every plain day is of both kinds, and fails"
    return Draft202012Validator(package, registry=registry, format_checker=formats)


@with_schema
def test_it_is_valid_by_the_schema_and_own_check_agrees() -> None:
    publication = three_sixty(whole().cases(), stand(ON), "360G-example")
    content = json.loads(told(publication))
    assert [fault.message for fault in schema().iter_errors(content)] == []
    assert publication.quality["refused_by_the_schema"] == 0
    for field in ("title", "recipientOrganization"):
        grant = {name: value for name, value in content["grants"][0].items() if name != field}
        assert list(schema().iter_errors({**content, "grants": [grant]}))
        assert faults_of([grant])
    assert list(schema().iter_errors({**content, "grants": []}))
    assert faults_of([])


@with_schema
def test_the_headings_of_the_sheet_are_the_standards_titles() -> None:
    standard = json.loads((STANDARD / "360-giving-schema.json").read_text("utf-8"))
    titles = {field.get("title", name.capitalize()) for name, field in standard["properties"].items()}
    kinds = standard["$defs"].values()
    within = {field.get("title", "") for kind in kinds for field in kind.get("properties", {}).values()}
    for column in COLUMNS:
        first, *rest = column.heading.split(":")
        assert first in titles, column
        assert all(part in within or part.isdecimal() for part in rest), column


def test_a_grant_says_what_is_recorded_and_no_more() -> None:
    full, plain, person = grants(three_sixty(whole().cases(), stand(ON), "360G-example"))
    assert full["id"] == "360G-example-P-2026-0001"
    assert (full["amountAppliedFor"], full["amountAwarded"], full["amountDisbursed"]) == (12000, 10000, 6000)
    assert (full["awardDate"], full["description"]) == ("2026-11-02", "Eleven villages come online")
    assert full["recipientOrganization"][0]["id"] == "UG-NGO-218"
    assert [place["countryCode"] for place in full["beneficiaryLocation"]] == ["KE", "UG"]
    assert full["fundingOrganization"][0]["id"] == "US-EIN-541650477"
    assert (plain["description"], plain["recipientOrganization"][0]["id"]) == ("Training", "US-EIN-001000001")
    assert {"plannedDates", "grantProgramme", "amountAppliedFor"}.isdisjoint(plain)
    assert person["recipientIndividual"] == {"id": "360G-example-recipient-of-P-2026-0003", "name": "Name withheld"}
    assert person["title"] == "Grant to an individual"


def test_what_is_withheld_is_counted_with_its_reason_and_sum() -> None:
    publication = three_sixty(whole().cases(), stand(ON))
    tally = publication.tally
    assert tally.left_out == {"OWN_REASON": Counted(1, {"USD": Decimal("2000.00")})}
    assert tally.published == Counted(3, {"USD": Decimal("11500.00")})
    assert tally.total == Counted(4, {"USD": Decimal("13500.00")})
    assert tally.nameless == {"NATURAL_PERSON": 1}
    assert {fact: number for fact, number in tally.missing.items() if number < 3} == {
        "planned_dates": 2, "places": 2, "programme": 2, "recipient_id": 1, "sector": 2, "summary": 2, "title": 1,
    }  # fmt: skip
    assert all(b"danger" not in file.content for file in publication.files), "the reason's words stay inside"


def test_a_hold_is_published_nowhere() -> None:
    """Given a grant that is held, when it is published, then it is as it was but for the day of its last change."""
    cast, story = Cast(), granted(body("Library A", "001000001"), "600.00", "400.00").given(*SETTLED)
    cast.tell("P-2026-0001", story)
    [before] = grants(three_sixty(cast.cases(), stand(ON)))
    cast.tell("P-2026-0001", story.given(s.hold()))
    [held] = grants(three_sixty(cast.cases(), stand(ON)))
    assert held["dateModified"] >= before["dateModified"]
    assert {**held, "dateModified": ""} == {**before, "dateModified": ""}


def test_a_refund_of_the_grantee_changes_neither_sum() -> None:
    cast, story = Cast(), given_to(body("Library A", "001000001"), "1000.00")
    cast.tell("P-2026-0001", story.given(s.refund("100.00"), s.confirm_refund()))
    [refunded] = grants(three_sixty(cast.cases(), stand(ON)))
    assert (refunded["amountAwarded"], refunded["amountDisbursed"]) == (1000, 1000)


def test_each_check_finds_what_it_is_for() -> None:
    """Given a grant with every weakness, then each check counts it, and a complete one is counted by none but a few."""
    bad = {
        "id": "P-1", "title": "write to a@example.org" + "x" * 140, "description": "write to a@example.org" + "x" * 140,
        "amountAwarded": Decimal(0), "amountDisbursed": Decimal(-1), "awardDate": "2099-01-01",
        "recipientOrganization": [{"id": "unknown", "name": "A"}],
        "plannedDates": [{"startDate": "2027-01-02", "endDate": "2027-01-01"}],
    }  # fmt: skip
    on = stand(ON).on
    found = {name for name, check in CHECKS.items() if check(bad, on)}
    assert found == {*CHECKS} - {"paid_above_awarded"}
    assert CHECKS["paid_above_awarded"]({**bad, "amountDisbursed": Decimal(1)}, on)
    full = grants(three_sixty(whole().cases(), stand(ON), "360G-example"))[0]
    assert {name for name, check in CHECKS.items() if check(full, on)} == {"no_data_source"}


def test_without_a_number_of_the_funder_nothing_is_published() -> None:
    with pytest.raises(PublisherUnknown, match="ISOC"):
        three_sixty([], stand(ON, ein=None))


def test_a_name_that_holds_a_persons_is_withheld() -> None:
    cast = Cast()
    payee = body("Amina Ferreira Fund", "001000001", principals=[principal("Amina Ferreira")])
    cast.tell("P-2026-0001", given_to(payee, "1000.00"))
    [grant] = grants(three_sixty(cast.cases(), stand(ON)))
    assert grant["recipientOrganization"] == [
        {"id": "US-EIN-541650477-recipient-of-P-2026-0001", "name": "Name withheld"}
    ]


def test_the_sheet_holds_the_same_grants() -> None:
    publication = three_sixty(whole().cases(), stand(ON), "360G-example")
    rows = list(csv.DictReader(io.StringIO(told(publication, "360giving.csv").decode())))
    assert [(row["id"], row["amountAwarded"]) for row in rows] == [
        (grant["id"], f"{grant['amountAwarded']:.2f}") for grant in grants(publication)
    ]
