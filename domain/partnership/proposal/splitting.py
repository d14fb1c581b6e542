"""The split of a tranche by an amendment: the same sum in all, and each part waits for what the whole waited for."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date
from decimal import Decimal
from typing import Final, NamedTuple

from domain.errors import PaymentRefused
from domain.fault import Fault
from domain.grants import TranchePlan
from domain.legs.funds_out import FundsOut
from domain.partnership.payment.recalling import open_recall
from domain.partnership.state import IN_FLIGHT, Partnership, TrancheProgress, TrancheState
from domain.policy.canonical import order_of
from domain.proposal import Proposal
from domain.values import Money

SEEN_SINCE: Final = "2026.6"
"""The edition since which a split that keeps what its tranche waits for is told from one that loses it."""

MOST: Final = 99
"""The highest number of a tranche."""


class SplitPart(NamedTuple):
    """A part of a tranche that is split: its sum, and the day before which it is not paid, if it has its own."""

    amount: Decimal
    due_on: date | None = None


def split(proposal: Proposal, number: int, parts: Sequence[SplitPart]) -> Proposal:
    """Return a proposal with a tranche in parts: the first keeps its number, and the others come after all tranches.

    Each waits for the reports, milestones and the barrier that the tranche waits for, and for its day at least.

    Raises:
        PaymentRefused: It cannot be split so.
    """
    out = proposal.funds_out
    plan = next((plan for plan in out.tranches if plan.number == number), None) if out is not None else None
    if out is None or plan is None:
        raise PaymentRefused(f"no tranche {number} is planned in {proposal.reference}")
    if fault := _fault_of_parts(out, plan, parts):
        raise PaymentRefused(str(fault))
    numbers = [number, *range(len(out.tranches) + 1, len(out.tranches) + len(parts))]
    new_plans = {
        new: plan.model_copy(
            update={
                "number": new,
                "money": Money(amount=part.amount, currency=plan.money.currency),
                "due_on": part.due_on or plan.due_on,
            }
        )
        for new, part in zip(numbers, parts, strict=True)
    }
    tranches = (*(new_plans.get(plan.number, plan) for plan in out.tranches), *(new_plans[new] for new in numbers[1:]))
    return _holding(proposal, {number}, numbers[1:], tranches=tranches)


def _fault_of_parts(out: FundsOut, plan: TranchePlan, parts: Sequence[SplitPart]) -> Fault | None:
    total = sum((part.amount for part in parts), Decimal(0))
    early = [part.due_on for part in parts if part.due_on is not None and plan.due_on and part.due_on < plan.due_on]
    faults = {
        "give two parts at least": len(parts) < 2,
        f"there are {len(out.tranches)} tranches, and at most {MOST}": len(out.tranches) + len(parts) - 1 > MOST,
        "each part has a sum above zero": any(part.amount <= 0 for part in parts),
        f"the parts make {plan.money.currency} {total:,}, and tranche {plan.number} is {plan.money}": (
            total != plan.money.amount
        ),
        f"tranche {plan.number} is not paid before {plan.due_on}, and a part would be": bool(early),
    }
    return next((Fault(words) for words, is_so in faults.items() if is_so), None)


def as_split(before: Proposal, after: Proposal, edition: str) -> Proposal:
    """Return a proposal as it would be held if an amendment's new tranches waited for all that is split waits for.

    An amendment is compared with it: a split that keeps what its tranche waits for changes only the schedule, and one
    that loses some of it changes the reports or the facts. `edition`: that of the assessment; before 2026.6 it is
    returned as it is.
    """
    was, now = before.funds_out, after.funds_out
    if was is None or now is None or order_of(edition) < order_of(SEEN_SINCE):
        return before
    planned_sums = {plan.number: plan.money for plan in was.tranches}
    smaller = {
        plan.number for plan in now.tranches
        if plan.number in planned_sums and plan.money.amount < planned_sums[plan.number].amount
    }  # fmt: skip
    new_numbers = [plan.number for plan in now.tranches if plan.number not in planned_sums]
    return _holding(before, smaller, new_numbers, tranches=was.tranches) if smaller and new_numbers else before


def _holding(
    proposal: Proposal, whole: Collection[int], parts: Sequence[int], *, tranches: tuple[TranchePlan, ...]
) -> Proposal:
    """Return a proposal in which all that holds a tranche of `whole` holds those of `parts` as well."""

    def holding(holds: tuple[int, ...]) -> tuple[int, ...]:
        return (*holds, *(number for number in parts if number not in holds)) if {*holds} & {*whole} else holds

    out = proposal.funds_out
    if out is None:
        return proposal
    leg = out.model_copy(
        update={
            "tranches": tranches,
            "barrier_holds": holding(out.barrier_holds),
            "milestones": tuple(mark.model_copy(update={"holds": holding(mark.holds)}) for mark in out.milestones),
        }
    )
    reports = tuple(report.model_copy(update={"holds": holding(report.holds)}) for report in proposal.reports)
    return proposal.model_copy(update={"funds_out": leg, "reports": reports})


def is_split(before: Proposal, after: Proposal) -> bool:
    """True if an amendment has more tranches of the same sum in all."""
    was, now = before.funds_out, after.funds_out
    return was is not None and now is not None and len(now.tranches) > len(was.tranches) and was.total == now.total


def altered_fault(partnership: Partnership, progress: TrancheProgress, after: Proposal) -> Fault | None:
    """Return the reason why an amendment may not give a tranche with an attempt another sum, or None if it may.

    A split may: what was paid stays the tranche's own, and an attempt that is open is waited for. It may not where a
    part was given up.
    """
    plans = after.funds_out.tranches if after.funds_out is not None else ()
    planned_money = next((plan.money for plan in plans if plan.number == progress.number), None)
    if planned_money == progress.money:
        return None
    fault = Fault(f"tranche {progress.number} was released already and stays as it is")
    is_less = planned_money is not None and planned_money.amount < progress.money.amount
    if planned_money is None or not is_less or progress.given_up or not is_split(partnership.proposed, after):
        return fault
    return (
        _open_fault(partnership, progress) or _paid_fault(progress, planned_money.amount)
        if progress.remainder
        else fault
    )


def _open_fault(partnership: Partnership, progress: TrancheProgress) -> Fault | None:
    """Return what a split waits for while an attempt to pay the tranche is open, or None if none is."""
    number, name = progress.number, partnership.partnership_id
    if open_recall(partnership, number) is not None:
        return Fault(f"tranche {number} is recalled; wait until its return is booked, or the bank refuses the recall")
    if progress.state is TrancheState.HANDED_OVER:
        return Fault(
            f"tranche {number}: attempt {progress.attempt} is at the bank; wait until it is booked or rejected, or "
            f"recall it (`accord payments recall {name}`) and wait until its return is booked"
        )
    if progress.state in IN_FLIGHT:
        return Fault(
            f"tranche {number}: attempt {progress.attempt} is released; cancel it (`accord payments cancel {name}`) "
            "or wait until it is paid"
        )
    return None


def _paid_fault(progress: TrancheProgress, planned_sum: Decimal) -> Fault | None:
    """Return the reason why a tranche may not keep a sum, by what was paid of it, or None if it may."""
    if not progress.net or planned_sum == progress.net:
        return None
    paid_money = Money(amount=progress.net, currency=progress.money.currency)
    return Fault(
        f"tranche {progress.number}: {paid_money} of it was paid; it keeps that sum, and new tranches get the rest"
    )
