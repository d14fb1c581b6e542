"""Obligations with a day: papers, answers to a newer edition of the rule book, and blocked money (rules 2.11, 4.16)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from typing import Final

from domain.calendars import CALENDAR
from domain.partnership import commands as c
from domain.partnership.state import Partnership
from domain.partnership.waiting.deadlines import end_of
from domain.partnership.waiting.owing import Obligation, ObligationKind, owes
from domain.policy.conditions import CONDITIONS, ConditionId
from domain.policy.earlier import TIME_TO_ANSWER
from domain.policy.waiting import BINDS_SINCE
from domain.values import Money


def _after(days: int) -> Callable[[date], date]:
    return lambda since: since + timedelta(days=days)


def _business_days_after(days: int) -> Callable[[date], date]:
    return lambda since: CALENDAR.after(end_of(since) - timedelta(days=1), days).date()


def _end_of_next_january(since: date) -> date:
    return date(since.year + 1, 1, 31)


DUE: Final[dict[ConditionId, Callable[[date], date]]] = {
    ConditionId.CONFLICT_MINUTES: _after(60),  # 26 CFR 53.4958-6(c)(3)(ii): or until the next meeting, if later
    ConditionId.SANCTIONS_REPORT: _business_days_after(10),  # 31 CFR 501.603, 501.604
    ConditionId.ACKNOWLEDGMENT: _end_of_next_january,  # IRC 170(f)(8)(C): before the donor files
    ConditionId.DISCLOSURE: _after(0),  # IRC 6115(a): in connection with the receipt
    ConditionId.RESTRICTED_FUND: _after(30),  # the organisation's own
}
"""By condition: when its papers are due, counted from when it was set or, for a gift, from the first receipt."""

_OF_A_GIFT: Final = frozenset({ConditionId.ACKNOWLEDGMENT, ConditionId.DISCLOSURE, ConditionId.RESTRICTED_FUND})


def papers(partnership: Partnership) -> Iterator[Obligation]:
    """Yield the papers that a condition asks for by a day."""
    for condition in partnership.open_conditions():
        since = _set_on(partnership, condition)
        if condition not in DUE or since is None:
            continue
        command = f"satisfy {{id}} --condition {condition.value} --note NOTE --as STAFF"
        words = f"{CONDITIONS[condition].what} ({condition.value}){_for_each(partnership, condition)}"
        yield owes(ObligationKind.PAPER, condition.value, words, DUE[condition](since), since, c.Satisfy, command)


def _for_each(partnership: Partnership, condition: ConditionId) -> str:
    """Return the contributions that want an acknowledgment each, in words, where they are several (170(f)(8))."""
    unthanked = [contribution for contribution in partnership.contributions if not contribution.is_thanked]
    if condition is not ConditionId.ACKNOWLEDGMENT or len(unthanked) < 2:
        return ""
    each = ", ".join(
        f"{contribution.number} of {contribution.money} on {contribution.on}" for contribution in unthanked
    )
    return f", one for each of the contributions {each}"


def blocking(partnership: Partnership) -> Iterator[Obligation]:
    """Yield the money of a blocked donor that is still among ours (31 CFR 501.603, rules 4.8)."""
    gift, since = partnership.proposed.funds_in, _set_on(partnership, ConditionId.SANCTIONS_REPORT)
    if gift is None or not partnership.to_block or since is None:
        return
    money = Money(amount=partnership.to_block, currency=gift.money.currency)
    words = f"move {money} into a blocked account: its donor is on a list that blocks it, so that it is not sent back"
    command = (
        f"refund {{id}} --to-blocked-account --amount {money.amount} --bank-reference REF --booked-on DAY "
        "--reason REASON --as STAFF"
    )
    due = DUE[ConditionId.SANCTIONS_REPORT](since)
    yield owes(ObligationKind.BLOCKING, "gift", words, due, since, c.RecordRefund, command)


def asked_later(partnership: Partnership) -> Iterator[Obligation]:
    """Yield the questions of a newer edition on an earlier approval. They hold payments from their day on."""
    if partnership.ended:
        return
    days = {later_question.asked: later_question.due - timedelta(days=1) for later_question in partnership.later}
    for question in partnership.asked_later:
        due, since = days[question], days[question] - TIME_TO_ANSWER
        command = "clear {id} --reason REASON --no-interest --as STAFF"
        words = f"answer what the rule book asks since it changed: {question}"
        yield owes(ObligationKind.QUESTION, question, words, due, since, c.ClearQuestions, command)
    for condition in partnership.conditions_later:
        due, since = days[condition.value], days[condition.value] - TIME_TO_ANSWER
        command = f"satisfy {{id}} --condition {condition.value} --note NOTE --as STAFF"
        words = f"{CONDITIONS[condition].what} ({condition.value}), as the rule book asks since it changed"
        yield owes(ObligationKind.PAPER, condition.value, words, due, since, c.Satisfy, command)


def period_over(partnership: Partnership) -> Iterator[Obligation]:
    """Yield the extension of a period that is over, where a newer edition stops what pays ahead from a later day on."""
    period, look = partnership.proposed.period, next(iter(partnership.looks_since(BINDS_SINCE)), None)
    if period is None or look is None or not partnership.unpaid or partnership.ended:
        return
    due = max(period.ends, look.on + TIME_TO_ANSWER - timedelta(days=1))
    words = f"extend the period, which ends on {period.ends}, or let a report release what is paid after it"
    yield owes(ObligationKind.QUESTION, "period", words, due, look.on, c.Amend, "amend {id} FILE --as STAFF")


def _set_on(partnership: Partnership, condition: ConditionId) -> date | None:
    """Return the day from which a condition's time runs, or None while it does not, as before a gift has come."""
    if condition in _OF_A_GIFT:
        gift = partnership.proposed.funds_in
        in_kind = gift is not None and gift.in_kind is not None
        if condition is ConditionId.ACKNOWLEDGMENT and partnership.unthanked_on is not None:
            return partnership.unthanked_on
        return partnership.agreed_on if in_kind else partnership.received_on
    if partnership.ended and condition is not ConditionId.SANCTIONS_REPORT and not partnership.is_lasting:
        return None
    return dict(partnership.asked_on).get(condition)
