"""Lines of the queue: who can take the step, by when, and what its reader sees of it."""

from __future__ import annotations

import marshal
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, Final

from accord.console.lists.asks import Ask, acts_on, ask_of
from accord.presentation.faults import BadInput
from accord.presentation.words.days import day_in_words, due_in_words
from accord.presentation.words.values import NamesInWords, sum_in_words
from domain.directory.directory import Directory
from domain.directory.tiers import Role
from domain.partnership.people.steps import StepAhead, able_to_act
from domain.partnership.stages import Stage
from ledger import clock
from records.read_models.lines import NEVER
from records.read_models.lists import ListQuery

PAY_NOTHING: Final = frozenset({Stage.DECLINED.value, Stage.WITHDRAWN.value, Stage.TERMINATED.value})
"""The stages in which papers may still be owed, and no money is to be decided on."""
GROUPS: Final = {"late": "Late", "week": "This week", "later": "After this week", "none": "No day"}
"""The groups of the queue, by the day when a step is due, with their headings."""


def group_of(due: date | None, today: date) -> str:
    """Return the group of a day."""
    if due is None:
        return "none"
    if due < today:
        return "late"
    return "week" if due <= today + timedelta(days=6 - today.weekday()) else "later"


def due_within(question: ListQuery, group: str, today: date) -> ListQuery:
    """Return a question for the lines of a group of days, in the order of their days, or as it is for ''."""
    if not group:
        return question
    if group not in GROUPS:
        raise BadInput(f"due: {group[:40]!r} is none of {', '.join(GROUPS)}")
    next_week = (today + timedelta(days=7 - today.weekday())).isoformat()
    above, below = {
        "late": (None, today.isoformat()),
        "week": (today.isoformat(), next_week),
        "later": (next_week, NEVER),
        "none": (NEVER, None),
    }[group]
    return replace(question, above=above, below=below)


@dataclass(frozen=True, slots=True)
class QueueLine:
    """A line of the queue."""

    shown: Mapping[str, Any]
    """The list's line on the partnership."""
    ask: Ask
    due: date | None
    day: str
    """The day when it is due in words."""
    distance: str
    """How far the day is away, in working days."""
    tone: str
    """bad once it is late, warn if it is soon, or ''."""
    group: str
    owner: str
    amount: str
    acts: tuple[str, ...]
    """The acts on several that it seems to allow its reader."""


class Staffing:
    """The people who can take a step, by the directory of today.

    Steps that exclude the same people are asked about once.
    """

    def __init__(self, directory: Directory, reader: str, today: date | None = None) -> None:
        """Ask a directory for a reader. `today`: the day of the page, from which days are counted."""
        self._directory, self._reader = directory, reader
        self._day = today or clock.today()
        self._names = NamesInWords(directory)
        self._roles = frozenset(capacity.role for capacity in directory.capacities(reader, clock.today()))
        self._known: dict[bytes, tuple[str, ...]] = {}

    @property
    def day(self) -> date:
        """The day of the page."""
        return self._day

    @property
    def roles(self) -> Collection[Role]:
        """The roles in which the reader can act."""
        return self._roles

    def line(self, row: Mapping[str, Any], who: Sequence[str]) -> QueueLine:
        """Return a line of the queue. `who`: the people who can take its next step."""
        due = date.fromisoformat(row["due"][:10]) if row["due"] else None
        distance, tone = due_in_words(due, self._day) if due else ("", "")
        return QueueLine(
            shown=row,
            ask=ask_of(row, who, self._reader, self._names),
            due=due,
            day=day_in_words(due),
            distance=distance,
            tone=tone,
            group=group_of(due, self._day),
            owner=self._names.person(row["assigned"]) if row["assigned"] else "",
            amount=_amount(row),
            acts=acts_on(row, self._reader in who, self._roles),
        )

    def who(self, ahead: Any, awaiting: Collection[str]) -> tuple[str, ...]:
        """Return the people who can take the next step of a partnership."""
        key = marshal.dumps((ahead, list(awaiting)), 0)  # a quarter of what JSON costs, for each line
        if key not in self._known:
            steps = [StepAhead.model_validate(step) for step in ahead]
            able = (able_to_act(steps, Role(role), self._directory, clock.today()) for role in awaiting)
            self._known[key] = tuple(sorted({person for people in able for person in people}))
        return self._known[key]


def _amount(row: Mapping[str, Any]) -> str:
    """Return the sum that is to be decided on, or '' where no money moves any more."""
    if row["amount"] is None or row["stage"] in PAY_NOTHING:
        return ""
    return sum_in_words(Decimal(row["amount"]), row["currency"])
