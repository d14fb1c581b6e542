"""Recalls of payments against the state: who may ask for one, what it holds, and what closes it."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import Final, assert_never

from domain.calendars import CALENDAR
from domain.directory.tiers import HouseRules
from domain.errors import PaymentRefused
from domain.fault import Fault
from domain.partnership.circumstances import Circumstances
from domain.partnership.payment import commands as c
from domain.partnership.payment import events as e
from domain.partnership.state import LEFT_STATES, ChangedFields, Partnership, TrancheState
from domain.payment.recalls import ANSWERED_WITHIN, GRANTS, Recall, RecallAnswer

ZONES: Final = timedelta(days=1)
"""The time before a recall by which its answer may be dated: banks have other time zones."""


def admit_recall(partnership: Partnership, command: c.RecallRequest) -> None:
    """Raise PaymentRefused if nothing left that can be recalled, or no recall waits for an answer."""
    match command:
        case c.RecallPayment():
            _admit_request(partnership, command)
        case c.AnswerRecall():
            _admit_answer(partnership, command)
        case _:
            assert_never(command)


def _admit_request(partnership: Partnership, command: c.RecallPayment) -> None:
    number, name = command.tranche, partnership.partnership_id
    tranche = partnership.tranche(number)
    if tranche is None:
        raise PaymentRefused(f"no tranche {number}; there are {len(partnership.tranches)}")
    if open_recall(partnership, number) is not None:
        raise PaymentRefused(f"tranche {number} is recalled already; its answer is recorded by `answer-recall`")
    if tranche.state is TrancheState.RELEASED:
        raise PaymentRefused(f"tranche {number} has not left: cancel it (`accord payments cancel {name}`)")
    if tranche.state not in LEFT_STATES or tranche.attempt != command.attempt:
        state = tranche.state.value.lower().replace("_", " ")
        raise PaymentRefused(f"tranche {number} is {state}, attempt {tranche.attempt}; nothing of that can be recalled")


def _admit_answer(partnership: Partnership, command: c.AnswerRecall) -> None:
    recall = open_recall(partnership, command.tranche)
    if recall is None or recall.attempt != command.attempt:
        raise PaymentRefused(f"tranche {command.tranche}: no recall of attempt {command.attempt} is open")
    if recall.granted and command.answer is not RecallAnswer.REFUSED:
        raise PaymentRefused(f"tranche {command.tranche}: the recall is granted already; its return is waited for")


def decide_recall(_: Partnership, command: c.RecallRequest, circumstances: Circumstances) -> tuple[e.PaymentEvent, ...]:
    """Return the event of a recall or of its answer, with the day by which the next thing happens."""
    due = due_after(command.at.date(), circumstances.rules)
    fields = {**command.model_dump(exclude={"kind", "command_id", "signature"}), "signature": command.signature}
    match command:
        case c.RecallPayment():
            return (e.PaymentRecalled(**fields, due=due),)
        case c.AnswerRecall():
            return (e.RecallAnswered(**fields, due=due),)
        case _:
            assert_never(command)


def due_after(day: date, rules: HouseRules | None) -> date:
    """Return the day that is so many business days later as the organisation gives a bank to answer."""
    days = (rules.recall_days if rules is not None else None) or ANSWERED_WITHIN
    return CALENDAR.after(datetime.combine(day, time(), UTC), days).date()


def open_recall(partnership: Partnership, tranche: int) -> Recall | None:
    """Return the recall of a tranche's payment that is open, or None."""
    return next((recall for recall in partnership.recalls if recall.tranche == tranche), None)


def newest_recall(partnership: Partnership, tranche: int, attempt: int) -> Recall | None:
    """Return the newest recall of an attempt, open or closed, or None if nobody ever asked for one."""
    recalls = (*partnership.closed_recalls, *partnership.recalls)
    of_attempt = (recall for recall in recalls if (recall.tranche, recall.attempt) == (tranche, attempt))
    return max(of_attempt, key=lambda recall: recall.number, default=None)


