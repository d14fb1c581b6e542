"""The closes that stand, whatever is found later of the keys that they were signed with.

A close with a key that was in other hands falls. Yet a later close rests on those before it: two people signed an
export that begins on the day after them. So what stood when a close was signed stays under it, while that one stands.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import NamedTuple, Protocol

from domain.books.events import BookEvent, PeriodCloseAsked, PeriodClosed
from domain.books.periods import Closes, closes_of


class BookAct(NamedTuple):
    """An act on a period, with its position in the ledger."""

    position: int
    event: BookEvent


class KeyKnowledge(Protocol):
    """Says of keys what was known of them at a time."""

    def __call__(self, act: BookAct, at: int | None) -> bool:
        """Return True if an act's key is known to have been in other hands: before a position, or today if None."""


def standing_closes(acts: Sequence[BookAct], is_doubted: KeyKnowledge) -> Closes:
    """Return the periods that are closed today. `acts`: in the order of their positions."""
    before: list[Closes] = []
    """By act: the periods as those who signed it saw them."""
    for place, act in enumerate(acts):
        before.append(_view(acts[:place], before, partial(is_doubted, at=act.position)))
    return _view(acts, before, partial(is_doubted, at=None))


def _view(acts: Sequence[BookAct], before: Sequence[Closes], is_out: Callable[[BookAct], bool]) -> Closes:
    """Return the periods after some acts, as they are seen by whoever takes some of these for void."""
    requests = {
        act.event.signature.statement.command_id: act for act in acts if isinstance(act.event, PeriodCloseAsked)
    }
    for place in reversed(range(len(acts))):
        act = acts[place]
        if not isinstance(act.event, PeriodClosed) or is_out(act):
            continue
        closes = closes_of([act.event], before[place])
        if closes.periods != before[place].periods and not is_out(requests[act.event.close_id]):
            return closes_of((later.event for later in acts[place + 1 :] if not is_out(later)), closes)
    return closes_of(act.event for act in acts if not is_out(act))
