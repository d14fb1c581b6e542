"""Money of a case: a bar of how far it has come, and its payments as a schedule."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Final, NamedTuple

from accord.presentation.words.codes import words_of
from accord.presentation.words.days import day_in_words
from accord.presentation.words.payments import booking_in_words
from accord.presentation.words.values import NamesInWords, listed, refund_in_words, sum_in_words
from domain.partnership.refund.refunds import Refund
from domain.partnership.report.reports import ReportState
from domain.partnership.state import IN_FLIGHT, PAID_STATES, Partnership, TrancheProgress, TrancheState
from domain.policy.conditions import ConditionId
from domain.proposal import FundsOut
from ledger import clock

TONES: Final = {
    TrancheState.PLANNED: "neutral",
    TrancheState.RELEASED: "warn",
    TrancheState.HANDED_OVER: "info",
    TrancheState.SETTLED: "good",
    TrancheState.SHORT: "warn",
    TrancheState.REJECTED: "bad",
    TrancheState.RETURNED: "bad",
    TrancheState.WITHHELD: "bad",
    TrancheState.CANCELLED: "neutral",
}

_RELEASE: Final = "its release"


class Slice(NamedTuple):
    """A part of the bar."""

    label: str
    fill: str
    money: str
    start: str
    width: str


class ScheduledPayment(NamedTuple):
    """A line of the schedule."""

    place: str
    planned: str
    paid: str
    waits: str
    state: str
    tone: str
    money: str
    note: str


class CaseRefund(NamedTuple):
    """Money that came back."""

    money: str
    what: str
    booked: str
    """The day of the bank's booking, and its reference."""
    by: str
    """Who recorded it, and who confirmed it."""
    is_confirmed: bool


class CaseMoney(NamedTuple):
    """The money out of a case."""

    total: str
    funder: str
    payee: str
    source: str
    slices: tuple[Slice, ...]
    refunded: str
    waiting: str
    """Refunds that a second person has not confirmed, or ''."""
    net: str
    arrived: str
    """What arrived by the bank's word, where charges were taken on the way, or ''."""
    spent: str
    """The sum that the newest accepted report calls spent, or ''."""
    payments: tuple[ScheduledPayment, ...]


def money_of(partnership: Partnership, names: NamesInWords, funds: Mapping[str, str] | None = None) -> CaseMoney | None:
    """Return the money out of a partnership, or None if none goes out. `funds`: the names of funds, by their ids."""
    out = partnership.proposed.funds_out
    if out is None:
        return None
    back = partnership.settled_sum - partnership.spent
    waiting = [refund.money.amount for refund in partnership.refunds if not refund.confirmed_by]
    accounted = [report for report in partnership.reporting.filed if report.state is ReportState.ACCEPTED]
    figures = next((report.figures for report in reversed(accounted) if report.figures is not None), None)

    def shown(amount: Decimal) -> str:
        return sum_in_words(amount, out.currency)

    return CaseMoney(
        total=shown(out.total.amount),
        funder=names.funder(out.funder),
        payee=out.payee.name,
        source=_source(partnership, out, funds or {}),
        slices=_slices(partnership, out),
        refunded=shown(back),
        waiting=shown(sum(waiting, Decimal(0))) if waiting else "",
        net=shown(partnership.spent),
        arrived=shown(partnership.spent - partnership.taken_on_the_way) if partnership.taken_on_the_way else "",
        spent=shown(figures.spent) if figures is not None else "",
        payments=tuple(_payment(partnership, progress, len(out.tranches)) for progress in _planned(partnership, out)),
    )


def refunds_of(partnership: Partnership, names: NamesInWords) -> tuple[CaseRefund, ...]:
    """Return the refunds of a partnership, by the bank's booking, with who stands for each."""
    return tuple(_refund(refund, names) for refund in partnership.refunds)


def _refund(refund: Refund, names: NamesInWords) -> CaseRefund:
    by = [f"recorded by {names.person(refund.recorded_by)}" if refund.recorded_by else ""]
    by += [f"confirmed by {names.person(refund.confirmed_by)}" if refund.confirmed_by else "to be confirmed"]
    return CaseRefund(
        money=refund_in_words(refund),
        what=words_of(refund.direction),
        booked=f"booked on {day_in_words(refund.booked_on)}, by the bank's reference {refund.name}",
        by=listed(list(filter(None, by))),
        is_confirmed=bool(refund.confirmed_by),
    )


