"""Shell commands on partnerships: propose, decide, sign, release, hold and end them, and show their history."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from typing import Annotated
from uuid import UUID

import typer

from accord.cli.door.naming import SubmissionOption, submission_for
from accord.cli.named_accounts import named_account
from accord.cli.options import (
    ActorOption,
    DocumentOption,
    EmergencyOption,
    FileArgument,
    IdArgument,
    JsonOption,
    ReasonOption,
    SeenOption,
    run,
)
from accord.cli.partnerships.acts import add_act, option
from accord.cli.partnerships.deciding import (
    IdsArgument,
    Showing,
    WaitOption,
    YesOption,
    decide_each,
    show,
    show_before_signing,
)
from accord.cli.partnerships.reading import portfolio_at
from accord.cli.printing.findings import end_by, print_findings
from accord.cli.printing.output import out, print_json
from accord.cli.printing.receipts import print_receipt
from accord.cli.typed_days import typed_day
from accord.cli.typed_sums import proposal_told
from accord.client.database import open_database
from accord.client.desk import open_desk
from accord.client.foresight import findings_on, lacks_of
from accord.client.papers.opening import filed
from accord.client.partners import names_a_partner, read_proposal
from accord.client.reading import LedgerAccess
from accord.client.releasing import outcome_of_release
from accord.client.sight import draft as drafted
from accord.presentation.faults import BadInput, ExitCode
from accord.presentation.input_files import read_file
from domain.partnership import commands as c
from domain.partnership.choices import remainder_of
from domain.partnership.proposal.completeness import Lack
from domain.partnership.state import Partnership
from domain.payment.tranche.state import Tranche
from domain.payment.tranche.status import TrancheStatus
from domain.policy.findings import Assessment
from domain.proposal import Direction, Proposal
from ledger import clock
from records.read_models.as_of import LedgerAsOf
from workflows.messages import Receipt


def _propose(
    file: FileArgument,
    actor: ActorOption = "",
    answer: Annotated[str | None, option(c.Propose, "answer")] = None,
    check: Annotated[
        bool, typer.Option("--check", help="Only ask what is missing, and the rules. Nothing is recorded.")
    ] = False,
    as_json: JsonOption = False,
) -> None:
    async def work() -> Receipt:
        async with open_desk(acting=True) as desk:
            drafted(c.Propose, command_id=UUID(int=0), at=clock.now(), actor=actor, proposal=proposal, answer=answer)
            show(proposal_told(proposal, actor, "propose"), Showing(shows=not as_json))
            return await desk.propose(proposal, actor, answer)

    proposal = proposal_in(file)
    if check:
        return _check(proposal, as_json)
    if not actor:
        raise BadInput("--as: say who proposes it, by an id of the staff directory; or ask the rules with --check")
    return print_receipt(run(work()), as_json)


def _check(proposal: Proposal, as_json: bool) -> None:
    """Print what the first gate asks and the rules' answer on a proposal. The exit code is 1 if they refuse it."""

    async def work() -> tuple[tuple[Lack, ...], Assessment]:
        async with open_database() as pool:
            access = LedgerAccess(pool)
            return await lacks_of(access, proposal), await findings_on(access, proposal)

    missing, assessment = run(work())
    if as_json:
        print_json({**assessment.model_dump(mode="json"), "missing": list(map(str, missing))})
    else:
        print_findings(assessment, f"{proposal.reference}: {proposal.title}; nothing is recorded")
        for number, choice in enumerate(assessment.options, 1):
            out.print(f"  {number}. {choice}", soft_wrap=True, markup=False)
        for lack in missing:
            out.print(f"missing: {lack}", soft_wrap=True, markup=False)
    if missing:
        raise typer.Exit(ExitCode.REFUSED)
    return end_by(assessment)


def proposal_in(file: Path) -> Proposal:
    """Return the proposal in a file. The ledger is read only if it names a party that is known already."""
    if not names_a_partner(file):
        return read_file(file, Proposal)

    async def known() -> list[Partnership]:
        async with open_desk() as desk:
            return await portfolio_at(desk, LedgerAsOf())

    return read_proposal(file, run(known()))


def _sign_agreement(
    partnership: IdArgument,
    actor: ActorOption,
    account: Annotated[str | None, option(c.SignAgreement, "account", metavar="BA-...")] = None,
    signed_on: Annotated[datetime | None, option(c.SignAgreement, "signed_on", metavar="DAY", parser=typed_day)] = None,
    document: DocumentOption = None,
    submission: SubmissionOption = None,
    seen: SeenOption = None,
    yes: YesOption = False,
    as_json: JsonOption = False,
) -> None:
    taken_over = submission_for([partnership], submission)

    async def work() -> Receipt:
        async with open_desk(acting=True) as desk:
            sight = await desk.as_seen(partnership, seen)
            content = {
                **taken_over,
                "signed_on": signed_on.date() if signed_on else date.today(),  # noqa: DTZ011 - the signer's own day
                "document_sha256": await filed(document, actor, partnership),
                "account": await named_account(desk, account) if account else None,
            }
            await show_before_signing(desk, sight, c.SignAgreement, actor, content, Showing.unless(yes, as_json))
            return await desk.decide(sight, c.SignAgreement, actor, **content)

    print_receipt(run(work()), as_json)


