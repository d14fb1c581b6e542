"""Shell commands that record papers, interests, amendments, sub-recipients and diversions."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Annotated

import typer

from accord.cli.door.naming import SubmissionOption, submission_for
from accord.cli.options import (
    ActorOption,
    DocumentOption,
    FileArgument,
    IdArgument,
    JsonOption,
    ReasonOption,
    digest_of,
    run,
)
from accord.cli.organisation.staffing import name_work_left
from accord.cli.partnerships.acts import add_act, option
from accord.cli.partnerships.deciding import NoInterestOption, Showing, decide, show, without_interest
from accord.cli.partnerships.life import proposal_in
from accord.cli.printing.output import err
from accord.cli.printing.receipts import print_receipt
from accord.cli.typed_sums import proposal_told, typed_sum
from accord.client.desk import open_desk
from accord.presentation.faults import BadInput
from accord.presentation.input_files import read_file
from domain.errors import PaymentRefused
from domain.grants import Interest, SubrecipientsFile
from domain.partnership import commands as c
from domain.partnership.proposal.splitting import SplitPart, split
from domain.proposal import Proposal
from workflows.messages import Receipt


def _declare_interest(
    partnership: IdArgument,
    actor: ActorOption,
    what: Annotated[str, typer.Option("--what", help="The interest, in words for the minutes.")],
    person: Annotated[
        str | None, typer.Option("--person", metavar="STAFF", help="Whose; without it, your own.")
    ] = None,
    as_json: JsonOption = False,
) -> None:
    async def name_what_waits() -> None:
        async with open_desk() as desk:
            record = await desk.known_partnership(partnership)
            interest = Interest.model_construct(person=staff_id, what=what)  # the command itself checks the words
            recusal = record.model_copy(update={"interests": (*record.interests, interest)})
            name_work_left(record, recusal, await desk.directory())

    staff_id = person or actor
    run(name_what_waits())
    decide(partnership, c.DeclareInterest, actor, as_json, interest={"person": staff_id, "what": what})


def _amend(
    file: FileArgument,
    actor: ActorOption,
    reason: ReasonOption,
    submission: SubmissionOption = None,
    as_json: JsonOption = False,
) -> None:
    proposal = proposal_in(file)
    lines = proposal_told(proposal, actor, "amend")
    content = {"proposal": proposal, "reason": reason, **submission_for([proposal.reference], submission)}
    decide(proposal.reference, c.Amend, actor, as_json, lines=lines, **content)


def _split(
    partnership: IdArgument,
    actor: ActorOption,
    reason: ReasonOption,
    tranche: Annotated[int, typer.Option("--tranche", min=1, help="The planned payment.")],
    parts: Annotated[
        list[str],
        typer.Option(
            "--part", metavar="SUM[@DAY]", help="A part, with the day before which it is not paid, if that is later."
        ),
    ],
    as_json: JsonOption = False,
) -> None:
    """Split a tranche that is not paid, by an amendment: the same sum in all, on the same or later days.

    Each part waits for all that the tranche waits for. The first keeps its number. Of a tranche that was paid short,
    the first part is what was paid. While an attempt to pay it is open, it is not split.

    Example: accord split P-2026-0042 --tranche 2 --part 10000 --part 20000@2027-03-01 --reason "in two steps"
    --as pia.berg
    """

    async def work() -> Receipt:
        async with open_desk(acting=True) as desk:
            sight = await desk.as_seen(partnership, None)
            after = _in_parts(sight.partnership.proposed, tranche, parts)
            show(proposal_told(after, actor, "amend"), Showing(shows=not as_json))
            return await desk.decide(sight, c.Amend, actor, proposal=after, reason=reason)

    print_receipt(run(work()), as_json)


def _in_parts(before: Proposal, tranche: int, parts: list[str]) -> Proposal:
    currency = str(before.funds_out.currency) if before.funds_out is not None else ""
    try:
        return split(before, tranche, [_part_of(text, currency) for text in parts])
    except PaymentRefused as refusal:
        raise BadInput(f"--part: {refusal}") from None


def _part_of(text: str, currency: str) -> SplitPart:
    """Return a part of a tranche from SUM or SUM@DAY."""
    sum_, _, day = text.partition("@")
    try:
        due_on = date.fromisoformat(day) if day else None
    except ValueError:
        raise BadInput(f"--part: {day} is no day; write it as 2027-03-01") from None
    return SplitPart(Decimal(typed_sum("--part", sum_, currency)), due_on)


def _report_subrecipients(
    partnership: IdArgument, file: FileArgument, actor: ActorOption, as_json: JsonOption = False
) -> None:
    subrecipients_file = read_file(file, SubrecipientsFile)
    decide(partnership, c.ReportSubrecipients, actor, as_json, subrecipients=subrecipients_file.subrecipients)


def _report_diversion(
    partnership: IdArgument,
    actor: ActorOption,
    description: Annotated[str, option(c.ReportDiversion, "what")],
    amount: Annotated[str | None, option(c.ReportDiversion, "money", "--amount", metavar="SUM")] = None,
    as_json: JsonOption = False,
) -> None:
    money = _paid_in(partnership, "--amount", amount)
    decide(partnership, c.ReportDiversion, actor, as_json, what=description, money=money)


def _paid_in(partnership: str, name: str, amount: str | None) -> dict[str, str] | None:
    """Return a sum in the currency that a partnership pays in, or None without one."""

    async def currency() -> str:
        async with open_desk() as desk:
            out = (await desk.known_partnership(partnership)).proposed.funds_out
            return str(out.currency) if out is not None else "USD"

    if amount is None:
        return None
    code = run(currency())
    return {"amount": typed_sum(name, amount, code), "currency": code}


def _assure(
    partnership: IdArgument,
    actor: ActorOption,
    description: Annotated[str, option(c.RecordAssurance, "what")],
    diversion: Annotated[str | None, option(c.RecordAssurance, "diverted", metavar="SUM")] = None,
    restoration: Annotated[str | None, option(c.RecordAssurance, "restored", metavar="SUM")] = None,
    reference: Annotated[str | None, option(c.RecordAssurance, "bank_reference", metavar="REF")] = None,
    precautions: Annotated[str | None, option(c.RecordAssurance, "precautions")] = None,
    document: DocumentOption = None,
    as_json: JsonOption = False,
) -> None:
    decide(
        partnership,
        c.RecordAssurance,
        actor,
        as_json,
        what=description,
        document_sha256=digest_of(document, actor, partnership),
        diverted=_paid_in(partnership, "--diverted", diversion),
        restored=_paid_in(partnership, "--restored", restoration),
        bank_reference=reference,
        precautions=precautions,
    )


def _clear(
    partnership: IdArgument,
    actor: ActorOption,
    reason: ReasonOption,
    document: DocumentOption = None,
    no_interest: NoInterestOption = None,
    as_json: JsonOption = False,
) -> None:
    async def open_questions() -> tuple[str, ...]:
        async with open_desk() as desk:
            return (await desk.known_partnership(partnership)).asked

    questions = run(open_questions())
    if not questions:
        raise BadInput(f"the registers ask nothing about {partnership} that is open")
    for question in questions:
        err.print(f"open: {question}", markup=False, soft_wrap=True)
    paper = digest_of(document, actor, partnership)
    free = without_interest(partnership, no_interest)
    decide(
        partnership, c.ClearQuestions, actor, as_json,
        questions=questions, reason=reason, document_sha256=paper, no_interest=free,
    )  # fmt: skip


def register(app: typer.Typer) -> None:
    """Add the commands of this module to `accord`."""
    add_act(app, c.ClearQuestions, _clear, _CLEAR)
    add_act(app, c.Amend, _amend, 'amend proposal.toml --as pia.berg --reason "a second trainer is needed"')
    app.command("split")(_split)
    add_act(app, c.DeclareInterest, _declare_interest, _INTEREST)
    add_act(
        app, c.ReportSubrecipients, _report_subrecipients,
        "report-subrecipients P-2026-0042 subrecipients.toml --as vera.lind",
    )  # fmt: skip
    add_act(app, c.ReportDiversion, _report_diversion, _DIVERSION)
    add_act(app, c.RecordAssurance, _assure, _ASSURANCE)


_CLEAR = (
    'clear P-2026-0042 --reason "renamed on 3 March, certificate seen" --document cert.pdf --no-interest --as vera.lind'
)
_INTEREST = 'declare-interest P-2026-0042 --what "my spouse is on the grantee\'s board" --as ana.silva'
_DIVERSION = 'report-diversion P-2026-0042 --what "a car; the auditor\'s letter" --amount 9000.00 --as vera.lind'
_ASSURANCE = 'assure P-2026-0042 --what "two now sign" --restored 9000.00 --bank-reference NTRF-9 --as vera.lind'
