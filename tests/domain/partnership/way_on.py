"""The way on from whatever state: the act that the state asks for, tried by somebody who has no part in it yet."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import count
from typing import NamedTuple

from domain.directory.tiers import Role
from domain.partnership import commands as c
from domain.partnership import events as e
from domain.partnership.circumstances import Authority
from domain.partnership.report.reports import Figures
from domain.partnership.stages import Stage
from domain.partnership.state import Partnership, TrancheState
from domain.partnership.waiting.clock import next_deadline
from domain.partnership.waiting.obligations import is_at_rest, obligations
from domain.partnership.waiting.outlook import outlook
from domain.partnership.waiting.owing import ObligationKind
from domain.payment.tranche.status import TrancheOutcome
from domain.plans import ReportKind
from domain.policy.conditions import Gate
from domain.policy.findings import Outcome
from domain.proposal import Direction
from tests.builders import ACCOUNT, authority, party
from tests.domain.partnership import specification as s

_hired = count(1)
MOST_STEPS = 120
BY_THE_CLOCK = (e.DeciderReminded, e.DeadlineEscalated)


class Step(NamedTuple):
    """An attempt, and the role of its actor. None stands for the system, the bank or the clock."""

    role: Role | None
    command: c.AnyCommand


class Stuck(AssertionError):
    """Nobody can move a partnership, and no day does."""


def to_the_end(story: s.Story, at: datetime) -> list[s.Story]:
    """Every state from here until nothing is owed any more.

    Raises:
        Stuck: An act that the state asks for is refused, or the end is not reached.
    """
    told = [story]
    while not is_at_rest(told[-1].partnership):
        if len(told) > MOST_STEPS:
            raise Stuck(f"no end after {MOST_STEPS} steps: {outlook(told[-1].partnership)}")
        at += timedelta(minutes=1)
        told.append(_moved(told[-1], at))
    return told


def _moved(story: s.Story, at: datetime) -> s.Story:
    known, refusals = story.partnership, []
    only_waited = bool(story.said) and all(isinstance(one, BY_THE_CLOCK) for one in story.said)
    for step in _steps(known):
        if only_waited and isinstance(step.command, c.PassDeadline):
            continue  # a timer alone counts once
        after = _tried(story, step, at)
        if after.refusal is None and after.said:
            return after
        refusals.append(f"{getattr(step.command, 'kind', step.command)} by {step.role}: {after.refusal}")
    raise Stuck(f"{known.stage.value}, {outlook(known).next_step}: {refusals}")


def _tried(story: s.Story, step: Step, at: datetime) -> s.Story:
    """Somebody new in the role does it, or the system. Once a cooling-off time is over, or a day has come, again."""
    for later in (0, 8, 400):
        command = step.command
        moment = max(at, command.at) if isinstance(command, c.PassDeadline) else at + timedelta(days=later)
        after = story.when(*_by(command, step.role, moment))
        if after.refusal is None or (
            "not paid before" not in str(after.refusal) and "is paid to them" not in str(after.refusal)
        ):
            return after
    return after


def _by(command: c.AnyCommand, role: Role | None, at: datetime) -> tuple[c.AnyCommand, Authority | None]:
    """The command by the system, or by somebody who is hired for it."""
    if role is None:
        return command.model_copy(update={"at": at}), None
    account = command.account if isinstance(command, c.SignAgreement) else None
    actor, caller = (f"new.{next(_hired)}" for _ in range(2))
    who = authority(actor, role).model_copy(update={"account": s.called_back(account, caller)})
    return command.model_copy(update={"at": at, "actor": actor}), who


def _steps(known: Partnership) -> Iterator[Step]:
    """The steps that the state asks for, the first possible one being taken, and last of all the clock, and the end."""
    if known.ended:
        yield from _owed(known)
        return
    yield from _under_question(known)
    if known.hold is None and not known.to_clear:
        yield from _by_stage(known)
    if (deadline := next_deadline(known)) is not None:
        said = s.deadline(wait=deadline.wait)
        yield Step(None, said.model_copy(update={"at": deadline.next_at, "obligation": deadline.obligation}))
    yield Step(Role.DIRECTOR, s.terminate())


def _under_question(known: Partnership) -> Iterator[Step]:
    for exception_id in known.contradictions:
        yield Step(None, s.resolve().model_copy(update={"exception_id": exception_id}))
    if known.responsibility.diverted:
        yield Step(Role.DIRECTOR, s.assure_all(known))
    if known.to_clear:
        yield Step(Role.VERIFIER, s.clear(*known.to_clear))
    if known.hold is not None:
        if known.for_profit_subrecipients:
            yield Step(Role.VERIFIER, s.report_subrecipients(party("Village Circle")))
        yield Step(Role.DIRECTOR, s.lift())


def _by_stage(known: Partnership) -> Iterator[Step]:
    match known.stage:
        case Stage.PROPOSED:
            yield Step(Role.PROPOSER, (s.revise if known.is_asked else s.propose)(**again(known)))
        case Stage.DUE_DILIGENCE:
            yield Step(None, s.verify())
        case Stage.ELIGIBILITY if known.assessment is None:
            yield Step(None, s.assess(Outcome.PASS))
        case Stage.ELIGIBILITY:
            yield Step(Role.VERIFIER, s.approve("ana.silva"))
        case Stage.APPROVAL:
            yield Step(known.missing_approvals[0], s.approve("ana.silva"))
        case Stage.AGREEMENT:
            yield from _papers(known, Gate.AGREEMENT)
            yield _signing(known)
        case Stage.ACTIVE:
            yield from _payments(known)
        case _:
            return


def again(known: Partnership) -> dict[str, object]:
    if known.proposal is None:
        return {}
    legs = ("funds_out", "funds_in", "non_monetary")
    return {name: getattr(known.proposal, name) for name in legs if getattr(known.proposal, name) is not None}


def _signing(known: Partnership) -> Step:
    return Step(Role.DIRECTOR, s.sign(account=ACCOUNT if known.proposed.funds_out else None))


def _papers(known: Partnership, *gates: Gate) -> Iterator[Step]:
    for condition in known.open_conditions(*gates)[:1]:
        yield Step(Role.VERIFIER, s.satisfy(condition))


def _payments(known: Partnership) -> Iterator[Step]:
    for tranche in known.tranches:
        which = (tranche.number, tranche.attempt)
        if tranche.state is TrancheState.RELEASED:
            yield Step(None, s.hand_over(*which))
        if tranche.state is TrancheState.HANDED_OVER:
            yield Step(None, s.ended(TrancheOutcome.SETTLED, *which))
    unpaid = [one for one in known.tranches if one.state is not TrancheState.SETTLED]
    if unpaid and not known.in_flight:
        yield from _before_a_payment(known)
        yield Step(Role.PAYER, s.release(unpaid[0].number))
    gift = known.proposed.funds_in
    if gift is not None and known.received < gift.money.amount:
        yield Step(None, s.receipt(str(gift.money.amount - known.received)))
    yield from _owed(known)
    yield from _final_report(known)
    yield from _papers(known)


def _before_a_payment(known: Partnership) -> Iterator[Step]:
    for role in (*known.missing_approvals, *known.to_renew)[:1]:
        yield Step(role, s.approve("ana.silva"))
    yield from _papers(known, Gate.AGREEMENT, Gate.PAYMENT)
    if known.account_fault or not known.signatory or not known.account_verifier:
        yield Step(Role.DIRECTOR, s.sign(account=s.OTHER_ACCOUNT))
    if known.recused & {known.signatory, known.account_verifier}:
        yield _signing(known)


def _final_report(known: Partnership) -> Iterator[Step]:
    if known.reporting.open_final is None:
        out = known.proposed.funds_out
        paid = out is not None and known.settled_sum > 0
        figures = Figures(
            currency=out.currency, spent=known.settled_sum - known.came_back, returned=known.came_back
        ) if out is not None and paid else None  # fmt: skip
        yield Step(Role.VERIFIER, s.report(kind=ReportKind.FINAL, figures=figures))


def _corrected(known: Partnership, report: int) -> Iterator[Step]:
    """A final report that accounts for what was paid in the end."""
    out = known.proposed.funds_out
    paid = Figures(currency=out.currency, spent=known.settled_sum) if out is not None and known.settled_sum else None
    yield Step(Role.VERIFIER, s.report(kind=ReportKind.FINAL, figures=paid, corrects=report))


def _owed(known: Partnership) -> Iterator[Step]:
    """Meet each obligation, the earliest first. The final report comes once all is paid. A false one is returned."""
    for one in obligations(known):
        match one.kind:
            case ObligationKind.REPORT | ObligationKind.YEARLY_REPORT if known.ended or not known.unpaid:
                yield from _final_report(known)
            case ObligationKind.REPORT | ObligationKind.YEARLY_REPORT:
                planned = int(one.about) if one.about.isdecimal() else None
                yield Step(Role.VERIFIER, s.report(kind=ReportKind.PROGRESS, planned=planned))
            case ObligationKind.JUDGEMENT:
                yield Step(Role.PROGRAMME_APPROVER, s.accept(int(one.about)))
                if known.reporting.open_final is not None and not known.unpaid:
                    yield Step(Role.PROGRAMME_APPROVER, s.send_back(int(one.about)))
            case ObligationKind.PAPER:
                [condition] = [at for at in known.open_conditions() if at.value == one.about]
                yield Step(Role.VERIFIER, s.satisfy(condition))
            case ObligationKind.REFUND:
                yield Step(Role.FINANCE_APPROVER, s.refund(str(known.unspent), f"NTRF-{next(_hired)}"))
            case ObligationKind.CONFIRMATION:
                yield Step(Role.DIRECTOR, s.confirm_refund(one.about))
                yield Step(Role.FINANCE_APPROVER, s.confirm_refund(one.about))
            case ObligationKind.PLEDGE:
                yield Step(Role.PROGRAMME_APPROVER, s.end_leg(Direction.FUNDS_IN))
            case ObligationKind.RETURNED:
                yield Step(Role.DIRECTOR, s.reopen())
            case ObligationKind.CORRECTION:
                yield from _corrected(known, int(one.about))
            case ObligationKind.ASSURANCE:
                yield Step(Role.DIRECTOR, s.assure_all(known))
