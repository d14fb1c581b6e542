"""Statements of expenditure responsibility: a line for each grant that is under way in the year."""

from __future__ import annotations

import csv
import io

from domain.partnership.diversion.responsibility import CHECKLIST
from domain.plans import ReportKind
from domain.values import Money
from publishing.schedules.publication import schedules
from tests.builders import abroad, funds_out
from tests.domain.partnership import specification as s
from tests.publishing.casting import SETTLED, Cast, stand

ALL = tuple(CHECKLIST)
NAME = "P-2026-0001"


def responsible() -> s.Story:
    """A grant for whose expenditure the funder is responsible: its papers are on file, and it is paid."""
    payee = abroad("Harbour Schools Trust", country="UG", address={"lines": ["4 Quay Road", "Kampala"]})
    story = s.in_agreement(ALL, funds_out=funds_out("600.00", "400.00", payee=payee), partner=payee)
    return s.agreed(story.given(*[s.satisfy(condition) for condition in ALL])).given(*SETTLED)


def lines(cast: Cast, on: str = "2026-12-31") -> list[dict[str, str]]:
    publication = schedules(cast.cases(), stand(on))
    [file] = [file for file in publication.files if file.name == "expenditure-responsibility.csv"]
    return list(csv.DictReader(io.StringIO(file.content.decode())))


def test_it_says_what_was_paid_reported_and_diverted() -> None:
    cast, story = Cast(), responsible()
    cast.tell(NAME, story)
    [line] = lines(cast)
    assert (line["name"], line["address"]) == ("Harbour Schools Trust", "4 Quay Road, Kampala")
    assert (line["amount"], line["paid"], line["spent"], line["diverted"]) == ("1000.00", "600.00", "", "none known")
    story = cast.tell(NAME, story.given(s.report(kind=ReportKind.PROGRESS, figures=s.accounted("500", "100"))))
    lost = Money.model_validate({"amount": "50.00", "currency": "USD"})
    cast.tell(NAME, story.given(s.accept(), s.divert(money=lost)))
    [line] = lines(cast)
    assert (line["spent"], line["diverted"], line["verified"]) == ("500.00", "yes, USD 50.00", "1")
    assert line["reports"] == "2026-11-02"


def test_a_grant_that_no_year_asks_for_is_not_in_it() -> None:
    """Given a grant under no such duty, and one that was agreed later, then neither stands there."""
    cast = Cast()
    cast.tell(NAME, s.paid())
    cast.tell("P-2026-0002", responsible())
    assert [line["grant"] for line in lines(cast)] == ["P-2026-0002"]
    assert lines(cast, "2025-12-31") == []
    assert [line["grant"] for line in lines(cast, "2027-12-31")] == ["P-2026-0002"], "no final report is accepted"
