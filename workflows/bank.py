"""What a bank's answer asks of a partnership, when no tranche is waiting for it any more."""

from __future__ import annotations

from domain import commands as c
from domain.identity import derive
from domain.partnership import Partnership, TrancheState
from domain.tranche import BankAnswer, BankStatus, TrancheOutcome


def command_of(answer: BankAnswer, partnership: Partnership) -> c.WorkflowCommand:
    """Return the command that an answer means: money in, a payment that came back, or something to keep on record."""
    match answer.status:
        case BankStatus.RECEIVED:
            return c.RecordReceipt(
                command_id=answer.answer_id,
                at=answer.said_at,
                money=answer.money,
                bank_reference=answer.bank_reference,
            )
        case BankStatus.RETURNED if _settled(partnership, answer):
            return c.RecordTrancheOutcome(
                command_id=answer.answer_id,
                at=answer.said_at,
                tranche=answer.tranche,
                attempt=answer.attempt,
                outcome=TrancheOutcome.RETURNED,
                reason=f"{answer.code} {answer.reason}".strip(),
            )
        case _:
            return c.Refuse(
                command_id=answer.answer_id,
                at=answer.said_at,
                actor="bank",
                attempted=f"{answer.status.value} for tranche {answer.tranche}, attempt {answer.attempt}",
                reason="no payment waits for this answer",
            )


def unconfirmed(answer: BankAnswer) -> c.Refuse:
    """Return what is kept of an answer that no file of the bank's gives: a claim, and no more."""
    return c.Refuse(
        command_id=derive("unconfirmed", answer.model_dump_json()),
        at=answer.said_at,
        actor="unknown",
        attempted=f"{answer.status.value} {answer.money} in the bank's name",
        reason="no file of the bank's that was imported says so",
    )


def _settled(partnership: Partnership, answer: BankAnswer) -> bool:
    tranche = partnership.tranche(answer.tranche)
    return tranche is not None and (tranche.state, tranche.attempt) == (TrancheState.SETTLED, answer.attempt)
