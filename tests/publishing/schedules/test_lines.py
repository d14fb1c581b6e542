"""Schedules I and F: who is listed, by which sum of which year, and what every cell is the sum of."""

from __future__ import annotations

import csv
import io
from decimal import Decimal
from functools import cache
from typing import Any

import pytest

from domain.directory.chart import BookBasis
from domain.parties import FunderProfile
from domain.payment.tranche.status import TrancheOutcome
from domain.proposal import FundsOut
from publishing.counting import Counted
from publishing.files import Publication
from publishing.schedules.publication import FilerUnknown, schedules
from publishing.schedules.regions import REGIONS
from publishing.schedules.sorting import SchedulePart, place_of
from tests.builders import abroad, funds_out, money, party, regrant, sponsorship
from tests.domain.partnership import specification as s
from tests.publishing.casting import Cast, body, given_to, granted, stand

ON = "2026-12-31"
PERSON = party("Ines Marek", kind="INDIVIDUAL", ein=None)


def rows(publication: Publication, name: str) -> list[dict[str, str]]:
    [file] = [file for file in publication.files if file.name == f"{name}.csv"]
    return list(csv.DictReader(io.StringIO(file.content.decode())))


def cell(publication: Publication, name: str, cell_name: str) -> dict[int, Decimal | None]:
    [file] = [file for file in publication.files if file.name == f"{name}.csv"]
    [parts] = [one.parts for one in file.cells if one.name == cell_name]
    return dict(parts)


@cache
def four_recipients(basis: BookBasis) -> Cast:
    """5,000.00, 5,000.01, two of 2,500.01, and 3,000 that came back beside 2,500."""
    cast = Cast(basis)
    exact, above, twice, back = (body(f"Library {letter}", f"00100000{n}") for n, letter in enumerate("ABCD", 1))
    cast.tell("P-2026-0001", given_to(exact, "5000.00"))
    cast.tell("P-2026-0002", given_to(above, "5000.01"))
    cast.tell("P-2026-0003", given_to(twice, "2500.01"))
    renamed = twice.model_copy(update={"name": "Library C of the River"})
    cast.tell("P-2026-0004", given_to(renamed, "2500.01"))
    returned = granted(back, "3000.00").given(s.release(1), *s.came_to(TrancheOutcome.RETURNED), s.terminate())
    cast.tell("P-2026-0005", returned)
    cast.tell("P-2026-0006", given_to(back, "2500.00"))
    return cast


@pytest.mark.parametrize("basis", list(BookBasis))
def test_more_than_five_thousand_to_one_recipient_in_a_year_is_listed(basis: BookBasis) -> None:
    """Given sums at the threshold, when they are added up by EIN, then the exact one and the returned one are out."""
    cast = four_recipients(basis)
    publication = schedules(cast.cases(), stand(ON, basis=basis.value))
    listed = rows(publication, "schedule-i-part-2")
    assert [(row["name"], row["cash"]) for row in listed] == [
        ("Library B", "5000.01"), ("Library C of the River", "5000.02"),
    ]  # fmt: skip
    assert listed[1]["grants"] == "P-2026-0003 P-2026-0004"
    [line, *_] = rows(publication, "schedule-totals")
    assert (line["line"], line["amount"]) == ("IX.1", "17500.03")
    tally = publication.tally
    assert tally.published == Counted(2, {"USD": Decimal("10000.03")})
    assert tally.left_out == {"BELOW_THRESHOLD": Counted(2, {"USD": Decimal("7500.00")})}
    assert tally.total == Counted(4, {"USD": Decimal("17500.03")})


def test_a_cell_names_the_events_that_it_is_the_sum_of() -> None:
    cast = four_recipients(BookBasis.CASH)
    publication = schedules(cast.cases(), stand(ON, basis="CASH"))
    parts = cell(publication, "schedule-i-part-2", "2:cash")
    assert sum(parts.values()) == Decimal("5000.02")
    origins = {entry.origin.position: entry.origin for entry in cast.entries}
    assert [(origins[position].event_type, origins[position].stream) for position in parts] == [
        ("PaymentSettled", "partnership/P-2026-0003/tranche/1/attempt/1"),
        ("PaymentSettled", "partnership/P-2026-0004/tranche/1/attempt/1"),
    ]
    [total] = [cell(publication, "schedule-totals", "1:amount")]
    assert sum(total.values()) == Decimal("17500.03")
    assert len(total) == 7, "what was paid and what came back are two of them"


def test_the_basis_of_the_filer_decides_the_year() -> None:
    """Given a grant agreed in one year and paid in none, then it is of the agreement's year on the accrual basis."""
    for basis, listed in ((BookBasis.ACCRUAL, ["6000.00"]), (BookBasis.CASH, [])):
        cast = Cast(basis)
        cast.tell("P-2026-0001", granted(body("Library A", "001000001"), "6000.00"))
        publication = schedules(cast.cases(), stand(ON, basis=basis.value))
        assert [row["cash"] for row in rows(publication, "schedule-i-part-2")] == listed
        later = schedules(cast.cases(), stand("2027-12-31", basis=basis.value))
        assert rows(later, "schedule-i-part-2") == []


def test_the_fiscal_year_is_the_filers_own() -> None:
    cast = Cast()
    cast.tell("P-2026-0001", granted(body("Library A", "001000001"), "6000.00"))
    assert schedules(cast.cases(), stand(ON, year_ends="06-30")).tally.total.number == 0
    ended = schedules(cast.cases(), stand("2027-06-30", year_ends="06-30"))
    assert ended.options["year"] == "2026-07-01/2027-06-30"
    assert ended.tally.published.number == 1


