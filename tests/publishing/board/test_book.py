"""A board's book: every grouping adds up to the book's own sums, and says what is ahead, how old and what came."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from domain.books.statements import Book, trial_balance
from domain.directory.chart import Account, BookBasis
from domain.money.amounts import ZERO
from domain.payment.tranche.status import TrancheOutcome
from publishing.board.groups import GROUPINGS, TOGETHER
from publishing.board.lines import NOT_SAID, SEVERAL, WITHHELD
from publishing.board.publication import board
from publishing.cases import GrantCase
from publishing.figures import EventSum
from publishing.files import Publication
from tests.builders import COMMUNITY, NOON, abroad, funds_out, measured, party, public_interest
from tests.domain.partnership import specification as s
from tests.publishing.casting import FAR, SETTLED, Cast, body, given_to, granted, stand
from tests.publishing.sheets import rows_of

LIBRARY = body("Library A", "001000001")
ON = "2027-06-30"


def objective(code: str, *countries: str) -> Any:
    return public_interest(objective=code, community={**COMMUNITY, "places": [{"country": one} for one in countries]})


def grant(*amounts: str, due: tuple[str | None, ...] = (), **more: Any) -> s.Story:
    """A grant that was agreed. `due`: the day of each instalment."""
    out = funds_out(*amounts, payee=LIBRARY, final_report=False, programme=more.pop("programme", None))
    for instalment, day in zip(out["tranches"], due, strict=False):
        instalment.update({"due_on": day} if day is not None else {})
    return s.active(funds_out=out, partner=LIBRARY, **more)


def told(basis: BookBasis = BookBasis.ACCRUAL) -> Cast:
    """Six partnerships: paid, partly paid, withheld, of a person, in approval, and paid and in part paid back."""
    cast = Cast(basis)
    cast.tell("P-2026-0001", given_to(LIBRARY, "900.00", public_interest=objective("ACCESS", "UG", "KE")))
    days, nets = (None, "2028-03-01"), objective("NETS", "US")
    part = grant("600.00", "400.00", due=days, programme="Libraries", public_interest=nets)
    cast.tell("P-2026-0002", part.given(*SETTLED))
    cast.tell("P-2026-0003", granted(LIBRARY, "50.00", withheld_for="Safety of the grantee"))
    cast.tell("P-2026-0004", given_to(party("Ines Marek", kind="INDIVIDUAL", ein=None), "70.00"))
    cast.tell("P-2026-0005", s.in_approval())
    returned = given_to(abroad(country="UG"), "300.00").given(s.refund("100.00"), s.confirm_refund())
    cast.tell("P-2026-0006", returned)
    return cast


def book_of(cases: list[GrantCase], on: str = ON) -> Publication:
    return board(cases, stand(on), {"ACCESS": "Access for everybody"})


@pytest.mark.parametrize("basis", list(BookBasis))
def test_every_grouping_adds_up_to_the_trial_balance(basis: BookBasis) -> None:
    cast = told(basis)
    lines = trial_balance(Book(cast.entries), FAR)
    balance = {line.account: line.debit - line.credit for line in lines}
    promised = (Account.GRANTS_PAYABLE, Account.CONDITIONAL, Account.OWED, Account.IN_TRANSIT)
    ahead = -sum((balance.get(account, ZERO) for account in promised), ZERO)
    paid_back = -balance[Account.GRANT_RECOVERIES]
    publication = book_of(cast.cases())
    for grouping in GROUPINGS:
        rows = rows_of(publication, f"{grouping.name}.csv")
        whole = next(row for row in rows if row["group"] == TOGETHER)
        of_groups = [row for row in rows if row["group"] != TOGETHER]
        for field in ("committed", "paid", "paid_back", "ahead"):
            assert sum(Decimal(row[field]) for row in of_groups) == Decimal(whole[field]), grouping.name
        assert Decimal(whole["committed"]) - Decimal(whole["paid"]) == Decimal(whole["ahead"]) == ahead
        assert (Decimal(whole["paid_back"]), whole["grants"]) == (paid_back, "5")
    by_line = rows_of(publication, "grants.csv")
    assert sum(Decimal(row["committed"]) for row in by_line) == 900 + 1000 + 50 + 70 + 300


def test_a_group_is_what_was_recorded_and_is_guessed_nowhere() -> None:
    """Given objectives, countries and programmes that were recorded or not, then each grant is where it was put."""
    publication = book_of(told().cases())
    by = {name: {row["group"]: row for row in rows_of(publication, f"{name}.csv")} for name in
          ("by-objective", "by-country", "by-programme")}  # fmt: skip
    assert by["by-objective"]["Access for everybody"]["committed"] == "900.00"
    assert by["by-objective"]["NETS"]["ahead"] == "400.00"
    assert by["by-country"][SEVERAL]["committed"] == "900.00"
    assert (by["by-programme"]["Libraries"]["paid"], by["by-programme"][NOT_SAID]["grants"]) == ("600.00", "3")
    assert {groups[WITHHELD]["committed"] for groups in by.values()} == {"50.00"}
    assert publication.tally.missing["programme"] == 4


def test_what_is_ahead_stands_in_the_year_in_which_it_is_due() -> None:
    """Given instalments due already, next year, far off, without a day and on their way, then each has its column."""
    cast = Cast()
    days = ("2027-01-31", "2028-03-01", "2035-01-01", None, None)
    story = grant("100.00", "200.00", "300.00", "400.00", "500.00", due=days, programme="Libraries")
    cast.tell("P-2026-0001", story)
    [row, whole] = rows_of(book_of(cast.cases()), "ahead-by-year.csv")
    expected = {"due": "100.00", "year_2028": "200.00", "later": "300.00", "no_day": "900.00", "ahead": "1500.00"}
    assert {field: row[field] for field in row if row[field].endswith(".00")} == expected
    assert {**row, "row": "2", "group": TOGETHER} == whole
    on_its_way = granted(LIBRARY, "70.00").given(s.release(1))
    cast.tell("P-2026-0002", on_its_way)
    rows = rows_of(book_of(cast.cases()), "ahead-by-year.csv")
    assert rows[-1]["in_transit"] == "70.00"
    cast.tell("P-2026-0001", story.given(s.terminate()))
    rows = rows_of(book_of(cast.cases()), "ahead-by-year.csv")
    assert [row["ahead"] for row in rows] == ["70.00", "70.00"], "what was ended is ahead no more"


def test_stages_say_for_how_long_what_is_open_has_stood_there() -> None:
    rows = {row["stage"]: row for row in rows_of(book_of(told().cases()), "stages.csv")}
    days = str((date.fromisoformat(ON) - NOON.date()).days)
    assert (rows["APPROVAL"]["number"], rows["APPROVAL"]["oldest"], rows["APPROVAL"]["oldest_grant"]) == (
        "1", days, "P-2026-0005",
    )  # fmt: skip
    assert rows["APPROVAL"]["committed"] == "0.00"
    assert (rows["ACTIVE"]["number"], rows["ACTIVE"]["median"]) == ("2", days)
    assert (rows["CLOSED"]["number"], rows["CLOSED"]["oldest"]) == ("3", "")


def test_results_are_of_accepted_reports_and_open_to_the_acceptance() -> None:
    """Given a report that was received, then its result is nowhere; once accepted, it opens to the acceptance."""
    cast = Cast()
    story = s.active(**measured()).given(*SETTLED, s.report(results=({"indicator": 1, "achieved": "180"},)))
    cast.tell("P-2026-0001", story)
    assert rows_of(book_of(cast.cases()), "results.csv") == []
    cast.tell("P-2026-0001", story.given(s.accept()))
    publication = book_of(cast.cases())
    [row] = rows_of(publication, "results.csv")
    assert (row["indicator"], row["target"], row["achieved"]) == ("Teachers who were trained", "240", "180")
    [accepted] = [one for one in cast.occurrences["P-2026-0001"] if one.event.event_type == "ReportAccepted"]
    file = next(file for file in publication.files if file.name == "results.csv")
    cells: Mapping[str, Any] = {cell.name: cell.parts for cell in file.cells}
    assert [part.position for part in cells["1:achieved"]] == [accepted.position]


def test_what_came_back_through_the_bank_is_ahead_again() -> None:
    cast, story = Cast(), granted(LIBRARY, "600.00", "400.00").given(s.release(1))
    cast.tell("P-2026-0001", story.given(*s.came_to(TrancheOutcome.RETURNED)))
    [line] = rows_of(book_of(cast.cases()), "grants.csv")
    assert (line["committed"], line["paid"], line["ahead"]) == ("1000.00", "0.00", "1000.00")


def test_sums_of_another_currency_stand_apart() -> None:
    cast = told()
    out = funds_out("80.00", payee=LIBRARY, final_report=False)
    out["tranches"][0]["money"]["currency"] = "EUR"
    cast.tell("P-2026-0009", s.active(funds_out=out, partner=LIBRARY))
    wholes = [row for row in rows_of(book_of(cast.cases()), "by-fund.csv") if row["group"] == TOGETHER]
    assert [(row["currency"], row["committed"]) for row in wholes] == [("EUR", "80.00"), ("USD", "2320.00")]
    assert EventSum("EUR").written == "0.00"
