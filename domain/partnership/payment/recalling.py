"""Recalls of payments against the state: who may ask for one, what it holds, and what closes it."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from typing import assert_never

from domain.calendars import CALENDAR
from domain.directory.tiers import HouseRules
from domain.errors import PaymentRefused
from domain.partnership.circumstances import Circumstances
from domain.partnership.payment import commands as c
from domain.partnership.payment import events as e
from domain.partnership.state import LEFT_STATES, Partnership, TrancheState
from domain.payment.recalls import ANSWERED_WITHIN, Recall, RecallAnswer


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
    if recall.granted and command.answer is RecallAnswer.GRANTED:
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


def recalls_after(partnership: Partnership, event: e.PaymentRecalled | e.RecallAnswered) -> tuple[Recall, ...]:
    """Return the open recalls after a recall or an answer: a refused one is closed, and a granted one waits on."""
    if isinstance(event, e.PaymentRecalled):
        recall = Recall(
            tranche=event.tranche, attempt=event.attempt, responsible=event.responsible or event.actor,
            asked_on=event.at.date(), due=event.due,
        )  # fmt: skip
        return (*partnership.recalls, recall)
    if event.answer is RecallAnswer.REFUSED:
        return without_recall(partnership, event.tranche, event.attempt)
    change = {"granted": True, "due": event.due}
    return tuple(
        recall.model_copy(update=change) if recall.tranche == event.tranche else recall
        for recall in partnership.recalls
    )


def without_recall(partnership: Partnership, tranche: int, attempt: int) -> tuple[Recall, ...]:
    """Return the open recalls without that of an attempt: its money came back, or never left."""
    return tuple(recall for recall in partnership.recalls if (recall.tranche, recall.attempt) != (tranche, attempt))
