"""What the state alone can refuse: stage, hold, separation of duties, and what a tranche allows.

The update validator asks only this, so a command that cannot succeed costs nothing and leaves no trace.
"""

from __future__ import annotations

from datetime import UTC
from typing import Final, assert_never

from domain import commands as c
from domain.errors import AlreadyProposed, IllegalTransition, PaymentRefused, SeparationOfDuties
from domain.partnership import Partnership, Stage, TrancheState

OPEN: Final = frozenset({Stage.PROPOSED, Stage.DUE_DILIGENCE, Stage.ELIGIBILITY, Stage.APPROVAL, Stage.AGREEMENT})
"""The stages before the agreement is signed."""

STAGES: Final[dict[type[c.StaffCommand], frozenset[Stage]]] = {
    c.Propose: frozenset({Stage.PROPOSED}),
    c.Approve: frozenset({Stage.ELIGIBILITY, Stage.APPROVAL}),
    c.Decline: frozenset({Stage.ELIGIBILITY, Stage.APPROVAL}),
    c.ReturnForInformation: frozenset({Stage.ELIGIBILITY, Stage.APPROVAL}),
    c.Withdraw: OPEN,
    c.SignAgreement: frozenset({Stage.AGREEMENT, Stage.ACTIVE}),
    c.Release: frozenset({Stage.ACTIVE}),
    c.Report: frozenset({Stage.ACTIVE}),
    c.PlaceHold: OPEN | {Stage.ACTIVE},
    c.LiftHold: OPEN | {Stage.ACTIVE},
    c.Terminate: frozenset({Stage.AGREEMENT, Stage.ACTIVE}),
}
"""The stages in which each command is legal."""

STOPPED_BY_HOLD: Final = (c.Approve, c.SignAgreement, c.Release)
"""What a hold stops; talking, declining and reporting go on."""

RELEASABLE: Final = frozenset(
    {TrancheState.PLANNED, TrancheState.REJECTED, TrancheState.RETURNED, TrancheState.WITHHELD}
)
"""A tranche may be (re-)released only before its first attempt or after evidence that the last one paid nothing."""


def admit(partnership: Partnership, command: c.StaffRequest) -> None:
    """Raise a DomainError if the state alone refuses the command."""
    _admit_stage(partnership, command)
    if partnership.hold is not None and isinstance(command, STOPPED_BY_HOLD):
        raise IllegalTransition(
            f"cannot {_verb(command)}: {partnership.partnership_id} is on hold "
            f"(by {partnership.hold.actor}: {partnership.hold.reason}); lift the hold first"
        )
    _admit_detail(partnership, command)


def _admit_stage(partnership: Partnership, command: c.StaffRequest) -> None:
    if partnership.proposal is None and not isinstance(command, c.Propose):
        raise IllegalTransition(f"cannot {_verb(command)}: {partnership.partnership_id} was never proposed")
    if partnership.stage in STAGES[type(command)]:
        return
    act = partnership.last_act
    first = f"; {act.actor} {act.what} at {act.at.astimezone(UTC):%Y-%m-%d %H:%M} UTC" if act else ""
    raise IllegalTransition(
        f"cannot {_verb(command)}: {partnership.partnership_id} is {partnership.stage.value}{first}"
    )


def _admit_detail(partnership: Partnership, command: c.StaffRequest) -> None:
    match command:
        case c.Propose():
            _admit_proposal(partnership, command)
        case c.Approve():
            _admit_approval(partnership, command)
        case c.SignAgreement():
            _admit_agreement(partnership, command)
        case c.Release():
            _admit_release(partnership, command)
        case c.PlaceHold() if partnership.hold is not None:
            raise IllegalTransition(f"{partnership.partnership_id} is already on hold (by {partnership.hold.actor})")
        case c.LiftHold():
            _admit_lift(partnership, command)
        case c.Terminate() if partnership.in_flight:
            raise PaymentRefused("cannot terminate: a payment is on its way; wait for the bank's answer")
        case c.Report() if partnership.reported:
            raise IllegalTransition(f"cannot report: {partnership.partnership_id} has its final report already")
        case c.Decline() | c.ReturnForInformation() | c.Withdraw() | c.PlaceHold() | c.Terminate() | c.Report():
            return
        case _:
            assert_never(command)


def _admit_proposal(partnership: Partnership, command: c.Propose) -> None:
    if command.proposal.reference != partnership.partnership_id:
        raise IllegalTransition(f"the proposal is {command.proposal.reference}, not {partnership.partnership_id}")
    if partnership.proposal is not None and not partnership.question:
        raise AlreadyProposed(f"{partnership.partnership_id} was already proposed by {partnership.proposers[0]}")


def _admit_approval(partnership: Partnership, command: c.Approve) -> None:
    if command.actor in partnership.proposers:
        raise SeparationOfDuties(f"{command.actor} proposed {partnership.partnership_id} and may not approve it")
    if partnership.stage is Stage.ELIGIBILITY:
        if partnership.assessment is None:
            raise IllegalTransition(f"the rule book has not spoken on {partnership.partnership_id} yet; wait a moment")
        return
    if any(approval.actor == command.actor for approval in partnership.approvals):
        raise SeparationOfDuties(f"{command.actor} already approved; another person must give the next approval")
    if command.actor == partnership.verifier:
        raise SeparationOfDuties(f"{command.actor} cleared the referral; another person must approve")


def _admit_agreement(partnership: Partnership, command: c.SignAgreement) -> None:
    pays = partnership.proposed.funds_out is not None
    if pays and command.account is None:
        raise PaymentRefused("the agreement must name the payee's account (--account BA-...), since money goes out")
    if not pays and command.account is not None:
        raise PaymentRefused("no money goes out in this partnership, so its agreement names no account")
    if partnership.stage is Stage.ACTIVE and not _needs_another_account(partnership):
        raise IllegalTransition(
            f"the agreement of {partnership.partnership_id} is signed already; it is signed again only "
            "after a payment was rejected, returned or withheld"
        )


def _needs_another_account(partnership: Partnership) -> bool:
    failed = {TrancheState.REJECTED, TrancheState.RETURNED, TrancheState.WITHHELD}
    return not partnership.in_flight and any(tranche.state in failed for tranche in partnership.tranches)


def _admit_release(partnership: Partnership, command: c.Release) -> None:
    if partnership.proposed.funds_out is None:
        raise PaymentRefused(f"{partnership.partnership_id} has no leg on which money goes out; no payment is possible")
    tranche = partnership.tranche(command.tranche)
    if tranche is None:
        raise PaymentRefused(f"no tranche {command.tranche}; there are {len(partnership.tranches)}")
    if tranche.state not in RELEASABLE:
        state = tranche.state.value.lower()
        raise PaymentRefused(f"tranche {command.tranche} is {state} already and is never paid twice")
    approvers = {approval.actor for approval in partnership.approvals}
    others = {*partnership.proposers, partnership.verifier, *approvers, partnership.signatory}
    if command.actor in others:
        raise SeparationOfDuties(f"{command.actor} proposed, verified, approved or signed this and may not pay it")


def _admit_lift(partnership: Partnership, command: c.LiftHold) -> None:
    if partnership.hold is None:
        raise IllegalTransition(f"{partnership.partnership_id} is not on hold")
    if partnership.hold.actor == command.actor:
        raise SeparationOfDuties(f"{command.actor} placed the hold; another person must lift it")


def _verb(command: c.StaffRequest) -> str:
    return command.kind.replace("_", " ")
