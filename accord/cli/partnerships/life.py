"""Shell commands on partnerships: propose, decide, sign, release, hold and end them, and show their history."""

from __future__ import annotations

import sys
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import Annotated, Final

import typer

from accord.cli.options import (
    ActorOption,
    DocumentOption,
    EmergencyOption,
    FileArgument,
    IdArgument,
    JsonOption,
    ReasonOption,
    SeenOption,
    digest_of,
    run,
)
from accord.cli.partnerships.deciding import (
    IdsArgument,
    Showing,
    WaitOption,
    YesOption,
    decide_each,
    require_one_seen,
    show_before_signing,
)
from accord.cli.partnerships.reading import portfolio_at
from accord.cli.printing.findings import end_by, print_findings
from accord.cli.printing.output import out, print_json
from accord.cli.printing.receipts import print_receipt
from accord.client.database import open_database
from accord.client.desk import Desk, open_desk
from accord.client.foresight import findings_on
from accord.client.partners import names_a_partner, read_proposal
from accord.client.reading import Reading
from accord.client.releasing import outcome_of_release
from accord.presentation.faults import BadInput, Refused
from accord.presentation.input_files import read_file
from domain.parties import AccountReference
from domain.partnership import commands as c
from domain.partnership.state import Partnership
from domain.payment.tranche import Tranche, TrancheStatus
from domain.policy.findings import Assessment
from domain.proposal import Direction, Proposal
from payments.accounts import UnknownAccount, find_account
from records.read_models.as_of import LedgerAsOf
from workflows.messages import Receipt

NoInterestOption = Annotated[
    bool | None,
    typer.Option("--no-interest", help="You have no interest in it; this is signed. At a terminal you are asked."),
]


