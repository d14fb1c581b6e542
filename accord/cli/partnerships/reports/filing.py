"""The shell's command that records a report, with what was spent by line of the budget and what became of the plan."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any, NamedTuple

import typer

from accord.cli.door.naming import SubmissionOption, submission_named
from accord.cli.options import ActorOption, DocumentOption, IdArgument, JsonOption, digest_of, run
from accord.cli.partnerships.acts import add_act
from accord.cli.partnerships.deciding import decide
from accord.cli.partnerships.reports import light_ways as w
from accord.cli.partnerships.reports import options as o
from accord.cli.printing.output import err
from accord.cli.typed_sums import typed_sum
from accord.client.desk import open_desk
from accord.presentation.budgets.files import content_of_form
from accord.presentation.door.asked_reports import asked_report, report_owed_first
from accord.presentation.faults import BadInput
from accord.presentation.spending import TypedSpending, figures_by_line
from domain.budgets.milestones import MilestoneState
from domain.partnership import commands as c
from domain.partnership.state import Partnership
from domain.plans import ReportKind


def _report(
    partnership: IdArgument, actor: ActorOption, text: o.SummaryOption, kind: o.KindOption = None,
    plan_number: o.PlanOption = None, spent: o.SumOption = None, unspent: o.SumOption = None,
    returned: o.SumOption = None, not_arrived: o.NotArrivedOption = None, result: o.ResultOption = None,
    line: o.LineOption = None, line_reason: o.LineReasonOption = None, period: o.PeriodOption = None,
    spent_in: o.CurrencyOption = None, rate: o.RateOption = None, arrived_on: o.ArrivalOption = None,
    exchange_difference: o.DifferenceOption = None,
    exchange_reason: o.DifferenceReasonOption = None, workbook: o.WorkbookOption = None,
    milestone: o.MilestoneOption = None, milestone_paper: o.MilestonePaperOption = None,
    corrects: o.CorrectsOption = None, document: DocumentOption = None, submission: SubmissionOption = None,
    other_funder: w.OtherFunderOption = None, other_period: w.OtherPeriodOption = None,
    other_covers: w.OtherCoversOption = None, other_paper: w.OtherPaperOption = None,
    beside_inbox: w.BesideInboxOption = None, as_json: JsonOption = False,
) -> None:  # fmt: skip
    abroad = (spent_in, rate, arrived_on.date() if arrived_on is not None else None)
    report = _TypedReport(
        spending=_spending(line, line_reason, period, abroad, (exchange_difference, exchange_reason)),
        sums={"spent": spent, "unspent": unspent, "returned": returned, "not_arrived": not_arrived},
        milestones=_each("--milestone", milestone, "1=DONE", _milestone),
        results=_each("--result", result, "1=240", _result),
    )
    record, papers = run(_known(partnership)), _papers(milestone_paper, actor, partnership)
    if workbook is not None:
        report = _with_form(workbook, record, report)
    document_sha256 = digest_of(document, actor, partnership)
    handed_in = submission_named([partnership], submission)
    is_said = (kind, plan_number, corrects) != (None, None, None)
    which = _kind_of(record, kind, plan_number, corrects)
    if handed_in is not None and not is_said:
        which = asked_report(record, handed_in.about) or report_owed_first(record)
    content = {**which, **_content(record, report, papers)}
    content |= {"submission": handed_in.reference} if handed_in is not None else {}
    content |= w.other_report(other_funder, other_period, other_covers, other_paper, actor, partnership)
    content |= {"beside_inbox": beside_inbox} if beside_inbox else {}
    decide(partnership, c.Report, actor, as_json, summary=text, document_sha256=document_sha256, **content)


class _TypedReport(NamedTuple):
    """A report as it was typed, or stands in a filled form."""

    spending: TypedSpending
    sums: Mapping[str, str | None]
    milestones: Mapping[int, dict[str, Any]]
    results: Mapping[int, dict[str, Any]]


def _kind_of(
    partnership: Partnership, kind: ReportKind | None, planned: int | None, corrects: int | None
) -> dict[str, Any]:
    """Return the kind of a report: as said, as planned, as of the one that it corrects, or the final one."""
    filed_report = partnership.reporting.report(corrects) if corrects else None
    default = partnership.reporting.plan(planned) or filed_report
    return {
        "report_kind": kind or (default.kind if default else ReportKind.FINAL),
        "planned": planned if planned is not None or filed_report is None else filed_report.planned,
        "corrects": corrects,
    }


def _content(partnership: Partnership, report: _TypedReport, papers: Mapping[int, list[str]]) -> dict[str, Any]:
    """Return the figures, the results and the word on each milestone with its papers. Raises BadInput."""
    return {
        "figures": _figures(partnership, report.spending, report.sums),
        "results": tuple(report.results.values()),
        "milestones": tuple(_with_papers(report.milestones, papers)),
    }


async def _known(partnership_id: str) -> Partnership:
    async with open_desk() as desk:
        return await desk.known_partnership(partnership_id)


def _with_form(path: Path, partnership: Partnership, report: _TypedReport) -> _TypedReport:
    """Return the answers of a filled form beside those that were typed.

    Raises:
        BadInput: The form has faults, or options say the same.
    """
    from accord.presentation.budgets.report_reading import filled_report

    if report.spending.is_said:
        raise BadInput("--workbook: it says what was spent by line; leave out --line, --period, --rate and the like")
    form = filled_report(path.name, content_of_form(path), partnership)
    milestones = {number: _answer(number, *row) for number, row in form.milestones.items()}
    results = {number: _result(number, text) for number, text in form.results.items()}
    doubles = (
        *(f"--{name}" for name in form.sums if report.sums.get(name)),
        *(f"--milestone {number}" for number in milestones.keys() & report.milestones.keys()),
        *(f"--result {number}" for number in results.keys() & report.results.keys()),
    )
    if doubles:
        raise BadInput(f"{doubles[0]}: the workbook says it too; leave one of them out")
    for note in form.notes:
        err.print(f"{path.name}: {note}", markup=False)
    sums = {**report.sums, **form.sums}
    return _TypedReport(form.spending, sums, {**milestones, **report.milestones}, {**results, **report.results})


def _figures(
    partnership: Partnership, spending: TypedSpending, sums: Mapping[str, str | None]
) -> dict[str, Any] | None:
    """Return the figures of a report, or None if none are given.

    Raises:
        BadInput: One is no amount, or no money goes out.
    """
    if not any(sums.values()) and not spending.is_said:
        return None
    out_leg = partnership.proposed.funds_out
    if out_leg is None:
        raise BadInput(f"{partnership.partnership_id} pays nothing out; leave out --spent, --unspent and --returned")
    currency = out_leg.total.currency
    sum_texts = {
        name: typed_sum(f"--{name.replace('_', '-')}", figure, currency) for name, figure in sums.items() if figure
    }
    if spending.is_said:
        return figures_by_line(spending, sum_texts, currency)
    return {"currency": currency, **dict.fromkeys(("spent", "unspent", "returned"), "0"), **sum_texts}


def _result(number: int, text: str) -> dict[str, Any]:
    """Return the result of an indicator: a number where it is one, else words."""
    try:
        return {"indicator": number, "achieved": Decimal(text)}
    except InvalidOperation:
        return {"indicator": number, "words": text}


def _spending(
    lines: Iterable[str] | None,
    reasons: Iterable[str] | None,
    period: int | None,
    abroad: tuple[str | None, str | None, date | None],
    difference: tuple[str | None, str | None],
) -> TypedSpending:
    """Return the spending by line as it was typed. Raises BadInput, which names the option."""
    currency, rate, arrived_on = abroad
    return TypedSpending(
        lines=_numbered("--line", lines, "3=1250.00"),
        reasons=_numbered("--line-reason", reasons, '3="the bridge was closed"'),
        period=period,
        currency=(currency or "").upper(),
        rate=rate or "",
        arrived_on=arrived_on,
        difference=difference[0] or "",
        difference_reason=difference[1] or "",
    )


def _papers(texts: Iterable[str] | None, by: str, partnership: str) -> Mapping[int, list[str]]:
    """Return the digests of papers by the milestone that they show. Raises BadInput, which names the option."""
    files: dict[int, list[str]] = {}
    for number, path in _pairs("--milestone-paper", texts, "1=photograph.jpg"):
        files.setdefault(number, []).append(digest_of(Path(path), by, partnership, "--milestone-paper") or "")
    return files


def _with_papers(answers: Mapping[int, dict[str, Any]], papers: Mapping[int, list[str]]) -> Iterator[dict[str, Any]]:
    """Yield each word on a milestone with its papers. Raises BadInput for papers of one that nothing is said of."""
    if strange := papers.keys() - answers.keys():
        raise BadInput(f"--milestone-paper: milestone {min(strange)} has a paper and no answer; give --milestone too")
    for number, answer in answers.items():
        yield {**answer, "papers": papers[number]} if number in papers else answer


def _milestone(number: int, text: str) -> dict[str, Any]:
    """Return one answer, such as `DONE: the mast stands`, or `LATE until 2027-09-30: it rained`."""
    head, _, words = text.partition(":")
    state, _, day = head.strip().partition(" until ")
    if state.upper() not in set(MilestoneState):
        states = ", ".join(MilestoneState)
        raise BadInput(
            f"--milestone: {text!r} says none of {states}; write such as {number}=DONE, or {number}='LATE: why'"
        )
    return _answer(number, state.upper(), words.strip(), day.strip())


def _answer(number: int, state: str, words: str, day: str) -> dict[str, Any]:
    answer: dict[str, Any] = {"milestone": number, "state": state}
    answer |= {"words": words} if words else {}
    return answer | ({"due_on": day} if day else {})


def _numbered(option: str, texts: Iterable[str] | None, example: str) -> dict[int, str]:
    pairs = _pairs(option, texts, example)
    numbers = [number for number, _ in pairs]
    if twice := [number for number in numbers if numbers.count(number) > 1]:
        raise BadInput(f"{option}: {twice[0]} is given twice; give it once")
    return dict(pairs)


def _each(
    option: str, texts: Iterable[str] | None, example: str, read: Callable[[int, str], dict[str, Any]]
) -> dict[int, dict[str, Any]]:
    """Return the answers of an option that is given once for each number. Raises BadInput, which names it."""
    return {number: read(number, text) for number, text in _numbered(option, texts, example).items()}


def _pairs(option: str, texts: Iterable[str] | None, example: str) -> list[tuple[int, str]]:
    pairs: list[tuple[int, str]] = []
    for text in texts or ():
        number, sign, answer_text = text.partition("=")
        if not sign or not number.strip().isdecimal() or not answer_text.strip():
            raise BadInput(f"{option}: {text!r} is no number with an answer; write such as {example}")
        pairs.append((int(number), answer_text.strip()))
    return pairs


def register(app: typer.Typer) -> None:
    """Add `accord report`."""
    add_act(
        app, c.Report, _report,
        'report P-2026-0042 --summary "eleven courses" --spent 20000 --result 1=240 --as pia.berg',
    )  # fmt: skip
