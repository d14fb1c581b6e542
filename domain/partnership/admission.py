"""Checks of a command against the state alone: stage, hold, separation of duties, and the tranche's state.

The update validator runs only these, so a command that cannot succeed costs nothing and leaves no trace.
"""

from __future__ import annotations

from datetime import UTC
from typing import Final

from domain.errors import IllegalTransition, SeparationOfDuties
from domain.parties import birth_date_fault
from domain.partnership import commands as c
from domain.partnership.acts import by_class
from domain.partnership.agreement.admission import admit_agreement
from domain.partnership.approval.admission import admit_approval
from domain.partnership.diligence.admission import admit_diligence
from domain.partnership.diversion.admission import admit_diversion
from domain.partnership.ending.admission import admit_ending
from domain.partnership.hold.admission import admit_hold
from domain.partnership.hold.holds import in_words
from domain.partnership.interest.admission import admit_interest
from domain.partnership.letter.admission import admit_letter
from domain.partnership.payment.admission import admit_payment
from domain.partnership.payment.recalling import admit_recall
from domain.partnership.people.duties import require_free_for
from domain.partnership.procedure import PROCEDURE
from domain.partnership.proposal.admission import admit_proposal, goes_on_under_hold
from domain.partnership.refund.admission import admit_refund
from domain.partnership.remark.admission import admit_remark
from domain.partnership.report.admission import admit_report
from domain.partnership.stages import Stage
from domain.partnership.state import Partnership
from domain.partnership.submission.admission import admit_submission, require_unjudged
from domain.partnership.submission.taking_over import TakingOver
from domain.partnership.waiting.admission import admit_extension
from domain.proposal import Direction

ADMISSION: Final = by_class(
    (c.ProposalRequest, admit_proposal),
    (c.DiligenceRequest, admit_diligence),
    (c.Approve, admit_approval),
    (c.SignAgreement, admit_agreement),
    (c.PaymentRequest, admit_payment),
    (c.RecallRequest, admit_recall),
    (c.RefundRequest, admit_refund),
    (c.ReportRequest, admit_report),
    (c.DiversionRequest, admit_diversion),
    (c.HoldRequest, admit_hold),
    (c.DeclareInterest, admit_interest),
    (c.EndingRequest, admit_ending),
    (c.RemarkRequest, admit_remark),
    (c.ExtendDeadline, admit_extension),
    (c.IssueLetter, admit_letter),
    (c.SubmissionRequest, admit_submission),
)
"""By class of command: the checks of its family. A test sees that no command is left out."""


def admit(partnership: Partnership, command: c.StaffRequest) -> None:
    """Raise a DomainError if the partnership's state does not allow the command."""
    _admit_any(partnership, command)
    ADMISSION[type(command)](partnership, command)
    require_free_for(partnership, command)


def _admit_any(partnership: Partnership, command: c.StaffRequest) -> None:
    """Refuse a command that no family allows: by its stage, under a hold, by an actor who is recused."""
    step = PROCEDURE[type(command)]
    _admit_stage(partnership, command)
    admit_under_hold(partnership, command)
    if command.actor in partnership.recused and step.decides:
        raise SeparationOfDuties(
            f"{command.actor} has a declared interest in {partnership.partnership_id} and is recused"
        )
    if command.actor in partnership.in_question and step.decides:
        raise SeparationOfDuties(
            f"{command.actor} may be the person whom {partnership.partnership_id} names; a verifier, who is another "
            "person, says whether it is they"
        )
    _admit_births(command)
    if isinstance(command, TakingOver):
        require_unjudged(partnership, command.submission)


def _admit_stage(partnership: Partnership, command: c.StaffRequest) -> None:
    if partnership.proposal is None and not isinstance(command, c.Propose):
        raise IllegalTransition(f"cannot {command.verb}: {partnership.partnership_id} was never proposed")
    if stage_allows(partnership, type(command)):
        return
    if isinstance(command, c.Release) and (back := partnership.came_back_since):
        raise IllegalTransition(
            f"cannot release: {partnership.partnership_id} is CLOSED, and tranche {back[0].number} came back since; a "
            f"director opens it again to pay it once more: `accord reopen {partnership.partnership_id}`"
        )
    act = partnership.last_act
    first = f"; {act.actor} {act.what} at {act.at.astimezone(UTC):%Y-%m-%d %H:%M} UTC" if act else ""
    raise IllegalTransition(f"cannot {command.verb}: {partnership.partnership_id} is {partnership.stage.value}{first}")


def stage_allows(partnership: Partnership, command: type[c.StaffCommand]) -> bool:
    """True if the stage of a partnership allows a kind of command.

    An assurance answers a diversion, so it is given also where the grant that was paid in begins anew.
    """
    answers_a_diversion = command is c.RecordAssurance and bool(partnership.responsibility.diverted)
    return partnership.stage in PROCEDURE[command].stages or answers_a_diversion


def admit_under_hold(partnership: Partnership, command: c.StaffRequest) -> None:
    """Raise IllegalTransition if a hold stops the command.

    A payment goes on beside a hold on another leg, and another account may be named.
    """
    if (
        not partnership.holds
        or not PROCEDURE[type(command)].stopped_by_hold
        or _changes_the_account(partnership, command)
    ):
        return
    if isinstance(command, c.Amend) and goes_on_under_hold(partnership, command.proposal):
        return
    if isinstance(command, c.Release) and not partnership.stops(Direction.FUNDS_OUT):
        return
    lift = "lift the hold first" if len(partnership.holds) == 1 else "lift each of them first"
    raise IllegalTransition(
        f"cannot {command.verb}: {partnership.partnership_id} is on hold ({in_words(partnership.holds)}); {lift}"
    )


def _changes_the_account(partnership: Partnership, command: c.StaffRequest) -> bool:
    """True if a command names another account while nothing is paid, which is what the hold is for (R40)."""
    if not isinstance(command, c.SignAgreement) or partnership.stage is not Stage.ACTIVE:
        return False
    return command.account != partnership.account or bool(partnership.account_fault)


def _admit_births(command: c.StaffRequest) -> None:
    match command:
        case c.Propose() | c.Amend():
            parties = command.proposal.parties
        case c.ReportSubrecipients():
            parties = tuple(
                behind for subrecipient in command.subrecipients for behind in subrecipient.party.with_principals
            )
        case _:
            return
    if wrong := birth_date_fault(parties, command.at.date()):
        raise IllegalTransition(f"{wrong}; write `born` as YYYY-MM-DD, or leave it out where nobody knows it")
