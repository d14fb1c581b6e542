"""A table is checked: every trap has its answer, nothing is guessed, and the same table gives the same plan."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.imported.mapping import ImportMapping
from domain.imported.plan import BroughtIn, ImportPlan, ImportRow, RowVerdict
from imports.checking import check_table
from tests.imports.grants import HEADINGS, ROW, book_of, mapping, numbered, saved
from tests.imports.sheets import Formula, open_document
from tests.imports.traps import READ, REFUSED


def checked(
    changes: list[dict[str, Any]],
    *,
    by: ImportMapping | None = None,
    before: dict[str, BroughtIn] | None = None,
    taken: frozenset[str] = frozenset(),
) -> ImportPlan:
    """Check a workbook with a row for each set of changes."""
    content = saved(book_of(numbered(changes)))
    return check_table("grants.xlsx", content, by or mapping(), before or {}, taken, date(2026, 12, 2))


@pytest.fixture(scope="module")
def trapped() -> ImportPlan:
    """Return the plan of a workbook with every trap in it."""
    return checked([trap.changes for trap in REFUSED])


def test_there_are_at_least_sixty_traps() -> None:
    """Given the workbook of traps, then it holds sixty of them and more, no two alike."""
    assert len({str(trap.changes) for trap in REFUSED}) == len(REFUSED) >= 60


@pytest.mark.parametrize("number", range(len(REFUSED)))
def test_a_trap_is_refused_at_its_cell(trapped: ImportPlan, number: int) -> None:
    """Given a row with one fault, then it is refused at that field and place, and for nothing else."""
    trap, row = REFUSED[number], trapped.rows[number]
    assert (row.verdict, row.reference, row.partnership) == (RowVerdict.REFUSED, None, None)
    assert [fault.field for fault in row.faults] == [trap.field], [str(fault) for fault in row.faults]
    assert trap.word in row.faults[0].fault
    assert row.faults[0].place.endswith(str(number + 2))


@pytest.mark.parametrize(("changes", "fact", "value"), READ)
def test_an_odd_and_clear_row_is_read(changes: dict[str, Any], fact: str, value: str) -> None:
    """Given a row that is odd and clear, then it is new, and the fact is what it says."""
    row = only(checked([changes]))
    assert row.verdict is RowVerdict.NEW, [str(fault) for fault in row.faults]
    found: Any = row.partnership
    for part in fact.split("."):
        found = getattr(found, part)
    assert str(found) == value


def only(plan: ImportPlan) -> ImportRow:
    """Return the one row of a plan."""
    (row,) = plan.rows
    return row


def test_a_row_says_what_it_claims() -> None:
    """Given a row in which nothing is wrong, then its sums, its days and its years are there, and what came back."""
    partnership = only(checked([{}])).partnership
    assert partnership is not None
    assert [(str(part.money), part.on, part.counts_in) for part in partnership.paid] == [
        ("USD 10,000.00", date(2025, 3, 1), 2025),
        ("USD 5,000.00", None, 2024),
    ]
    assert partnership.kept == Decimal(14000)
    assert [(part.number, str(part.money), part.due_on) for part in partnership.tranches] == [
        (1, "USD 30,000.00", date(2027, 1, 15))
    ]
    assert partnership.unknown == ()


def test_what_nobody_knows_is_named() -> None:
    """Given empty cells and words that say that nobody knows, then those facts are named as not known."""
    partnership = only(checked([{"Kind": None, "Purpose": "n/a", "Signed": "?"}])).partnership
    assert partnership is not None
    assert partnership.unknown == ("partner_kind", "purpose", "agreed_on")


def test_lost_zeros_come_back_only_where_the_mapping_says_so() -> None:
    """Given an EIN as a number of eight digits, when the mapping pads, then it is read so, and the plan says it."""
    content = mapping().model_dump(mode="json")
    content["fields"]["ein"]["pad"] = True
    row = only(checked([{"EIN": 10123456}], by=ImportMapping.model_validate(content)))
    assert row.partnership is not None
    assert row.partnership.partner.ein == "010123456"
    assert row.notes == ("F2: 10123456 was read as the EIN 010123456",)


def test_two_rows_of_one_key_are_both_refused() -> None:
    """Given a key that stands in two rows, capitals or not, then neither is brought in: nobody knows which."""
    plan = checked([{"Ref": "G-9"}, {}, {"Ref": " g-9"}])
    assert [row.verdict for row in plan.rows] == [RowVerdict.REFUSED, RowVerdict.NEW, RowVerdict.REFUSED]
    assert "stands in 2 rows" in plan.rows[0].faults[0].fault


def test_payments_of_one_partnership_may_be_rows() -> None:
    """Given rows that are payments, then those of one key are one partnership, and what differs in them is refused."""
    by = mapping(rows="PAYMENTS", payments=[{"amount": "Paid", "on": "Paid on"}])
    second = {"Ref": "G-1", "Paid": 2000, "Paid on": date(2026, 1, 5)}
    plan = checked([{"Ref": "G-1"}, {**second}, {"Ref": "G-2"}, {"Ref": "G-2", "Title": "Another title"}], by=by)
    assert [row.rows for row in plan.rows] == [(2, 3), (4, 5)]
    assert plan.rows[0].partnership is not None
    assert [part.money.amount for part in plan.rows[0].partnership.paid] == [Decimal(10000), Decimal(2000)]
    assert [(fault.place, fault.field) for fault in plan.rows[1].faults] == [("B5", "title")]


def test_a_second_upload_changes_nothing_twice() -> None:
    """Given rows that were brought in, then the same are the same, a changed one is told, and the next are new."""
    first = checked([{}, {}])
    before = {
        str(row.key): BroughtIn(reference=str(row.reference), sha256=row.partnership.sha256)
        for row in first.rows
        if row.partnership is not None
    }
    again = checked([{}, {"Amount": 60000}, {}], before=before)
    assert [(row.verdict, row.reference) for row in again.rows] == [
        (RowVerdict.SAME, "P-2026-5001"),
        (RowVerdict.CHANGED, "P-2026-5002"),
        (RowVerdict.NEW, "P-2026-5003"),
    ]


def test_a_reference_that_is_taken_is_given_to_nobody() -> None:
    """Given references of partnerships that are on record, then new rows get the next that are free."""
    plan = checked([{}, {}], taken=frozenset({"P-2026-5001", "P-2026-5003"}))
    assert [row.reference for row in plan.rows] == ["P-2026-5002", "P-2026-5004"]


def test_hidden_rows_are_read_as_all_others() -> None:
    """Given a row that a filter hides, then it is in the plan, which says so."""
    book = book_of(numbered([{}, {}]))
    sheet: Any = book.active
    sheet.row_dimensions[3].hidden = True
    plan = check_table("grants.xlsx", saved(book), mapping(), {}, frozenset())
    assert [row.verdict for row in plan.rows] == [RowVerdict.NEW, RowVerdict.NEW]
    assert [row.notes for row in plan.rows] == [(), ("row 3 is hidden in the sheet, and was read",)]


def test_merged_cells_are_refused() -> None:
    """Given cells that were merged, then each row that they cover is refused there."""
    book = book_of(numbered([{}, {}]))
    sheet: Any = book.active
    sheet.merge_cells("C2:C3")
    plan = check_table("grants.xlsx", saved(book), mapping(), {}, frozenset())
    assert [[fault.place for fault in row.faults] for row in plan.rows] == [["C2"], ["C3"]]


def test_a_currency_that_is_only_a_form_of_cells_is_held_against_the_row() -> None:
    """Given a sum whose form shows euros in a row of dollars, then it is refused, and nothing is converted."""
    book = book_of(numbered([{}]))
    sheet: Any = book.active
    sheet["H2"].number_format = "#,##0.00\\ [$€-407]"
    row = only(check_table("grants.xlsx", saved(book), mapping(), {}, frozenset()))
    assert [(fault.place, fault.field) for fault in row.faults] == [("H2", "agreed")]
    assert "its form shows EUR" in row.faults[0].fault


def test_a_percentage_is_no_sum() -> None:
    """Given a number whose form shows it as a percentage, then it is refused: 0.5 is not half a dollar."""
    for form in ("0%", "0.00%", "#,##0.0 %"):
        book = book_of(numbered([{"Amount": 0.5}]))
        sheet: Any = book.active
        sheet["H2"].number_format = form
        row = only(check_table("grants.xlsx", saved(book), mapping(), {}, frozenset()))
        assert [str(fault) for fault in row.faults] == [
            "H2 (agreed): its form shows %, and its row says USD; mend one of them"
        ]


def test_a_nul_in_a_csv_is_refused_at_its_cell() -> None:
    """Given a CSV with a NUL in a name, then it is refused there, and not cut off at it."""
    lines = [";".join(ROW), ";".join(str(value) for value in ROW.values()).replace("Riverbend", "River\0bend")]
    plan = check_table("grants.csv", "\n".join(lines).encode(), mapping(delimiter=";"), {}, frozenset())
    assert ("line 2, Organisation", "partner") in [(fault.place, fault.field) for fault in only(plan).faults]


def test_an_open_document_gives_the_same_partnership() -> None:
    """Given the same row in an .ods file, hidden or not, then the same is claimed as by the workbook."""
    content = open_document([HEADINGS, [ROW[heading] for heading in HEADINGS]], hidden=frozenset({2}))
    plan = check_table("grants.ods", content, mapping(), {}, frozenset())
    assert only(plan).partnership == only(checked([{}])).partnership


def test_a_formula_without_a_value_is_refused_in_an_open_document() -> None:
    """Given an .ods file with a formula that was not calculated, then its cell is refused: it is no empty sum."""
    row = {**ROW, "Amount": Formula("=SUM([.A1:.A9])")}
    content = open_document([HEADINGS, [row[heading] for heading in HEADINGS]])
    refused = only(check_table("grants.ods", content, mapping(), {}, frozenset()))
    assert [(fault.place, fault.field) for fault in refused.faults] == [("H2", "agreed")]
    assert "value was not saved" in refused.faults[0].fault


def test_a_csv_gives_the_same_partnership() -> None:
    """Given the same row as a CSV, then the same is claimed, and a second reading has the same digest."""
    row = {**ROW, "Approved": "15/01/2024", "Signed": "01/02/2024", "Starts": "01/03/2024", "Ends": "31/12/2026"}
    row |= {"Report due": "31/03/2027", "Paid on": "01/03/2025", "Returned on": "01/09/2025", "Due": "15/01/2027"}
    lines = [";".join(row), ";".join(str(value) for value in row.values())]
    content = "\r\n".join(lines).encode("utf-8-sig")
    plan = check_table("grants.csv", content, mapping(delimiter=";"), {}, frozenset())
    assert only(plan).partnership == only(checked([{}])).partnership
    assert plan == check_table("grants.csv", content, mapping(delimiter=";"), {}, frozenset())


@given(st.lists(st.sampled_from([trap.changes for trap in REFUSED] + [{}]), min_size=1, max_size=4))
def test_each_row_is_judged_by_itself(changes: list[dict[str, Any]]) -> None:
    """Given any rows together, then one with a fault is refused and one without is new: no row spoils another."""
    plan = checked([{**change, "Ref": f"K-{number}"} for number, change in enumerate(changes)])
    expected = [RowVerdict.REFUSED if set(change) - {"Ref"} else RowVerdict.NEW for change in changes]
    assert [row.verdict for row in plan.rows] == expected
