"""Blocked property: what is held of listed donors, each sum of its events, and what only counsel can say apart."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

import pytest

from domain.directory.chart import Account
from domain.policy.conditions import ConditionId
from publishing.blocked.property import BlockedItem, PropertyKind, items_of
from publishing.blocked.publication import TO_JUDGE, blocked_property, due_on, held_on
from publishing.files import RECEIPT, folder_of
from tests.builders import NOON, company, funds_in, funds_out, party
from tests.domain.books.keeping import standing
from tests.domain.partnership import specification as s
from tests.domain.partnership.diligence.test_listed import BLOCKED, DONOR, gift_of_a_listed_donor, listed, look
from tests.publishing.casting import Cast, stand
from tests.publishing.sheets import rows_of

NAME = "P-2026-0001"
END = datetime.combine(date(2027, 6, 30), time.max, UTC)


def told(story: s.Story) -> Cast:
    cast = Cast()
    cast.tell(NAME, story)
    return cast


def items(cast: Cast, true_at: datetime = END) -> dict[PropertyKind, BlockedItem]:
    return {item.kind: item for item in items_of(NAME, cast.occurrences[NAME], true_at)}


def test_what_a_listed_donor_gave_is_held_until_it_lies_in_a_blocked_account() -> None:
    """Given a gift of a listed donor, when a part of it is moved, then both parts are told, and are the book's."""
    cast, story = told(gift_of_a_listed_donor()), gift_of_a_listed_donor()
    assert {kind: item.figure.amount for kind, item in items(cast).items()} == {PropertyKind.HELD: 5000}
    cast = told(story.given(s.refund("4400.00", direction=BLOCKED), s.confirm_refund()))
    found = items(cast)
    assert {kind: item.figure.amount for kind, item in found.items()} == {
        PropertyKind.IN_BLOCKED_ACCOUNT: Decimal(4400), PropertyKind.HELD: Decimal(600),
    }  # fmt: skip
    assert found[PropertyKind.IN_BLOCKED_ACCOUNT].figure.amount == standing(cast.entries, Account.BLOCKED_FUNDS)
    assert found[PropertyKind.HELD].owner == DONOR


def test_nothing_is_blocked_before_its_donor_was_found_on_a_list() -> None:
    cast = told(gift_of_a_listed_donor())
    assert items(cast, NOON - timedelta(days=1)) == {}
    never_listed = s.active(funds_in=funds_in("5000.00", donor=company(DONOR))).given(s.receipt("5000.00"))
    assert items(told(never_listed)) == {}


def test_the_report_within_ten_business_days_is_told_with_its_day() -> None:
    """Given a match of Monday 2 November, then its report is due over Veterans Day, and is told once it is filed."""
    story = gift_of_a_listed_donor()
    held = items(told(story))[PropertyKind.HELD]
    assert (held.since, held.first_report_due, held.reported) == (NOON.date(), date(2026, 11, 17), False)
    filed = items(told(story.given(s.satisfy(ConditionId.SANCTIONS_REPORT))))[PropertyKind.HELD]
    assert filed.reported


@pytest.mark.parametrize(
    ("day", "held", "due"),
    [
        (date(2027, 6, 30), date(2027, 6, 30), date(2027, 9, 30)),
        (date(2027, 6, 29), date(2026, 6, 30), date(2026, 9, 30)),
        (date(2027, 12, 31), date(2027, 6, 30), date(2027, 9, 30)),
    ],
)
def test_a_year_is_told_of_on_the_30th_of_june_and_reported_by_the_30th_of_september(
    day: date, held: date, due: date
) -> None:
    assert (held_on(day), due_on(day)) == (held, due)


def published(cast: Cast, **more: Any) -> Any:
    found = items_of(NAME, cast.occurrences[NAME], END)
    return blocked_property(found, stand("2027-06-30", **more))


def test_the_list_names_entry_and_age_and_counts_what_the_ledger_does_not_hold() -> None:
    publication = published(told(gift_of_a_listed_donor()))
    [row] = rows_of(publication, "blocked-property.csv")
    days = str((date(2027, 6, 30) - NOON.date()).days)
    assert (row["owner"], row["amount"], row["days"], row["first_report"]) == (DONOR, "5000.00", days, "not on file")
    assert row["listing"].startswith("ofac-sdn ")
    assert publication.tally.missing == {"account": 1, "location": 1}
    receipt = json.loads(folder_of(publication, stand("2027-06-30"))[RECEIPT])
    assert receipt["options"] == {"held_on": "2027-06-30", "report_due": "2027-09-30"}


def test_what_is_promised_to_a_listed_payee_is_apart_and_for_counsel() -> None:
    """Given a payee of whom one of two payments was made when it was found on a list, then the rest is apart."""
    payee = party()
    story = s.active(funds_out=funds_out("600.00", "400.00", payee=payee), partner=payee)
    publication = published(told(look(story, listed(payee.name))))
    assert rows_of(publication, "blocked-property.csv") == []
    [row] = rows_of(publication, "to-be-judged.csv")
    assert (row["amount"], row["property"]) == ("1000.00", "Agreed and not paid")
    assert publication.tally.left_out[TO_JUDGE].sums == {"USD": Decimal(1000)}


def test_a_natural_person_is_told_by_the_entry_of_the_list_alone() -> None:
    giver = party("Ines Marek", kind="INDIVIDUAL", ein=None)
    gift = funds_in("5000.00", donor=giver, restricted_to="Reading rooms")
    story = s.active(funds_in=gift, funds_out=funds_out("600.00", "400.00")).given(s.receipt("5000.00"))
    publication = published(told(look(story, listed(giver.name))))
    [row] = rows_of(publication, "blocked-property.csv")
    assert (row["owner"], bool(row["listing"])) == ("", True)
    assert all(b"Ines" not in file.content for file in publication.files if file.name.endswith(".csv"))


def test_another_funders_property_is_not_in_the_list() -> None:
    publication = published(told(gift_of_a_listed_donor()), funder_id="OTHER")
    assert rows_of(publication, "blocked-property.csv") == []
