"""Evolve a partnership by its deadlines."""

from __future__ import annotations

from domain.partnership.hold.holds import Holds, next_told
from domain.partnership.state import ChangedFields, Partnership, Reminder
from domain.partnership.waiting import events as e
from domain.partnership.waiting.deadlines import Wait
from domain.partnership.waiting.events import WaitingEvent


def deadline_changed(partnership: Partnership, event: WaitingEvent) -> ChangedFields:
    """Return the fields after a deadline was set, told of or extended."""
    match event:
        case e.DeadlineSet(deadline=deadline):
            return {"deadline": deadline}
        case e.DeadlineExtended():
            return {"deadline": None}
        case e.DeciderReminded(wait=Wait.OBLIGATION, obligation=key):
            return {"told": (*partnership.told, Reminder(obligation=key))}
        case e.DeadlineEscalated(wait=Wait.OBLIGATION, obligation=key, due=due):
            other_reminders = tuple(reminder for reminder in partnership.told if reminder.obligation != key)
            return {"told": (*other_reminders, Reminder(obligation=key, due=due))}
        case e.DeciderReminded(wait=Wait.HOLD):
            return {"holds": _told_of(partnership, reminded=True)}
        case e.DeadlineEscalated(wait=Wait.HOLD, due=due):
            return {"holds": _told_of(partnership, reminded=True, due=due)}
        case e.DeciderReminded(ends_at=ends_at) if ends_at is not None:
            change: ChangedFields = {"asked": True, "due": ends_at}
        case e.DeciderReminded():
            change = {"reminded": True}
        case e.DeadlineEscalated(due=due):
            change = {"escalated": True, "due": due}
    return {"deadline": partnership.deadline and partnership.deadline.model_copy(update=change)}


def _told_of(partnership: Partnership, **fields: object) -> Holds:
    """Return the holds after their clock told of the one whose day came next."""
    due = next_told(partnership.holds)
    return tuple(hold.model_copy(update=fields) if hold is due else hold for hold in partnership.holds)