@pytest.mark.parametrize("fact", ["basis", "year_ends"])
def test_what_the_directory_does_not_say_of_the_filer_is_not_guessed(fact: str) -> None:
    with pytest.raises(FilerUnknown, match=fact):
        schedules([], stand(ON, **{fact: None}))


PLACES: list[tuple[str, dict[str, Any], SchedulePart, str]] = [
    ("a body abroad", {"payee": abroad(country="UG")}, SchedulePart.FOREIGN_BODIES, "Sub-Saharan Africa"),
    ("a body at home", {}, SchedulePart.DOMESTIC_BODIES, ""),
    ("a body in Puerto Rico", {"payee": party("Biblioteca", country="PR")}, SchedulePart.DOMESTIC_BODIES, ""),
    ("a project of somebody abroad", {"sponsorship": sponsorship(project_of=abroad(country="KE").model_dump())},
     SchedulePart.FOREIGN_BODIES, "Sub-Saharan Africa"),
    ("bodies abroad that the payee does not select", {"regrant": regrant(abroad(country="IN"), payee_selects=False)},
     SchedulePart.FOREIGN_BODIES, "South Asia"),
    ("bodies in two regions that the payee does not select",
     {"regrant": regrant(abroad(country="IN"), abroad("Harbour Two", country="KE"), payee_selects=False)},
     SchedulePart.FOREIGN_BODIES, ""),
    ("bodies abroad that the payee selects", {"regrant": regrant(abroad(country="IN"))},
     SchedulePart.DOMESTIC_BODIES, ""),
    ("a person at home", {"payee": PERSON}, SchedulePart.DOMESTIC_PEOPLE, ""),
    ("a person abroad", {"payee": PERSON.model_copy(update={"country": "CL"})},
     SchedulePart.FOREIGN_PEOPLE, "South America"),
]  # fmt: skip


@pytest.mark.parametrize(("out", "part", "region"), [case[1:] for case in PLACES], ids=[case[0] for case in PLACES])
def test_the_payee_and_whom_it_is_for_decide_the_part(out: dict[str, Any], part: SchedulePart, region: str) -> None:
    leg = FundsOut.model_validate(funds_out("6000.00", **out))
    place = place_of(leg, leg.payee)
    assert (place.part, REGIONS.get(place.country) or "") == (part, region)


def test_a_person_is_counted_and_named_nowhere() -> None:
    cast = Cast()
    for reference in ("P-2026-0001", "P-2026-0002"):
        cast.tell(reference, given_to(PERSON, "3000.00"))
    publication = schedules(cast.cases(), stand(ON))
    [row] = rows(publication, "schedule-i-part-3")
    assert (row["type"], row["recipients"], row["cash"]) == ("Training", "2", "6000.00")
    assert all(b"Marek" not in file.content for file in publication.files)


def test_another_currency_is_left_out_and_counted() -> None:
    cast, payee = Cast(), body("Library A", "001000001")
    leg = funds_out("1.00", payee=payee, final_report=False)
    leg["tranches"] = [{"number": 1, "money": money("9000.00", "EUR")}]
    cast.tell("P-2026-0001", s.active(funds_out=leg, partner=payee))
    publication = schedules(cast.cases(), stand(ON))
    assert publication.tally.left_out == {"NOT_IN_DOLLARS": Counted(1, {"EUR": Decimal("9000.00")})}
    assert rows(publication, "schedule-i-part-2") == []


def test_a_private_foundation_files_no_schedule_and_its_statements() -> None:
    cast = four_recipients(BookBasis.ACCRUAL)
    publication = schedules(cast.cases(), stand(ON, profile=FunderProfile.PRIVATE_FOUNDATION))
    assert [file.name for file in publication.files] == ["expenditure-responsibility.csv", "schedules.xlsx"]
    assert publication.tally.left_out["FILES_990_PF"].number == publication.tally.total.number == 4


def test_facts_that_nobody_recorded_are_counted_by_name() -> None:
    cast = Cast()
    cast.tell("P-2026-0001", given_to(body("Library A", None), "6000.00"))
    publication = schedules(cast.cases(), stand(ON))
    assert publication.tally.missing == {"address": 1, "ein": 1, "irc_section": 1}


def test_a_number_joins_what_two_names_do_not_and_a_name_nobody_with_another_number() -> None:
    """Given parties that share a number by way of a third, and one name of two numbers, then numbers decide."""
    cast = Cast()
    number = {"scheme": "US-NY", "number": "77-1"}
    first, second = body("Library A", "001000001"), body("Library of A", None, numbers=[number])
    both = body("A's Library", "001000001", numbers=[{**number, "number": "771"}])
    for place, payee in enumerate((first, second, both, body("Library A", "001000002")), 1):
        cast.tell(f"P-2026-000{place}", given_to(payee, "6000.00"))
    listed = rows(schedules(cast.cases(), stand(ON)), "schedule-i-part-2")
    assert sorted((row["grants"], row["cash"], row["irc_section"]) for row in listed) == [
        ("P-2026-0001 P-2026-0002 P-2026-0003", "18000.00", "501(c)(3)"), ("P-2026-0004", "6000.00", ""),
    ]  # fmt: skip
