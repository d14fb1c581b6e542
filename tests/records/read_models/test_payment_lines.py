"""A payment's line holds the bank's figures where they are not what was instructed, and so do its lists."""

from __future__ import annotations

import csv
import io
from typing import Any

import pytest

from accord.cli.printing.lists import table_of
from accord.console.pages.payments import PaymentNames, payment_row
from accord.presentation import sheets
from accord.presentation.filters import STATUSES
from domain.payment.booked.figures import BookedFigures
from domain.payment.tranche.state import Tranche
from domain.payment.tranche.status import TrancheStatus
from records.read_models.lists import BACK
from records.read_models.payment_lines import payment_lines
from tests.accord.cli.printing.test_fitting import cells, printed
from tests.accord.console.rendering import NAMES
from tests.booked_sums import RATE, charge, figures
from tests.domain.payment.tranche.test_answers import ORDER

FIELDS = [column.field for column in sheets.BOOKING]
EXACT = figures("USD 1000.00", "USD 1000.00")
CHARGED = figures("USD 1000.00", "USD 1012.50", charge("USD 12.50", "DEBT", is_part=True))
TAKEN = figures("USD 1000.00", "USD 1000.00", charge("USD 25.00", "CRED", is_payees=True))
EXCHANGED = figures("EUR 800.00", "USD 1000.40", rate=RATE)


def line_of(booked: BookedFigures | None = None, **more: Any) -> dict[str, Any]:
    tranche = Tranche(order=ORDER, status=TrancheStatus.SETTLED, figures=booked).model_copy(update=more)
    [line, _] = payment_lines(tranche, {"settled_on": "2026-11-03"})
    return line.shown


@pytest.mark.parametrize("booked", [None, EXACT], ids=["told by its sum alone", "told exactly"])
def test_nothing_is_told_beside_a_sum_that_left_as_it_was_instructed(booked: BookedFigures | None) -> None:
    assert line_of(booked)["booking"] is None
    headings = cells(printed(table_of([sheets.shown(line_of(booked))], sheets.PAYMENTS, 300), 300))
    assert not {column.heading for column in sheets.BOOKING} & set(headings)


@pytest.mark.parametrize(
    ("booked", "told"),
    [
        (
            CHARGED,
            ("USD 1,000.00", "USD 1,012.50", "USD 1,000.00", "USD 12.50 borne by us (DEBT), in what was booked", ""),
        ),
        (
            TAKEN,
            (
                "USD 1,000.00",
                "USD 1,000.00",
                "USD 975.00",
                "USD 25.00 borne by the payee (CRED), from what arrived",
                "",
            ),
        ),
        (EXCHANGED, ("EUR 800.00", "USD 1,000.40", "EUR 800.00", "", "EUR 1 = USD 1.2505, contract FX-2026-17")),
    ],
    ids=["charged", "taken on the way", "exchanged"],
)
def test_it_is_told_in_every_form_of_the_list(booked: BookedFigures, told: tuple[str, ...]) -> None:
    row = sheets.shown(line_of(booked))
    assert tuple(row[field] for field in FIELDS) == told
    [read] = csv.DictReader(io.StringIO(sheets.as_csv([row], sheets.PAYMENTS)))
    assert tuple(read[field] for field in FIELDS) == told
    for_machines = sheets.plain_row(row)
    assert for_machines["booking"]["received"] == booked.received.model_dump(mode="json")
    assert not set(FIELDS) & set(for_machines)
    assert [figure for _, figure in payment_row(row, PaymentNames({}, NAMES), {}).booking] == list(filter(None, told))
    table = cells(printed(table_of([row], sheets.PAYMENTS, 300), 300))
    assert table["Booked"] == [told[1]]


def test_of_a_part_the_sum_alone_is_told() -> None:
    row = sheets.shown(line_of(status=TrancheStatus.SHORT, short_of=ORDER.money.amount - 250))
    assert (row["amount"], row["instructed"], row["booked"]) == ("750.00", "USD 1,000.00", "USD 750.00")
    assert payment_row(row, PaymentNames({}, NAMES), {}).standing.words == "Paid in part"


def test_each_status_has_a_standing() -> None:
    assert {status.value for status in TrancheStatus} == set(STATUSES) - {BACK}
