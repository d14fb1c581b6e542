"""Notices of acts that wait, for whom and by when, to be told outside: ids and codes alone (R48, R50).

They hold no personal data, and follow from the state. The time since which each stands is kept beside it: a notice has
one id for as long as it stands, and another one when it comes again.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from enum import StrEnum
from typing import Final
from uuid import UUID

from domain.directory.tiers import Role
from domain.identity import derive
from domain.keeping import memo
from domain.partnership.state import Partnership
from domain.partnership.waiting.clock import open_deadline
from domain.partnership.waiting.deadlines import end_of
from domain.partnership.waiting.obligations import obligations
from domain.partnership.waiting.outlook import outlook
from domain.values import Moment, Value


class NoticeKind(StrEnum):
    """The reason why somebody is told."""

    WAITS = "WAITS"
    """Something began to wait for them."""
    REMINDED = "REMINDED"
    """Its day is near."""
    OVERDUE = "OVERDUE"
    """Its day has passed."""
    LAPSES = "LAPSES"
    """The partnership ends on the day, unless somebody acts or gives more time."""
    UPDATED = "UPDATED"
    """A party that they approved was told anew: other people, papers, names or an address."""


class Notice(Value):
    """One thing to tell the holders of one role."""

    kind: NoticeKind
    what: str
    """The step's code: a command of the shell, or the key of an obligation. It names no person and no party."""
    role: Role
    due: Moment | None = None
    command: str

    @property
    def key(self) -> str:
        """The key that distinguishes it from the others that stand in its partnership."""
        again = self.due.isoformat() if self.due is not None and self.kind in _TOLD_AGAIN else ""
        return f"{self.kind.value}|{self.what}|{self.role.value}|{again}"


_TOLD_AGAIN: Final = frozenset({NoticeKind.OVERDUE, NoticeKind.LAPSES})


def notice_id(partnership_id: str, key: str, since: int) -> UUID:
    """Return the id of a notice that has stood since a version of its partnership."""
    return derive("notice", partnership_id, key, since)


@memo
def notices(partnership: Partnership) -> tuple[Notice, ...]:
    """Return the notices of a partnership as it stands."""
    if partnership.proposal is None:
        return ()
    return (*_of_the_step(partnership), *_of_obligations(partnership), *_of_an_update(partnership))


def standing_since(before: Mapping[str, int], states: Sequence[Partnership]) -> dict[str, int]:
    """Return the version since which each notice of the last of some states stands, by its key.

    `states`: a partnership after each of its next events. `before`: the same of the state before them.
    """
    since = {notice.key: states[-1].version for notice in notices(states[-1])}
    keys = set(since)
    for state in reversed(states[:-1]):
        if not keys:  # none of them stood as early as that
            return since
        keys &= {notice.key for notice in notices(state)}
        since |= dict.fromkeys(keys, state.version)
    return since | {key: before[key] for key in keys & before.keys()}


def _of_the_step(partnership: Partnership) -> Iterator[Notice]:
    ahead, deadline = outlook(partnership), open_deadline(partnership)
    commands = {obligation.command.format(id=partnership.partnership_id) for obligation in obligations(partnership)}
    if not ahead.command or ahead.command.removeprefix("accord ") in commands:
        return
    kinds = {NoticeKind.WAITS: True}
    if deadline is not None:
        kinds[NoticeKind.REMINDED] = deadline.reminded
        kinds[NoticeKind.OVERDUE] = deadline.escalated and not deadline.asked
        kinds[NoticeKind.LAPSES] = deadline.asked
    code = _code(ahead.command, partnership.partnership_id)
    for kind in (kind for kind, true in kinds.items() if true):
        for role in ahead.awaiting:
            yield Notice(kind=kind, what=code, role=role, due=ahead.due, command=ahead.command)


def _of_an_update(partnership: Partnership) -> Iterator[Notice]:
    """Yield the notices to its approvers that a party was told anew, until a tranche is released (rules 4.4)."""
    if not partnership.updated_version:
        return
    code, command = f"update {partnership.updated_version}", f"accord history {partnership.partnership_id}"
    for role in dict.fromkeys(approval.role for approval in partnership.approvals):
        yield Notice(kind=NoticeKind.UPDATED, what=code, role=role, command=command)


def _of_obligations(partnership: Partnership) -> Iterator[Notice]:
    for obligation in obligations(partnership):
        reminders, again = (
            (reminder for reminder in partnership.told if reminder.obligation == obligation.key),
            partnership.told_again_on(obligation.key),
        )
        has_reminder = any(reminder.due is None for reminder in reminders)
        kinds = {NoticeKind.WAITS: True, NoticeKind.REMINDED: has_reminder, NoticeKind.OVERDUE: again is not None}
        command = f"accord {obligation.command.format(id=partnership.partnership_id)}"
        for kind in (kind for kind, true in kinds.items() if true):
            due = again if kind is NoticeKind.OVERDUE else end_of(obligation.due)
            for role in obligation.awaiting:
                yield Notice(kind=kind, what=obligation.key, role=role, due=due, command=command)


def _code(command: str, partnership_id: str) -> str:
    """Return a command's words without the partnership and its placeholders: `approve`, or `release --tranche 2`."""
    words = [part for part in command.removeprefix("accord ").split() if part != partnership_id]
    code_words = []
    for word, following in zip(words, [*words[1:], ""], strict=True):
        placeholder = word.isupper() or word in {"BA-...", "--no-interest"}
        has_placeholder = word.startswith("--") and (following.isupper() or following == "BA-...")
        code_words += [] if placeholder or has_placeholder else [word]
    return " ".join(code_words)
