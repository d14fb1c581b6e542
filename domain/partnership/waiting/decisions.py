"""Decide on the consequences of a time that has come."""

from __future__ import annotations

from domain.identity import ACCORD
from domain.partnership import events as e
from domain.partnership.circumstances import Circumstances
from domain.partnership.diligence.cures import failing_alone
from domain.partnership.ending.decisions import legs_ended
from domain.partnership.events import Events
from domain.partnership.hold.decisions import hold_by_rule
from domain.partnership.state import Partnership
from domain.partnership.waiting import commands as c
from domain.partnership.waiting.clock import open_deadline
from domain.partnership.waiting.deadlines import ALLOWANCES, Wait
from domain.partnership.waiting.obligations import next_obligation


def pass_deadline(partnership: Partnership, command: c.PassDeadline, _: Circumstances) -> Events:
    """Return the consequence of a time that has come: a reminder, an escalation, an end, or none if it was met."""
    deadline = next_obligation(partnership) if command.wait is Wait.OBLIGATION else open_deadline(partnership)
    if deadline is None or deadline.wait is not command.wait or command.at < deadline.next_at:
        return ()
    if deadline.obligation != command.obligation and deadline.wait is Wait.OBLIGATION:
        return ()
    if deadline.lapses and deadline.asked:
        return _lapsed(partnership, command)
    if deadline.lapses:
        ends_at = max(deadline.due, deadline.counted_by.after(command.at, ALLOWANCES[deadline.wait].reminder))
        return (e.DeciderReminded(at=command.at, wait=deadline.wait, ends_at=ends_at),)
    if command.at < deadline.due:
        return (e.DeciderReminded(at=command.at, wait=deadline.wait, obligation=deadline.obligation),)
    due = deadline.counted_by.after(command.at, ALLOWANCES[deadline.wait].escalated)
    return (e.DeadlineEscalated(at=command.at, wait=deadline.wait, due=due, obligation=deadline.obligation),)


def _lapsed(partnership: Partnership, command: c.PassDeadline) -> Events:
    """Return the decline of a lapsed partnership or, if it has released a payment, a hold, so that people decide."""
    open_fault = f"; not cured: {partnership.question}" if partnership.is_to_cure else ""
    reason = f"lapsed: no {command.wait.value.lower()} in time{open_fault}"
    if partnership.has_paid:
        return hold_by_rule(partnership, command.at, reason)
    assessment = partnership.assessment if partnership.is_to_cure else None
    if assessment is not None and (alone := failing_alone(assessment, partnership)):
        return legs_ended(alone, command.at, reason)
    return (e.PartnershipDeclined(at=command.at, actor=ACCORD, reason=reason),)
