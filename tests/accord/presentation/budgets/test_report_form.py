"""A report by line as a workbook: out, filled in, saved by another program, and in again; each fault by its cell."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from openpyxl import Workbook, load_workbook

from accord.presentation.budgets.report_form import ORIGIN, SHEET, report_form
from accord.presentation.budgets.report_reading import FilledReport, filled_report
from accord.presentation.faults import BadInput
from accord.presentation.spending import figures_by_line
from domain.partnership.state import Partnership
from domain.plans import ReportKind
from tests.budgets import budget, budgeted, line, milestone
from tests.builders import public_interest
from tests.domain.partnership import specification as s

Change = Callable[[Workbook], None]
PERIOD, UNSPENT, RETURNED, CURRENCY, RATE, ARRIVED, DIFFERENCE, DIFFERENCE_REASON = (f"C{row}" for row in range(4, 12))
NOT_ARRIVED = "C12"
SPENT, REASON = "G", "H"
FIRST = 15


@pytest.fixture(name="paid", scope="module")
def fixture_paid() -> s.Story:
    """A grant of 1,000 with a budget of three lines in two periods, paid."""
    return s.paid(**budgeted())


def filled(paid: s.Story, cells: dict[str, Any], change: Change = lambda book: None) -> bytes:
    """The form as somebody filled it in, saved by another program than the one that made it."""
    book = load_workbook(io.BytesIO(report_form(paid.partnership)))
    for place, value in cells.items():
        book[SHEET][place] = value
    change(book)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def read(paid: s.Story, cells: dict[str, Any], change: Change = lambda book: None) -> FilledReport:
    return filled_report("form.xlsx", filled(paid, cells, change), paid.partnership)


def told(partnership: Partnership, content: bytes) -> str:
    with pytest.raises(BadInput) as fault:
        filled_report("form.xlsx", content, partnership)
    return str(fault.value)


SUMS = {PERIOD: 2, UNSPENT: 0, RETURNED: 0, "G15": 600, "G16": 299.9, "G17": 100.10, "H16": "The bridge\nwas closed"}


def test_a_form_that_nobody_filled_in_answers_nothing(paid: s.Story) -> None:
    """Given an empty cell, then it is not answered, and not zero."""
    form = filled_report("form.xlsx", report_form(paid.partnership), paid.partnership)
    assert (dict(form.spending.lines), dict(form.sums), form.spending.is_said) == ({}, {}, False)


def test_a_filled_form_is_a_report_that_is_received(paid: s.Story) -> None:
    """Given sums of which a program keeps 10.10 as 10.1, then each is read to the cent, and the report is received."""
    form = read(paid, SUMS)
    assert form.spending.lines == {1: "600.00", 2: "299.90", 3: "100.10"}
    figures = figures_by_line(form.spending, form.sums, "USD")
    assert (figures["spent"], figures["period"]) == ("1000.00", 2)
    assert read(paid, {**SUMS, NOT_ARRIVED: 10}).sums["not_arrived"] == "10.00"
    assert figures["lines"][1] == {"line": 2, "spent": "299.90", "reason": "The bridge was closed"}
    assert paid.when(s.report(kind=ReportKind.FINANCIAL, figures=figures)).refusal is None


def test_zero_is_an_answer_and_an_empty_cell_is_none(paid: s.Story) -> None:
    form = read(paid, {**SUMS, UNSPENT: 400, "G16": 0, "G17": None})
    assert form.spending.lines == {1: "600.00", 2: "0.00"}
    figures = figures_by_line(form.spending, form.sums, "USD")
    refusal = paid.when(s.report(kind=ReportKind.FINANCIAL, figures=figures)).refusal
    assert "line 3 (Rent and management) is not answered" in str(refusal)


def test_sums_in_another_currency_come_with_rate_and_day(paid: s.Story) -> None:
    abroad = {CURRENCY: "kes", RATE: 129.47, ARRIVED: datetime(2026, 11, 20), DIFFERENCE: -0.02,  # noqa: DTZ001
              DIFFERENCE_REASON: "The bank rounds", "G15": 77681, "G16": "38,841.00", "G17": 12946}  # fmt: skip
    spending = read(paid, {**SUMS, **abroad}).spending
    assert (spending.currency, spending.rate, spending.arrived_on) == ("KES", "129.47", "2026-11-20")
    assert (spending.difference, spending.lines[2]) == ("-0.02", "38841.00")


def test_what_arithmetic_left_behind_the_cents_is_rounded(paid: s.Story) -> None:
    assert read(paid, {**SUMS, "G15": 33.300000000000004}).spending.lines[1] == "33.30"


CELLS: list[tuple[dict[str, Any], str]] = [
    ({"G15": "=SUM(D15:E15)"}, "Report!G15: it holds a formula, or a fault; write the value itself"),
    ({"G15": -5}, "Report!G15: -5 is below zero; write what was spent, or 0"),
    ({"G15": 1.234}, "Report!G15: 1.234 has more decimals than USD has, 2; round it"),
    ({"G15": "1.234"}, "Report!G15: '1.234' may be 1,234.00 or 1.234; write 1234.00"),
    ({"G15": "1e5"}, "Report!G15: '1e5' is no sum; write 20000 or 20,000.00"),
    ({"G15": "NaN"}, "Report!G15: 'NaN' is no sum"),
    ({"G15": 1e300}, "Report!G15: 1e+300 is no sum that a cell holds exactly; write it as text"),
    ({"G15": True}, "Report!G15: it holds 'True', which is no sum; write digits"),
    ({"G15": datetime(2026, 1, 2)}, "Report!G15: it holds '2026-01-02 00:00:00', which is no sum"),  # noqa: DTZ001
    ({"G15": "EUR 5"}, "Report!G15: 'EUR 5': it is in USD; write the sum alone"),
    ({PERIOD: 3}, "Report!C4: '3' is no period; write 1 to 2"),
    ({PERIOD: 1.5}, "Report!C4: '1.5' is no period; write 1 to 2"),
    ({ARRIVED: "20.11.2026"}, "Report!C9: '20.11.2026' is no day; write such as 2026-11-20"),
    ({RATE: "many"}, "Report!C8: 'many' is no number; write such as 129.47"),
    ({"A16": 3}, "Report!A16: line 2 stands here, and it says '3'; rows were moved"),
]  # fmt: skip


@pytest.mark.sampled(4)
@pytest.mark.parametrize(("cells", "words"), CELLS, ids=[words[:44] for _, words in CELLS])
def test_a_fault_names_its_cell(paid: s.Story, cells: dict[str, Any], words: str) -> None:
    assert words in told(paid.partnership, filled(paid, {**SUMS, **cells}))


def test_every_fault_is_told_at_once(paid: s.Story) -> None:
    lines = told(paid.partnership, filled(paid, {**SUMS, "G15": -5, "G16": "=A1", "G17": 1.005})).splitlines()
    assert lines[0] == "form.xlsx has 3 faults to mend; nothing was recorded:"
    assert len(lines) == 4


def test_a_merged_answer_is_refused(paid: s.Story) -> None:
    words = told(paid.partnership, filled(paid, SUMS, lambda book: book[SHEET].merge_cells("G15:G16")))
    assert "Report!G15: it is merged (G15:G16); split it, and write each answer in its own cell" in words


def test_a_further_sheet_is_not_read_and_this_is_said(paid: s.Story) -> None:
    assert read(paid, SUMS, lambda book: book.create_sheet("My notes")).notes == ("the sheet My notes is not read",)


@pytest.mark.slow
def test_the_form_of_another_partnership_or_budget_is_refused(paid: s.Story) -> None:
    def of_another(book: Workbook) -> None:
        book[ORIGIN]["B2"] = "P-2026-0007"

    assert "is the form of P-2026-0007, and not of P-2026-0042" in told(
        paid.partnership, filled(paid, SUMS, of_another)
    )
    plan = budget(line(1, "Training", "500.00", "400.00"), line(2, "Overhead", "50.00", "50.00", kind="INDIRECT"))
    assert "is of another budget (" in told(s.paid(**budgeted(plan=plan)).partnership, filled(paid, SUMS))


@pytest.mark.slow
def test_what_is_no_form_is_refused(paid: s.Story) -> None:
    other = io.BytesIO()
    Workbook().save(other)
    assert "is no form of a report by line; make a new form: accord budget P-2026-0042 --workbook" in told(
        paid.partnership, other.getvalue()
    )
    assert "is no form of a report by line" in told(
        paid.partnership, filled(paid, SUMS, lambda book: book.remove(book[ORIGIN]))
    )
    assert "is no workbook" in told(paid.partnership, b"PK\x03\x04 and nothing more")
    assert "which no form has" in told(paid.partnership, b"x" * 1_100_000)
    bomb = io.BytesIO()
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", b"0" * 200_000_000)
    assert "unpacks to 200,000,000 bytes" in told(paid.partnership, bomb.getvalue())


def test_a_grant_without_an_agreed_budget_has_no_form() -> None:
    with pytest.raises(BadInput, match="has no agreed budget"):
        report_form(s.paid().partnership)


def test_only_the_answers_can_be_changed(paid: s.Story) -> None:
    """Given the form, then its sheet is protected, what is asked is not locked, and its origin is hidden."""
    book = load_workbook(io.BytesIO(report_form(paid.partnership)))
    sheet = book[SHEET]
    free = {cell.coordinate for row in sheet.iter_rows() for cell in row if not cell.protection.locked}
    assert free == {*(f"C{row}" for row in range(4, 13)), *(f"{at}{row}" for at in "GH" for row in range(15, 18))}
    assert (sheet.protection.sheet, book[ORIGIN].sheet_state) == (True, "hidden")


def test_a_name_with_a_formula_stays_text() -> None:
    plan = budget(
        line(1, "=1+1", "450.00", "450.00", what="=cmd()"), line(2, "Rent", "50.00", "50.00", kind="INDIRECT")
    )
    sheet = load_workbook(io.BytesIO(report_form(s.paid(**budgeted(plan=plan)).partnership)))[SHEET]
    assert [(sheet[f"{at}{FIRST}"].value, sheet[f"{at}{FIRST}"].data_type) for at in "BC"] == [
        ("=1+1", "s"), ("=cmd()", "s"),
    ]  # fmt: skip


class TestWorkPlan:
    """The form carries milestones and indicators, and names the cell of each fault."""

    MARKS = (
        milestone(due_on="2029-01-31", evidence="A photograph", holds=[2]),
        milestone(2, due_on="2029-03-31"),
    )
    INDICATORS = ({"number": 1, "what": "Readers online", "target": "1200"}, {"number": 2, "what": "=cmd()"})

    @pytest.fixture(name="planned", scope="class")
    def fixture_planned(self) -> s.Story:
        """A grant with a budget, two milestones and two indicators, of which the first payment was made."""
        leg = budgeted("600.00", "400.00", milestones=list(self.MARKS))
        return s.paid(**leg, public_interest=public_interest(indicators=list(self.INDICATORS)))

    def filled(self, planned: s.Story, plan: dict[str, Any], results: dict[str, Any]) -> bytes:
        def change(book: Workbook) -> None:
            for title, cells in (("Work plan", plan), ("Results", results)):
                for place, value in cells.items():
                    book[title][place] = value

        return filled(planned, {}, change)

    def test_what_is_answered_comes_back_as_people_would_type_it(self, planned: s.Story) -> None:
        plan = {"E4": "done", "F4": "The mast stands", "E5": "LATE", "F5": "It rained", "G5": datetime(2029, 6, 30)}  # noqa: DTZ001
        form = filled_report(
            "form.xlsx", self.filled(planned, plan, {"E4": 240, "E5": "as many\nas last year"}), planned.partnership
        )
        assert form.milestones == {1: ("DONE", "The mast stands", ""), 2: ("LATE", "It rained", "2029-06-30")}
        assert form.results == {1: "240", 2: "as many as last year"}
        untouched = filled_report("form.xlsx", report_form(planned.partnership), planned.partnership)
        assert (untouched.milestones, untouched.results) == ({}, {})

    @pytest.mark.parametrize(
        ("value", "read"),
        [(0, "0"), (-2.5, "-2.5"), (33.300000000000004, "33.3"), (1.234, "1.2340"), ("1,200", "1200"), ("-3", "-3")],
    )
    def test_a_number_is_read_as_it_is_meant(self, planned: s.Story, value: Any, read: str) -> None:
        form = filled_report("form.xlsx", self.filled(planned, {}, {"E4": value}), planned.partnership)
        assert form.results == {1: read}

    @pytest.mark.sampled(4)
    @pytest.mark.parametrize(
        ("plan", "results", "words"),
        [
            ({"E4": "maybe"}, {}, "Work plan!E4: 'MAYBE' is no state; write DONE, LATE, DROPPED"),
            ({"F4": "It stands"}, {}, "Work plan!E4: the row has an answer and no state; write DONE, LATE, DROPPED"),
            ({"E5": "DROPPED"}, {}, "Work plan!F5: milestone 2 is DROPPED; say why in words"),
            ({"E4": "LATE", "F4": "It rained", "G4": "2029-06-30"}, {},
             "Work plan!G4: a payment waits for it, so its day moves by an amendment; leave the day out"),
            ({"E5": "DONE", "G5": "2029-06-30"}, {}, "Work plan!G5: only what is LATE has a new day"),
            ({"E5": "LATE", "F5": "It rained", "G5": "soon"}, {}, "Work plan!G5: 'soon' is no day"),
            ({"E4": "=A1"}, {}, "Work plan!E4: it holds a formula, or a fault; write the value itself"),
            ({"A5": 1}, {}, "Work plan!A5: milestone 2 stands here, and it says '1'; rows were moved"),
            ({}, {"E4": "1.234"}, "Results!E4: '1.234' may be 1,234.00 or 1.234; write 1234.00"),
            ({}, {"E4": "12 %"}, "Results!E4: '12 %' is no number; write such as 240, or say it in words"),
            ({}, {"E4": 1e300}, "Results!E4: 1e+300 is no number that a cell holds exactly; write it as text"),
            ({}, {"E5": datetime(2026, 1, 2)}, "Results!E5: it holds '2026-01-02 00:00:00'; write a number, or words"),  # noqa: DTZ001
            ({}, {"A4": 2}, "Results!A4: indicator 1 stands here, and it says '2'; rows were moved"),
        ],
    )  # fmt: skip
    def test_a_fault_names_its_cell(
        self, planned: s.Story, plan: dict[str, Any], results: dict[str, Any], words: str
    ) -> None:
        assert words in told(planned.partnership, self.filled(planned, plan, results))

    def test_a_form_of_another_work_plan_is_refused_and_one_whose_days_moved_is_not(self, planned: s.Story) -> None:
        content = report_form(planned.partnership)
        other = s.paid(**budgeted("600.00", "400.00", milestones=list(self.MARKS)))
        assert "is of another work plan or other indicators (" in told(other.partnership, content)
        late = {"milestone": 2, "state": "LATE", "words": "It rained", "due_on": "2029-06-30"}
        moved = planned.given(s.report(kind=ReportKind.PROGRESS, figures=None, milestones=(late,)))
        assert filled_report("form.xlsx", content, moved.partnership).milestones == {}

    def test_a_sheet_that_was_removed_is_missed(self, planned: s.Story) -> None:
        content = filled(planned, {}, lambda book: book.remove(book["Work plan"]))
        assert "has no sheet Work plan; it was removed" in told(planned.partnership, content)

    def test_only_its_answers_can_be_changed_and_a_formula_stays_text(self, planned: s.Story) -> None:
        book = load_workbook(io.BytesIO(report_form(planned.partnership)))
        free = [
            {cell.coordinate for row in book[title].iter_rows() for cell in row if not cell.protection.locked}
            for title in ("Work plan", "Results")
        ]
        assert free == [{"E4", "F4", "E5", "F5", "G5"}, {"E4", "E5"}]
        assert all(book[title].protection.sheet for title in ("Work plan", "Results"))
        assert book["Results"]["B5"].data_type == "s"
