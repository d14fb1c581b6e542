"""The shell's command that records a report, with what was spent by line of the budget and what became of the plan."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Annotated, Any

import typer

from accord.cli.options import ActorOption, DocumentOption, IdArgument, JsonOption, digest_of, run
from accord.cli.partnerships.acts import add_act, option
from accord.cli.partnerships.deciding import decide
from accord.cli.printing.output import err
from accord.cli.typed_sums import typed_sum
from accord.client.desk import open_desk
from accord.presentation.acts import field_of
from accord.presentation.budgets.files import content_of_form
from accord.presentation.faults import BadInput
from accord.presentation.spending import TypedSpending, figures_by_line
from domain.budgets.milestones import MilestoneState
from domain.partnership import commands as c
from domain.partnership.state import Partnership
from domain.plans import ReportKind

SumOption = Annotated[str | None, typer.Option(metavar="SUM", help=field_of(c.Report, "figures").description)]


def _report(
    partnership: IdArgument,
    actor: ActorOption,
    text: Annotated[str, option(c.Report, "summary")],
    kind: Annotated[
        ReportKind | None, typer.Option("--kind", help="Without it: as planned, or else FINAL.", case_sensitive=False)
    ] = None,
    plan_number: Annotated[int | None, option(c.Report, "planned", metavar="NUMBER")] = None,
    spent: SumOption = None,
    unspent: SumOption = None,
    returned: SumOption = None,
    result: Annotated[
        list[str] | None,
        option(c.Report, "results", metavar="NUMBER=RESULT"),
    ] = None,
    line: Annotated[
        list[str] | None, typer.Option(metavar="NUMBER=SUM", help="What was spent of a line of the budget.")
    ] = None,
    line_reason: Annotated[
        list[str] | None, typer.Option(metavar="NUMBER=REASON", help="Why a line is far from its budget.")
    ] = None,
    period: Annotated[
        int | None, typer.Option(metavar="NUMBER", help="The last period of the budget that the figures cover.")
    ] = None,
    spent_in: Annotated[
        str | None, typer.Option(metavar="CURRENCY", help="The currency in which the lines were spent, if another.")
    ] = None,
    rate: Annotated[
        str | None, typer.Option(metavar="RATE", help="How much of it one unit of the grant's currency bought.")
    ] = None,
    arrived_on: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="The day on which the money arrived at that rate.")
    ] = None,
    exchange_difference: Annotated[
        str | None, typer.Option(metavar="SUM", help="What exchange took beside the lines, in the grant's currency.")
    ] = None,
    exchange_reason: Annotated[str | None, typer.Option(metavar="REASON", help="What made that difference.")] = None,
    workbook: Annotated[
        Path | None, typer.Option(metavar="FILE", help="The filled form of `accord budget ID --workbook FILE`.")
    ] = None,
    milestone: Annotated[list[str] | None, option(c.Report, "milestones", metavar="NUMBER=STATE")] = None,
    milestone_paper: Annotated[
        list[str] | None, typer.Option(metavar="NUMBER=FILE", help="A paper that shows that a milestone is done.")
    ] = None,
    corrects: Annotated[int | None, option(c.Report, "corrects", metavar="NUMBER")] = None,
    document: DocumentOption = None,
    as_json: JsonOption = False,
) -> None:
    abroad = (spent_in, rate, arrived_on.date() if arrived_on is not None else None)
    spending = _spending(line, line_reason, period, abroad, (exchange_difference, exchange_reason))
    record = run(_known(partnership))
    sums = {"spent": spent, "unspent": unspent, "returned": returned}
    if workbook is not None:
        spending, sums = _from_form(workbook, record, spending, sums)
    plan = record.reporting.plan(plan_number)
    filed_report = record.reporting.report(corrects) if corrects else None
    default = plan or filed_report
    decide(
        partnership,
        c.Report,
        actor,
        as_json,
        summary=text,
        report_kind=kind or (default.kind if default else ReportKind.FINAL),
        planned=plan_number if plan_number is not None or filed_report is None else filed_report.planned,
        figures=_figures(record, spending, sums),
        results=tuple(map(_result, result or ())),
        milestones=_milestones(milestone, milestone_paper, actor, partnership),
        corrects=corrects,
        document_sha256=digest_of(document, actor, partnership),
    )


async def _known(partnership_id: str) -> Partnership:
    async with open_desk() as desk:
        return await desk.known_partnership(partnership_id)


def _from_form(
    path: Path, partnership: Partnership, spending: TypedSpending, sums: Mapping[str, str | None]
) -> tuple[TypedSpending, dict[str, str | None]]:
    """Return the spending by line and the sums that a filled form says, beside the sums of options.

    Raises:
        BadInput: It has faults, or options say the same.
    """
    from accord.presentation.budgets.report_reading import filled_report

    if spending.is_said:
        raise BadInput("--workbook: it says what was spent by line; leave out --line, --period, --rate and the like")
    form = filled_report(path.name, content_of_form(path), partnership)
    if twice := [name for name in form.sums if sums.get(name)]:
        raise BadInput(f"--{twice[0]}: the workbook says it too; leave one of them out")
    for note in form.notes:
        err.print(f"{path.name}: {note}", markup=False)
    return form.spending, {**sums, **form.sums}


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
    sum_texts = {name: typed_sum(f"--{name}", figure, currency) for name, figure in sums.items() if figure}
    if spending.is_said:
        return figures_by_line(spending, sum_texts, currency)
    return {"currency": currency, **dict.fromkeys(("spent", "unspent", "returned"), "0"), **sum_texts}


def _result(text: str) -> dict[str, Any]:
    number, sign, result = text.partition("=")
    if not sign or not number.strip().isdecimal() or not result.strip():
        raise BadInput(f"--result: {text!r} is no result; write the indicator and the result, such as 1=240")
    try:
        return {"indicator": int(number), "achieved": Decimal(result.strip())}
    except InvalidOperation:
        return {"indicator": int(number), "words": result.strip()}


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


def _milestones(
    answers: Iterable[str] | None, papers: Iterable[str] | None, by: str, partnership: str
) -> tuple[dict[str, Any], ...]:
    """Return a report's words on milestones, each with its papers. Raises BadInput, which names the option."""
    files: dict[int, list[str]] = {}
    for number, path in _pairs("--milestone-paper", papers, "1=photograph.jpg"):
        files.setdefault(number, []).append(digest_of(Path(path), by, partnership, "--milestone-paper") or "")
    milestone_answers = [_milestone(number, text) for number, text in _pairs("--milestone", answers, "1=DONE")]
    if strange := files.keys() - {answer["milestone"] for answer in milestone_answers}:
        raise BadInput(f"--milestone-paper: milestone {min(strange)} has a paper and no answer; give --milestone too")
    return tuple(_with_papers(answer, files.get(answer["milestone"], [])) for answer in milestone_answers)


def _with_papers(answer: dict[str, Any], papers: list[str]) -> dict[str, Any]:
    return {**answer, "papers": papers} if papers else answer


def _milestone(number: int, text: str) -> dict[str, Any]:
    """Return one answer, such as `DONE: the mast stands`, or `LATE until 2027-09-30: it rained`."""
    head, _, words = text.partition(":")
    state, _, day = head.strip().partition(" until ")
    if state.upper() not in set(MilestoneState):
        states = ", ".join(MilestoneState)
        raise BadInput(
            f"--milestone: {text!r} says none of {states}; write such as {number}=DONE, or {number}='LATE: why'"
        )
    answer: dict[str, Any] = {"milestone": number, "state": state.upper()}
    answer |= {"words": words.strip()} if words.strip() else {}
    return answer | ({"due_on": day.strip()} if day.strip() else {})


def _numbered(option: str, texts: Iterable[str] | None, example: str) -> dict[int, str]:
    pairs = _pairs(option, texts, example)
    numbers = [number for number, _ in pairs]
    if twice := [number for number in numbers if numbers.count(number) > 1]:
        raise BadInput(f"{option}: {twice[0]} is given twice; give it once")
    return dict(pairs)


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