def _release(
    partnership: IdArgument,
    actor: ActorOption,
    tranche: Annotated[int, option(c.Release, "tranche", min=1)] = 1,
    seen: SeenOption = None,
    yes: YesOption = False,
    as_json: JsonOption = False,
) -> None:
    async def work() -> tuple[Receipt, Tranche | None]:
        async with open_desk(acting=True) as desk:
            sight = await desk.as_seen(partnership, seen)
            await show_before_signing(desk, sight, c.Release, actor, {"tranche": tranche}, Showing.unless(yes, as_json))
            receipt = await desk.decide(sight, c.Release, actor, tranche=tranche)
            return receipt, await outcome_of_release(desk, receipt, tranche)

    receipt, payment = run(work())
    if as_json:
        payment_fields = None if payment is None else {"status": payment.status.value, "reason": payment.reason}
        print_json({**receipt.model_dump(mode="json"), "payment": payment_fields})
        return
    print_receipt(receipt, as_json=False)
    if payment is not None and payment.status is TrancheStatus.WITHHELD:
        out.print(f"Its payment is withheld, and nothing leaves: {payment.reason}", style="red", markup=False)


def _agree_rest(
    partnership: IdArgument,
    actor: ActorOption,
    reason: ReasonOption,
    tranche: Annotated[int, option(c.AgreeRest, "tranche", min=1)] = 1,
    seen: SeenOption = None,
    yes: YesOption = False,
    as_json: JsonOption = False,
) -> None:
    _on_the_rest(c.AgreeRest, partnership, actor, reason, tranche, seen, yes, as_json)


def _give_up_rest(
    partnership: IdArgument,
    actor: ActorOption,
    reason: ReasonOption,
    tranche: Annotated[int, option(c.GiveUpRest, "tranche", min=1)] = 1,
    seen: SeenOption = None,
    yes: YesOption = False,
    as_json: JsonOption = False,
) -> None:
    _on_the_rest(c.GiveUpRest, partnership, actor, reason, tranche, seen, yes, as_json)


def _on_the_rest(
    act: type[c.AgreeRest | c.GiveUpRest], partnership: str, actor: str, reason: str, tranche: int,
    seen: int | None, yes: bool, as_json: bool,
) -> None:  # fmt: skip
    """Sign a word on the rest of a tranche as it stands now."""

    async def work() -> Receipt:
        async with open_desk(acting=True) as desk:
            sight = await desk.as_seen(partnership, seen)
            progress = sight.partnership.tranche(tranche)
            if progress is None or not progress.has_remainder:
                raise BadInput(f"--tranche: tranche {tranche} of {partnership} has no rest beside a part that was paid")
            content = {"tranche": tranche, "remainder": remainder_of(progress), "reason": reason}
            await show_before_signing(desk, sight, act, actor, content, Showing.unless(yes, as_json))
            return await desk.decide(sight, act, actor, **content)

    print_receipt(run(work()), as_json)


def _hold(
    partnerships: IdsArgument,
    actor: ActorOption,
    reason: ReasonOption,
    leg: Annotated[Direction | None, option(c.PlaceHold, "leg", case_sensitive=False)] = None,
    agreement: Annotated[bool, option(c.PlaceHold, "whole_agreement", "--agreement")] = False,
    emergency: EmergencyOption = False,
    yes: YesOption = False,
    wait: WaitOption = True,
    as_json: JsonOption = False,
) -> None:
    if emergency and not wait:
        raise BadInput("--emergency and --no-wait: what is recorded without Temporal is recorded at once; give one")
    decide_each(
        partnerships, c.PlaceHold, actor, as_json, wait, showing=Showing.unless(yes, as_json), emergency=emergency,
        reason=reason, leg=leg, whole_agreement=agreement,
    )  # fmt: skip


def _assign(
    partnerships: IdsArgument,
    actor: ActorOption,
    to: Annotated[str, option(c.Assign, "to", metavar="STAFF")] = "",
    nobody: Annotated[bool, typer.Option("--nobody", help="Nobody in particular does.")] = False,
    yes: YesOption = False,
    wait: WaitOption = True,
    as_json: JsonOption = False,
) -> None:
    if bool(to) == nobody:
        raise BadInput("--to: say who looks after it, by an id of the staff directory, or --nobody")
    decide_each(partnerships, c.Assign, actor, as_json, wait, showing=Showing.unless(yes, as_json), to=to or None)


def register(app: typer.Typer) -> None:
    """Add the commands of this module to `accord`."""
    add_act(app, c.Propose, _propose, "propose proposal.toml --as pia.berg")
    add_act(app, c.SignAgreement, _sign_agreement, "sign-agreement P-2026-0042 --as dora.kim --account BA-ABCDEFGHIJKL")
    add_act(
        app, c.Release, _release,
        "release P-2026-0042 --tranche 1 --as paul.nkosi, then: accord payments export --as paul.nkosi",
    )  # fmt: skip
    add_act(
        app, c.AgreeRest, _agree_rest,
        'agree-rest P-2026-0042 --tranche 1 --reason "the bank sent a part alone" --as femi.ade',
    )  # fmt: skip
    add_act(
        app, c.GiveUpRest, _give_up_rest,
        'give-up-rest P-2026-0042 --tranche 1 --reason "the grantee needs no more" --as femi.ade',
    )  # fmt: skip
    add_act(
        app, c.PlaceHold, _hold,
        'hold P-2026-0042 --as vera.lind --reason "a newspaper names the donor" --leg FUNDS_IN',
    )  # fmt: skip
    add_act(app, c.Assign, _assign, "assign P-2026-0042 P-2026-0043 --to ana.silva --as pia.berg")
