"""A report by line in a browser: its form as a workbook, and the fields of a report filled in from it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, NamedTuple

from starlette.datastructures import UploadFile
from starlette.requests import Request
from starlette.responses import Response

from accord.console.deciding.fields import Typed
from accord.console.pages.tables import WORKBOOK as WORKBOOK_TYPE
from accord.console.serving.desk import TO_PARTNERSHIPS, Console
from accord.presentation.budgets.files import MOST_FORM_BYTES
from accord.presentation.budgets.report_form import report_form
from accord.presentation.budgets.report_reading import FilledReport, filled_report
from accord.presentation.faults import BadInput, Refused
from accord.web.pages import problem
from domain.partnership.state import Partnership

WORKBOOK: Final = "workbook"
"""The field of a form in which a filled workbook is chosen."""
FILL: Final = "fill"
"""The button that fills in the form from it, and goes no further."""


class FilledForm(NamedTuple):
    """The answers of a form with those of a workbook, and what is said of it."""

    answers: dict[str, list[str]]
    words: tuple[str, ...]


async def form_of_report(request: Request) -> Response:
    """Hand out the form of a report by line as a workbook."""
    console: Console = request.app.state.console
    try:
        partnership = await console.desk.known_partnership(request.path_params["partnership"].upper())
        content = report_form(partnership)
    except (Refused, BadInput) as fault:
        return problem(request, 404, str(fault), TO_PARTNERSHIPS)
    await console.looked_at(request.state.reader, partnership.partnership_id)
    headers = {"Content-Disposition": f'attachment; filename="{partnership.partnership_id}-report.xlsx"'}
    return Response(content, media_type=WORKBOOK_TYPE, headers=headers)


def has_form(partnership: Partnership) -> bool:
    """True if a report of a partnership can be filled in as a workbook."""
    return partnership.reporting.budget is not None and partnership.has_paid


async def filled_from_workbook(request: Request, partnership: Partnership, answers: Typed) -> FilledForm:
    """Return the answers of a form with those of the workbook that came with it. Nothing is recorded.

    Raises:
        BadInput: None came, or it has faults; all of them are told.
    """
    file = (await request.form()).get(WORKBOOK)
    if not isinstance(file, UploadFile) or not file.filename:
        raise BadInput("choose the filled workbook first, then fill in the form from it")
    name = "".join(sign for sign in file.filename if sign.isprintable())[-60:]
    form = filled_report(name, await file.read(MOST_FORM_BYTES + 1), partnership)
    words = (f"The form below holds what {name} says. Nothing is recorded: look at it, then go on.", *form.notes)
    given = {field: list(texts) for field, texts in answers.items()}
    return FilledForm({**given, **{field: [text] for field, text in _fields(form)}}, words)


def _fields(form: FilledReport) -> Iterator[tuple[str, str]]:
    """Yield each field that a workbook fills in, with its text. What it does not answer stays as it was typed."""
    spending = form.spending
    texts = {
        **{f"line-{number}": text for number, text in spending.lines.items()},
        **{f"line-{number}-reason": text for number, text in spending.reasons.items()},
        **form.sums,
        "period": str(spending.period or ""),
        "spent_in": spending.currency,
        "rate": spending.rate,
        "arrived_on": str(spending.arrived_on or ""),
        "difference": spending.difference,
        "difference_reason": spending.difference_reason,
    }
    yield from ((field, text) for field, text in {**texts, **_of_the_plan(form)}.items() if text)


def _of_the_plan(form: FilledReport) -> dict[str, str]:
    """Return the fields of milestones and of results, with what a workbook says of them."""
    texts = {f"result-{number}": text for number, text in form.results.items()}
    for number, typed in form.milestones.items():
        name = f"milestone-{number}"
        texts |= {name: typed.state, f"{name}-words": typed.words, f"{name}-day": typed.due_on}
    return texts