def _planned(partnership: Partnership, out: FundsOut) -> tuple[TrancheProgress, ...]:
    """Return the payments as they stand, or as they are proposed before anything was checked."""
    planned = (TrancheProgress(number=plan.number, money=plan.money, due_on=plan.due_on) for plan in out.tranches)
    return partnership.tranches or tuple(planned)


def funds_of(partnership: Partnership) -> tuple[str, ...]:
    """Return the ids of the funds that the money of a partnership comes from."""
    out = partnership.proposed.funds_out
    return tuple(share.fund for share in (partnership.shares or out.parts)) if out is not None else ()


def _source(partnership: Partnership, out: FundsOut, funds: Mapping[str, str]) -> str:
    shares = partnership.shares or out.parts
    return listed([_part(share.fund, share.amount if len(shares) > 1 else None, out, funds) for share in shares])


def _part(fund: str, amount: Decimal | None, out: FundsOut, funds: Mapping[str, str]) -> str:
    name = funds.get(fund, f"fund {fund.removeprefix('FD-')}")
    return f"{name} ({sum_in_words(amount, out.currency)})" if amount is not None else name


def _slices(partnership: Partnership, out: FundsOut) -> tuple[Slice, ...]:
    total = out.total.amount
    sums = {
        ("Paid", "good"): _paid_sum(partnership),
        ("At the bank", "info"): _sum_of(partnership, TrancheState.HANDED_OVER),
        ("Ready", "warn"): _sum_of(partnership, TrancheState.RELEASED),
    }
    sums["Not paid" if partnership.ended else "Not released", "none"] = total - sum(sums.values(), Decimal(0))
    slices, start = [], Decimal(0)
    for (label, fill), amount in sums.items():
        width = 100 * amount / total
        slices.append(Slice(label, fill, sum_in_words(amount, out.currency), f"{start:.2f}%", f"{width:.2f}%"))
        start += width
    return tuple(slices)


def _sum_of(partnership: Partnership, state: TrancheState) -> Decimal:
    return sum((tranche.attempt_sum for tranche in partnership.tranches if tranche.state is state), Decimal(0))


def _paid_sum(partnership: Partnership) -> Decimal:
    return sum((tranche.paid_before + tranche.newest_paid for tranche in partnership.tranches), Decimal(0))


def _payment(partnership: Partnership, progress: TrancheProgress, count: int) -> ScheduledPayment:
    paid_on = dict(partnership.reporting.settled).get(progress.number)
    is_over = progress.state is TrancheState.SETTLED or partnership.ended
    lost = partnership.ended and progress.state is TrancheState.PLANNED
    returned = sum_in_words(progress.returned, progress.money.currency) if progress.returned else ""
    notes = [
        f"tried {progress.attempt} times" if progress.attempt > 1 else "",
        f"{returned} came back" if returned else "",
        booking_in_words(progress.figures),
        f"{sum_in_words(progress.remainder, progress.money.currency)} is not paid" if progress.has_remainder else "",
    ]
    waits = "" if is_over or progress.state in IN_FLIGHT else listed(_waits(partnership, progress))
    is_asked = waits == _RELEASE and (progress.due_on is None or progress.due_on <= clock.today())
    return ScheduledPayment(
        place=f"{progress.number} of {count}",
        planned=day_in_words(progress.due_on),
        paid=day_in_words(paid_on) if progress.state in PAID_STATES else "",
        waits=waits,
        state="Not paid" if lost else "To be released" if is_asked else words_of(progress.state),
        tone="warn" if is_asked else TONES[progress.state],
        money=str(progress.money),
        note=", ".join(filter(None, notes)),
    )


def _waits(partnership: Partnership, progress: TrancheProgress) -> list[str]:
    """Return what a payment waits for beside its day."""
    out, number = partnership.proposed.funds_out, progress.number
    accepted = {report.planned for report in partnership.reporting.filed if report.state is ReportState.ACCEPTED}
    plans = [plan for plan in partnership.proposed.reports if number in plan.holds and plan.number not in accepted]
    waits = [] if partnership.agreed_on is not None else ["the signed agreement"]
    waits += [f"report {plan.number}, accepted" for plan in plans]
    if out is not None and out.waits_for_barrier(number) and ConditionId.BARRIER_MET not in partnership.met:
        waits.append("what must be met first")
    if out is not None and out.waits_for_gift:
        waits.append("as much of the gift")
    if progress.has_remainder and not progress.is_releasable:
        waits.append(f"{2 - len(progress.agreed_by)} to agree to the rest, or a split")
    return waits or ([_RELEASE] if progress.state is TrancheState.PLANNED else [])
