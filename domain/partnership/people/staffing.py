"""Staffing: the steps that lie ahead of a partnership, as they are open to people (R31, R32). Who can: `steps`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, NamedTuple

from domain.directory.tiers import Role
from domain.partnership import commands as c
from domain.partnership.hold.holds import Hold
from domain.partnership.people.duties import barred_from
from domain.partnership.people.steps import StepAhead
from domain.partnership.people.taking_part import Part
from domain.partnership.procedure import PROCEDURE
from domain.partnership.report.reports import ReportState
from domain.partnership.stages import Stage
from domain.partnership.state import Partnership, TrancheProgress
from domain.payment.account import MAY_VOUCH
from domain.values import Money


class Need(NamedTuple):
    """A step ahead that a person must take."""

    what: str
    roles: frozenset[Role]
    part: Part = Part.OTHER
    sums: tuple[Money, ...] = ()
    """The sums that an approver's limits must allow."""
    hold: Hold | None = None
    """The hold that is lifted: whoever placed another one may."""


_BEFORE_AGREED: Final = frozenset({Stage.ELIGIBILITY, Stage.APPROVAL, Stage.AGREEMENT})


def needs(partnership: Partnership) -> tuple[Need, ...]:
    """Return the steps ahead that people must take, as far as they are known, the next one first."""
    if partnership.proposal is None or partnership.ended:
        return ()
    return (*_in_the_way(partnership), *_before_the_agreement(partnership), *_afterwards(partnership))


def _step(task: str, act: type[c.StaffCommand], part: Part | None = None) -> Need:
    step = PROCEDURE[act]
    return Need(task, step.roles, part or step.part or Part.OTHER)


def _in_the_way(partnership: Partnership) -> Iterator[Need]:
    """Return the needs that come before any other step, in the order of the next step (`outlook`)."""
    if partnership.contradictions:
        yield Need("resolve what the bank said", frozenset({Role.FINANCE_APPROVER, Role.PAYER}))
    if partnership.to_clear:
        yield _step("clear what is asked", c.ClearQuestions)
    for hold in partnership.holds:
        task = "lift the hold" if len(partnership.holds) == 1 else f"lift hold {hold.number}"
        yield _step(task, c.LiftHold, Part.LIFTED)._replace(hold=hold)


def _before_the_agreement(partnership: Partnership) -> Iterator[Need]:
    stage, pays = partnership.stage, partnership.proposed.funds_out is not None
    if stage is Stage.PROPOSED and partnership.question:
        yield _step("answer the question", c.Propose)
    if stage is Stage.ELIGIBILITY and partnership.assessment is not None:
        yield Need("clear the referral", _or_a_stand_in(partnership, Role.VERIFIER), Part.CLEARED)
    if stage in {Stage.APPROVAL, Stage.AGREEMENT} or (stage is Stage.ACTIVE and partnership.unpaid):
        yield from _approvals(partnership)
    if stage in _BEFORE_AGREED and pays and partnership.account is None:
        yield Need("call back to verify the account", MAY_VOUCH, Part.CALLED_BACK)
    if stage in _BEFORE_AGREED:
        yield _step("sign the agreement", c.SignAgreement)


def _approvals(partnership: Partnership) -> Iterator[Need]:
    sums = partnership.proposed.sums
    for role in partnership.missing_approvals or partnership.to_renew:
        yield Need(f"approve as {role.value}", _or_a_stand_in(partnership, role), Part.APPROVED, sums)


def _or_a_stand_in(partnership: Partnership, role: Role) -> frozenset[Role]:
    """Return the roles that take a step.

    A director stands in for a verifier, and for an approver, once its day has passed.
    """
    return frozenset({role, Role.DIRECTOR}) if partnership.escalated else frozenset({role})


def _afterwards(partnership: Partnership) -> Iterator[Need]:
    if partnership.open_conditions():
        yield _step("put papers on file", c.Satisfy)
    if partnership.unpaid:
        yield from _payment_ahead(partnership.unpaid[0])
    report_numbers = [report.number for report in partnership.reporting.filed if report.state is ReportState.RECEIVED]
    if report_numbers:
        yield _step(f"accept report {report_numbers[0]}", c.AcceptReport)
    elif partnership.stage is Stage.ACTIVE and partnership.owes_a_final_report:
        yield _step("accept the grantee's reports", c.AcceptReport)


def _payment_ahead(tranche: TrancheProgress) -> Iterator[Need]:
    if tranche.has_remainder and not tranche.is_releasable:
        yield _step(f"agree to pay the rest of tranche {tranche.number}", c.AgreeRest)
    yield _step(f"release tranche {tranche.number}", c.Release)


def steps_ahead(partnership: Partnership) -> tuple[StepAhead, ...]:
    """Return the steps ahead as they are open to people, the next one first."""
    apart = partnership.recused | partnership.in_question
    return tuple(_step_ahead(partnership, need, apart) for need in needs(partnership))


def _step_ahead(partnership: Partnership, need: Need, apart: frozenset[str]) -> StepAhead:
    """Return a step ahead. `apart`: the people who take no part at all."""
    alone = partnership if need.hold is None else partnership.model_copy(update={"holds": (need.hold,)})
    excluded_people = barred_from(alone, need.part) | apart
    renews = need.part is Part.APPROVED and bool(partnership.to_renew)
    return StepAhead(
        what=need.what,
        roles=tuple(sorted(need.roles)),
        part=need.part,
        sums=need.sums,
        barred=tuple(sorted(excluded_people)),
        renewing=tuple(sorted(person for person in excluded_people if renews and partnership.may_renew(person))),
    )