def decide_heard(partnership: Partnership, command: c.RecordRecallAnswer) -> tuple[e.PaymentEvent, ...]:
    """Return the event of what a bank's file answers to a recall.

    Raises:
        PaymentRefused: Nobody asked for that recall, or the bank answered it otherwise before.
    """
    if fault := answer_fault(partnership, command):
        raise PaymentRefused(str(fault))
    return (e.RecallHeard(**command.model_dump(exclude={"kind", "command_id", "actor"})),)


def answer_fault(partnership: Partnership, command: c.RecordRecallAnswer) -> Fault | None:
    """Return the reason why people must look at a bank's answer to a recall, or None."""
    newest, place = newest_recall(partnership, command.tranche, command.attempt), f"tranche {command.tranche}"
    number = command.number or (newest.number if newest is not None else 0)
    if newest is None or not 0 < number <= newest.number:
        return Fault(f"the bank answers a recall of {place}, attempt {command.attempt}, that nobody asked for")
    if number < newest.number:
        return None
    if command.said_at.date() < newest.asked_on - ZONES:
        day = command.said_at.date()
        return Fault(
            f"the bank's answer to the recall of {place} is of {day}, and it was asked for on {newest.asked_on}"
        )
    if command.answer is newest.answer:
        return None
    if newest not in partnership.recalls:
        refused = newest.answer is RecallAnswer.REFUSED
        words = f"the bank says {command.answer.value} of the recall of {place} that it refused before"
        return Fault(words) if refused else None
    if newest.granted and command.answer is RecallAnswer.REFUSED:
        return Fault(f"the bank refuses the recall of {place} that it granted before")
    return None


def recalled(partnership: Partnership, event: e.PaymentRecalled) -> ChangedFields:
    """Return the fields after a recall was asked for."""
    newest = newest_recall(partnership, event.tranche, event.attempt)
    recall = Recall(
        tranche=event.tranche, attempt=event.attempt, number=newest.number + 1 if newest is not None else 1,
        responsible=event.responsible or event.actor, asked_on=event.at.date(), due=event.due,
    )  # fmt: skip
    return {"recalls": (*partnership.recalls, recall)}


def answered(partnership: Partnership, event: e.RecallAnswered | e.RecallHeard) -> ChangedFields:
    """Return the fields after the bank's answer: a refused recall is closed, and a granted one waits on.

    What the bank said of an earlier recall, or before it granted this one, changes nothing.
    """
    recall = open_recall(partnership, event.tranche)
    if recall is None or recall.attempt != event.attempt or _is_of_another(event, recall):
        return {}
    if event.answer is RecallAnswer.PENDING and recall.granted:
        return {}
    # A grant that is told again gives no more time.
    due = event.due if event.answer in GRANTS and not recall.granted else recall.due
    after = recall.model_copy(update={"answer": event.answer, "due": due})
    others = tuple(other for other in partnership.recalls if other != recall)
    if event.answer is RecallAnswer.REFUSED:
        return {"recalls": others, "closed_recalls": (*partnership.closed_recalls, after)}
    return {"recalls": (*others, after)}


def _is_of_another(event: e.RecallAnswered | e.RecallHeard, recall: Recall) -> bool:
    return isinstance(event, e.RecallHeard) and event.number not in {0, recall.number}


def without_recall(partnership: Partnership, tranche: int, attempt: int) -> ChangedFields:
    """Return the fields after an attempt's money came back, or never left: its open recall is closed."""
    of_attempt = tuple(
        recall for recall in partnership.recalls if (recall.tranche, recall.attempt) == (tranche, attempt)
    )
    others = tuple(recall for recall in partnership.recalls if recall not in of_attempt)
    closed = (*partnership.closed_recalls, *of_attempt)
    return {"recalls": others, "closed_recalls": closed} if of_attempt else {}
