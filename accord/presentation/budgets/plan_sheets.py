"""The work plan and the indicators on sheets of a report's form: what is asked of each, locked, with cells for it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from accord.presentation.budgets.styles import FormStyles
from domain.budgets.milestones import Milestone, MilestoneState
from domain.partnership.state import Partnership
from domain.plans import Indicator

PLAN_SHEET: Final = "Work plan"
RESULT_SHEET: Final = "Results"
FIRST_ROW: Final = 4
"""The row of the first milestone or indicator, counted from 1. The headings stand above it."""
STATE, WORDS, NEW_DAY = 5, 6, 7
"""The columns of a milestone's answers, counted from 1."""
ACHIEVED: Final = 5
"""The column of what was achieved by an indicator, counted from 1."""

_STATES: Final = [state.value for state in MilestoneState]
_PLAN_HEADINGS: Final = (
    "No.", "What is done", "Planned for", "What shows it", "DONE, LATE or DROPPED", "In words", "New day, if late",
    "What waits for it",
)  # fmt: skip
_RESULT_HEADINGS: Final = ("No.", "By what", "In", "Aim", "Achieved, as a number or in words")


def sheets_asked(partnership: Partnership) -> tuple[str, ...]:
    """Return the sheets of a report's form beside the budget's: of a work plan and of indicators, where they are."""
    plan = [PLAN_SHEET] if partnership.reporting.milestones else []
    return (*plan, *([RESULT_SHEET] if partnership.proposed.public_interest.indicators else []))


def plan_asked(partnership: Partnership) -> dict[str, Any]:
    """Return the questions on a work plan and indicators. The days of what holds nothing move by reports."""
    milestones = (
        {"number": mark.number, "what": mark.what, "holds": list(mark.holds)}
        for mark in partnership.reporting.milestones
    )
    indicators = partnership.proposed.public_interest.indicators
    measures = ({"number": measure.number, "what": measure.what, "unit": measure.unit} for measure in indicators)
    return {"milestones": list(milestones), "indicators": list(measures)}


def write_plan_sheets(book: Any, partnership: Partnership, styles: FormStyles) -> None:
    """Write a sheet of the work plan and one of the indicators, where the partnership has such."""
    for title in sheets_asked(partnership):
        sheet = book.add_worksheet(title)
        if title == PLAN_SHEET:
            _write_plan(sheet, partnership.reporting.milestones, styles)
        else:
            _write_indicators(sheet, partnership.proposed.public_interest.indicators, styles)
        sheet.freeze_panes(FIRST_ROW - 1, 2)
        sheet.set_landscape()
        sheet.fit_to_pages(1, 0)
        sheet.protect("", {"format_columns": True, "format_rows": True})


def _write_head(sheet: Any, title: str, guide: str, headings: Sequence[str], styles: FormStyles) -> None:
    sheet.write_string(0, 0, title, styles.title)
    sheet.write_string(1, 0, guide)
    for place, heading in enumerate(headings):
        sheet.write_string(FIRST_ROW - 2, place, heading, styles.heading)


def _write_plan(sheet: Any, milestones: Sequence[Milestone], styles: FormStyles) -> None:
    guide = "Answer what is due, and what there is news of. What is late or dropped says why in words."
    _write_head(sheet, "Work plan", guide, _PLAN_HEADINGS, styles)
    for row, milestone in enumerate(milestones, FIRST_ROW - 1):
        sheet.write_number(row, 0, milestone.number, styles.text)
        texts = (milestone.what, milestone.due_on.isoformat(), milestone.evidence or "")
        for place, text in enumerate(texts, 1):
            sheet.write_string(row, place, text, styles.text)
        for column in (STATE, WORDS, *([] if milestone.holds else [NEW_DAY])):
            sheet.write_blank(row, column - 1, None, styles.answer)
        sheet.write_string(row, NEW_DAY, _waiting(milestone), styles.text)
    last = FIRST_ROW - 2 + len(milestones)
    sheet.data_validation(FIRST_ROW - 1, STATE - 1, last, STATE - 1, {"validate": "list", "source": _STATES})
    for first, end, width in ((0, 0, 6), (1, 1, 44), (2, 2, 14), (3, 3, 36), (4, 4, 18), (5, 5, 44), (6, 6, 16),
                              (7, 7, 44)):  # fmt: skip
        sheet.set_column(first, end, width)


def _waiting(milestone: Milestone) -> str:
    if not milestone.holds:
        return ""
    payments = ", ".join(map(str, milestone.holds))
    return f"Payment {payments}. Send the paper that shows it with this form; its day moves by an amendment."


def _write_indicators(sheet: Any, indicators: Sequence[Indicator], styles: FormStyles) -> None:
    guide = "Say what was achieved since the beginning. The final report answers every one."
    _write_head(sheet, "Results", guide, _RESULT_HEADINGS, styles)
    for row, indicator in enumerate(indicators, FIRST_ROW - 1):
        sheet.write_number(row, 0, indicator.number, styles.text)
        aim = format(indicator.target, ",f") if indicator.target is not None else ""
        for place, text in enumerate((indicator.what, indicator.unit or "", aim), 1):
            sheet.write_string(row, place, text, styles.text)
        sheet.write_blank(row, ACHIEVED - 1, None, styles.answer)
    for first, end, width in ((0, 0, 6), (1, 1, 60), (2, 3, 18), (4, 4, 44)):
        sheet.set_column(first, end, width)
