"""Shell commands that record papers, interests, amendments, sub-recipients and diversions."""

from __future__ import annotations

from typing import Annotated

import typer

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
from accord.cli.partnerships.deciding import decide
from accord.cli.partnerships.life import NoInterestOption, proposal_in, without_interest
from accord.cli.printing.output import err
from accord.client.desk import open_desk
from accord.presentation.faults import BadInput
from accord.presentation.input_files import read_file
from domain.grants import Interest, SubrecipientsFile
from domain.partnership import commands as c
from domain.policy.conditions import ConditionId


def satisfy(
    partnership: IdArgument,
    actor: ActorOption,
    condition: Annotated[
        ConditionId, typer.Option("--condition", help="Which; `accord show` says what each asks for.")
    ],
    note: Annotated[str, typer.Option("--note", help="What is on file, and where.")],
    document: DocumentOption = None,
    as_json: JsonOption = False,
) -> None:
    """Meet a condition: record that its papers are on file.

    Example: accord satisfy P-2026-0042 --condition CONTROL_AND_RECORDS --note "pack filed" --as vera.lind
    """
    decide(partnership, c.Satisfy, actor, as_json, condition=condition, note=note, document_sha256=digest_of(document))


def declare_interest(
    partnership: IdArgument,
    actor: ActorOption,
    what: Annotated[str, typer.Option("--what", help="The interest, in words for the minutes.")],
    person: Annotated[
        str | None, typer.Option("--person", metavar="STAFF", help="Whose; without it, your own.")
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Declare an interest: the person is recused, and their approvals and clearances in the partnership are withdrawn.

    Open work that nobody could do any more is named, and `accord work` lists it.
    Example: accord declare-interest P-2026-0042 --what "my spouse is on the grantee's board" --as ana.silva
    """

    async def name_what_waits() -> None:
        async with open_desk() as desk:
            known = await desk.known_partnership(partnership)
            interest = Interest.model_construct(person=who, what=what)  # the command itself checks the words
            recused = known.model_copy(update={"interests": (*known.interests, interest)})
            name_work_left(known, recused, await desk.directory())

    who = person or actor
    run(name_what_waits())
    decide(partnership, c.DeclareInterest, actor, as_json, interest={"person": who, "what": what})


def amend(file: FileArgument, actor: ActorOption, reason: ReasonOption, as_json: JsonOption = False) -> None:
    """Change a proposal that is in approval, agreed or active. Approvals that the change affects are withdrawn.

    Example: accord amend proposal.toml --as pia.berg --reason "a second trainer is needed"
    """
    proposal = proposal_in(file)
    decide(proposal.reference, c.Amend, actor, as_json, proposal=proposal, reason=reason)


def report_subrecipients(
    partnership: IdArgument, file: FileArgument, actor: ActorOption, as_json: JsonOption = False
) -> None:
    """Record the complete list of the payee's current sub-recipients (file format: `accord schema subrecipients`).

    Example: accord report-subrecipients P-2026-0042 subrecipients.toml --as vera.lind
    """
    subrecipients_file = read_file(file, SubrecipientsFile)
    decide(partnership, c.ReportSubrecipients, actor, as_json, subrecipients=subrecipients_file.subrecipients)


def report_diversion(
    partnership: IdArgument,
    actor: ActorOption,
    what: Annotated[str, typer.Option("--what", help="What the money was used for, and how it is known.")],
    amount: Annotated[
        str | None, typer.Option("--amount", metavar="SUM", help="How much, as far as it is known.")
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Record money that was used for another purpose than agreed. The partnership is put on hold.

    The hold can be lifted only after assurances are recorded (`accord assure`).

    Example: accord report-diversion P-2026-0042 --what "a car; the auditor's letter" --amount 9000.00 --as vera.lind
    """
    decide(partnership, c.ReportDiversion, actor, as_json, what=what, money=_paid_in(partnership, amount))


def _paid_in(partnership: str, amount: str | None) -> dict[str, str] | None:
    """Return a sum in the currency that a partnership pays in, or None without one."""

    async def currency() -> str:
        async with open_desk() as desk:
            out = (await desk.known_partnership(partnership)).proposed.funds_out
            return str(out.currency) if out is not None else "USD"

    return {"amount": amount, "currency": run(currency())} if amount is not None else None


def assure(
    partnership: IdArgument,
    actor: ActorOption,
    what: Annotated[str, typer.Option("--what", help="The grantee's assurances, in words.")],
    diverted: Annotated[
        str | None, typer.Option("--diverted", metavar="SUM", help="How much was diverted, if its report did not say.")
    ] = None,
    restored: Annotated[str | None, typer.Option("--restored", metavar="SUM", help="What came back.")] = None,
    reference: Annotated[
        str | None, typer.Option("--bank-reference", metavar="REF", help="The bank entry by which it came back.")
    ] = None,
    precautions: Annotated[
        str | None, typer.Option("--precautions", help="What is done against another one; asked of a second diversion.")
    ] = None,
    document: DocumentOption = None,
    as_json: JsonOption = False,
) -> None:
    """Record the grantee's assurances, and what of the diverted money is back. Another person can then lift the hold.

    Of a second diversion a director records them, once all of it is back, with extraordinary precautions.

    Example: accord assure P-2026-0042 --what "two now sign" --restored 9000.00 --bank-reference NTRF-9 --as vera.lind
    """
    decide(
        partnership, c.RecordAssurance, actor, as_json,
        what=what, document_sha256=digest_of(document), diverted=_paid_in(partnership, diverted),
        restored=_paid_in(partnership, restored), bank_reference=reference, precautions=precautions,
    )  # fmt: skip


def clear(
    partnership: IdArgument,
    actor: ActorOption,
    reason: ReasonOption,
    document: DocumentOption = None,
    no_interest: NoInterestOption = None,
    as_json: JsonOption = False,
) -> None:
    """Clear the questions of a later look at the registers: a changed name, a likeness, a month off a list.

    Every question that is open is cleared, for its facts: the same facts ask nothing again. Who proposed, approved,
    called back or paid may not. A paper proves a changed name, and what a body is that no register lists any more. Then
    another person can lift the hold.

    Example: accord clear P-2026-0042 --reason "renamed on 3 March, certificate seen" --document cert.pdf --as vera.lind
    """

    async def open_questions() -> tuple[str, ...]:
        async with open_desk() as desk:
            return (await desk.known_partnership(partnership)).asked

    questions = run(open_questions())
    if not questions:
        raise BadInput(f"the registers ask nothing about {partnership} that is open")
    for question in questions:
        err.print(f"open: {question}", markup=False, soft_wrap=True)
    paper = digest_of(document)
    free = without_interest(partnership, no_interest)
    decide(
        partnership, c.ClearQuestions, actor, as_json,
        questions=questions, reason=reason, document_sha256=paper, no_interest=free,
    )  # fmt: skip


def register(app: typer.Typer) -> None:
    """Add the commands of this module to `accord`."""
    app.command()(satisfy)
    app.command()(clear)
    app.command()(amend)
    app.command("declare-interest")(declare_interest)
    app.command("report-subrecipients")(report_subrecipients)
    app.command("report-diversion")(report_diversion)
    app.command()(assure)