def propose(
    file: FileArgument,
    actor: ActorOption = "",
    check: Annotated[
        bool, typer.Option("--check", help="Only ask the rules, by the registers in force. Nothing is recorded.")
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Submit a proposal, or submit it again after information was requested.

    Proposing the same file again changes nothing. A party that is known already may be named by its EIN or name
    instead of being described again (`accord partners`). Example: accord propose proposal.toml --as pia.berg
    """

    async def work() -> Receipt:
        async with open_desk(acting=True) as desk:
            return await desk.propose(proposal, actor)

    proposal = proposal_in(file)
    if check:
        return _check(proposal, as_json)
    if not actor:
        raise BadInput("--as: say who proposes it, by an id of the staff directory; or ask the rules with --check")
    return print_receipt(run(work()), as_json)


def _check(proposal: Proposal, as_json: bool) -> None:
    """Print the rules' answer on a proposal. The exit code is 1 if they refuse it."""

    async def work() -> Assessment:
        async with open_database() as pool:
            return await findings_on(Reading(pool), proposal)

    assessment = run(work())
    if as_json:
        print_json(assessment)
    else:
        print_findings(assessment, f"{proposal.reference}: {proposal.title}; nothing is recorded")
        for number, one in enumerate(assessment.options, 1):
            out.print(f"  {number}. {one}", soft_wrap=True, markup=False)
    return end_by(assessment)


def proposal_in(file: Path) -> Proposal:
    """Return the proposal in a file. The ledger is read only if it names a party that is known already."""
    if not names_a_partner(file):
        return read_file(file, Proposal)

    async def known() -> list[Partnership]:
        async with open_desk() as desk:
            return await portfolio_at(desk, LedgerAsOf())

    return read_proposal(file, run(known()))


def approve(
    partnerships: IdsArgument,
    actor: ActorOption,
    reason: ReasonOption,
    document: DocumentOption = None,
    no_interest: NoInterestOption = None,
    seen: SeenOption = None,
    yes: YesOption = False,
    wait: WaitOption = True,
    as_json: JsonOption = False,
) -> None:
    """Approve partnerships, or clear their referrals as verifier. Say that you have no interest in them.

    Each is shown before it is signed, and asked about at a terminal; each has an answer of its own. The referral of a
    body that no register lists is cleared with a paper that proves what it is.
    Example: accord approve P-2026-0042 --as ana.silva --reason "fits the programme" --no-interest --seen 4
    """
    require_one_seen(partnerships, seen)
    free = without_interest(", ".join(partnerships), no_interest)
    showing = Showing.unless(yes, as_json)
    decide_each(
        partnerships, c.Approve, actor, as_json, wait, seen, showing,
        reason=reason, document_sha256=digest_of(document), no_interest=free,
    )  # fmt: skip


def without_interest(partnership: str, said: bool | None) -> bool:
    """True if they say that they have no interest. At a terminal they are asked if the option does not say it.

    Raises:
        Refused: They have one.
    """
    if said is not None or not sys.stdin.isatty():
        return bool(said)
    asked = f"Do you, your family or a body that you serve gain from {partnership}, or have a part in its parties?"
    if typer.confirm(asked, err=True):
        raise Refused(
            f"then others decide; put it on record: `accord declare-interest {partnership}`", "SeparationOfDuties"
        )
    return True


def return_for_information(
    partnerships: IdsArgument,
    actor: ActorOption,
    question: Annotated[str, typer.Option("--question", help="What the proposer must answer.")],
    yes: YesOption = False,
    wait: WaitOption = True,
    as_json: JsonOption = False,
) -> None:
    """Send proposals back with a question. Their proposers answer with `accord propose`.

    Example: accord return P-2026-0042 --as vera.lind --question "Which community is served?"
    """
    showing = Showing.unless(yes, as_json)
    decide_each(partnerships, c.ReturnForInformation, actor, as_json, wait, showing=showing, question=question)


def sign_agreement(
    partnership: IdArgument,
    actor: ActorOption,
    account: Annotated[
        str | None, typer.Option("--account", metavar="BA-...", help="The payee's account, where money goes out.")
    ] = None,
    signed_on: Annotated[datetime | None, typer.Option("--signed-on", formats=["%Y-%m-%d"])] = None,
    document: DocumentOption = None,
    seen: SeenOption = None,
    yes: YesOption = False,
    as_json: JsonOption = False,
) -> None:
    """Record the signed agreement of a partnership, with the payee's account if money goes out.

    Example: accord sign-agreement P-2026-0042 --as dora.kim --account BA-ABCDEFGHIJKL
    """

    async def work() -> Receipt:
        async with open_desk(acting=True) as desk:
            sight = await desk.as_seen(partnership, seen)
            content = {
                "signed_on": signed_on.date() if signed_on else date.today(),  # noqa: DTZ011 - the signer's own day
                "document_sha256": digest_of(document),
                "account": await _account(desk, account) if account else None,
            }
            await show_before_signing(desk, sight, c.SignAgreement, actor, content, Showing.unless(yes, as_json))
            return await desk.decide(sight, c.SignAgreement, actor, **content)

    print_receipt(run(work()), as_json)


REASONED: Final[dict[str, tuple[type[c.StaffCommand], str]]] = {
    "decline": (
        c.Decline,
        """Decline partnerships for good.

        Example: accord decline P-2026-0042 --as ana.silva --reason "outside the programme"
        """,
    ),
    "extend": (
        c.ExtendDeadline,
        """Give those who must act more time, once they were reminded: their time begins anew.

        Example: accord extend P-2026-0042 --as dora.kim --reason "the ministry answers in January"
        """,
    ),
    "withdraw": (
        c.Withdraw,
        """Withdraw proposals before their agreements are signed.

        Example: accord withdraw P-2026-0042 --as pia.berg --reason "the partner found other money"
        """,
    ),
    "reopen": (
        c.Reopen,
        """Let closed partnerships go on, of which a payment came back after the close: it may be paid again.

        To give it up instead: accord terminate
        Example: accord reopen P-2026-0042 --as dora.kim --reason "the account is open again"
        """,
    ),
    "terminate": (
        c.Terminate,
        """End agreed partnerships early, or give up what came back after the close.

        Example: accord terminate P-2026-0042 --as dora.kim --reason "the project ended"
        """,
    ),
}
"""The decisions that say nothing but their reason: the command, and its help."""


def reasoned(kind: type[c.StaffCommand], words: str) -> Callable[..., None]:
    """Return the shell's command for a decision that says nothing but its reason."""

    def decision(
        partnerships: IdsArgument,
        actor: ActorOption,
        reason: ReasonOption,
        yes: YesOption = False,
        wait: WaitOption = True,
        as_json: JsonOption = False,
    ) -> None:
        showing = Showing.unless(yes, as_json)
        decide_each(partnerships, kind, actor, as_json, wait, showing=showing, reason=reason)

    decision.__doc__ = words
    return decision


def release(
    partnership: IdArgument,
    actor: ActorOption,
    tranche: Annotated[int, typer.Option("--tranche", min=1, help="Which planned payment.")] = 1,
    seen: SeenOption = None,
    yes: YesOption = False,
    as_json: JsonOption = False,
) -> None:
    """Release a tranche for payment, and say what came of it: the payment is instructed, or withheld and why.

    Example: accord release P-2026-0042 --tranche 1 --as paul.nkosi, then: accord payments export --as paul.nkosi
    """

    async def work() -> tuple[Receipt, Tranche | None]:
        async with open_desk(acting=True) as desk:
            sight = await desk.as_seen(partnership, seen)
            await show_before_signing(desk, sight, c.Release, actor, {"tranche": tranche}, Showing.unless(yes, as_json))
            receipt = await desk.decide(sight, c.Release, actor, tranche=tranche)
            return receipt, await outcome_of_release(desk, receipt, tranche)

    receipt, payment = run(work())
    if as_json:
        told = None if payment is None else {"status": payment.status.value, "reason": payment.reason}
        print_json({**receipt.model_dump(mode="json"), "payment": told})
        return
    print_receipt(receipt, as_json=False)
    if payment is not None and payment.status is TrancheStatus.WITHHELD:
        out.print(f"Its payment is withheld, and nothing leaves: {payment.reason}", style="red", markup=False)


def hold(
    partnerships: IdsArgument,
    actor: ActorOption,
    reason: ReasonOption,
    leg: Annotated[
        Direction | None, typer.Option("--leg", help="Hold this leg alone: payments on another one go on.")
    ] = None,
    agreement: Annotated[
        bool, typer.Option("--agreement", help="Hold payments in every partnership under its agreement as well.")
    ] = False,
    emergency: EmergencyOption = False,
    yes: YesOption = False,
    wait: WaitOption = True,
    as_json: JsonOption = False,
) -> None:
    """Put partnerships on hold: nothing is approved, amended, signed or paid until another person lifts the hold.

    Example: accord hold P-2026-0042 --as vera.lind --reason "a newspaper names the donor" --leg FUNDS_IN
    """
    if emergency and not wait:
        raise BadInput("--emergency and --no-wait: what is recorded without Temporal is recorded at once; give one")
    decide_each(
        partnerships, c.PlaceHold, actor, as_json, wait, showing=Showing.unless(yes, as_json), emergency=emergency,
        reason=reason, leg=leg, whole_agreement=agreement,
    )  # fmt: skip


def lift(
    partnerships: IdsArgument,
    actor: ActorOption,
    reason: ReasonOption,
    holds: Annotated[
        list[int] | None,
        typer.Option("--hold", min=1, help="Its number, as `accord show` says it; needed if several stand."),
    ] = None,
    yes: YesOption = False,
    wait: WaitOption = True,
    as_json: JsonOption = False,
) -> None:
    """Lift holds that another person, or a rule, placed: each by itself, where several stand.

    Example: accord lift P-2026-0042 --as dora.kim --reason "the bank confirmed the account"
    """
    if holds and len(partnerships) > 1:
        raise BadInput("--hold: a number is of one partnership; give one ID with it")
    showing, named = Showing.unless(yes, as_json), tuple(holds or ())
    decide_each(partnerships, c.LiftHold, actor, as_json, wait, showing=showing, reason=reason, holds=named)


def end_leg(
    partnerships: IdsArgument,
    leg: Annotated[Direction, typer.Option("--leg", help="Which leg ends.")],
    actor: ActorOption,
    reason: ReasonOption,
    yes: YesOption = False,
    wait: WaitOption = True,
    as_json: JsonOption = False,
) -> None:
    """End one leg of several, such as a gift that does not come. The others go on.

    Before the agreement, due diligence and approval begin anew for what is left.
    Example: accord end-leg P-2026-0042 --leg FUNDS_IN --as dora.kim --reason "the donor withdrew"
    """
    showing = Showing.unless(yes, as_json)
    decide_each(partnerships, c.EndLeg, actor, as_json, wait, showing=showing, leg=leg, reason=reason)


async def _account(desk: Desk, reference: str) -> AccountReference:
    async with desk.pool.acquire() as connection:
        try:
            return await find_account(connection, reference)
        except UnknownAccount as fault:
            raise BadInput(str(fault)) from fault


def register(app: typer.Typer) -> None:
    """Add the commands of this module to `accord`."""
    app.command()(propose)
    app.command()(approve)
    app.command("return")(return_for_information)
    app.command("sign-agreement")(sign_agreement)
    app.command()(release)
    app.command()(hold)
    app.command()(lift)
    app.command("end-leg")(end_leg)
    for name, (kind, words) in REASONED.items():
        app.command(name)(reasoned(kind, words))
