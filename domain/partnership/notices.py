"""Notices: what waits for whom, and by when, to be told outside; ids and codes alone, no personal data (R48, R50).

They follow from the state, so that whoever tells them needs no memory of what happened: a notice has one id for as long
as it stands, and what was told once need not be told again.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from enum import StrEnum
from uuid import UUID

from domain.directory.tiers import Role
from domain.identity import derive
from domain.partnership.consequences import open_deadline
from domain.partnership.deadlines import end_of
from domain.partnership.obligations import Obligation, obligations
from domain.partnership.outlook import outlook
from domain.partnership.state import Partnership
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


class Notice(Value):
    """One thing to tell the holders of one role."""

    notice_id: UUID
    partnership_id: str
    kind: NoticeKind
    what: str
    """The step's code: a command of the shell, or the key of an obligation. It names no person and no party."""
    role: Role
    due: Moment | None = None
    command: str


def notices(partnership: Partnership) -> tuple[Notice, ...]:
    """Return what is to be told of a partnership as it stands."""
    if partnership.proposal is None:
        return ()
    return (*_of_the_step(partnership), *_of_obligations(partnership))


def _of_the_step(partnership: Partnership) -> Iterator[Notice]:
    ahead, deadline = outlook(partnership), open_deadline(partnership)
    owed = {one.command.format(id=partnership.partnership_id) for one in obligations(partnership)}
    if not ahead.command or ahead.command.removeprefix("accord ") in owed:
        return
    what = _code(ahead.command, partnership.partnership_id)
    began = _turn(partnership) if deadline is None else (deadline.remind_at.isoformat(),)
    told = [(NoticeKind.WAITS, began)]
    if deadline is not None:
        told += [(NoticeKind.REMINDED, began)] if deadline.reminded else []
        overdue = deadline.escalated and not deadline.asked
        told += [(NoticeKind.OVERDUE, (*began, deadline.due.isoformat()))] if overdue else []
        told += [(NoticeKind.LAPSES, (*began, deadline.due.isoformat()))] if deadline.asked else []
    for kind, since in told:
        yield from _told(partnership, kind, what, ahead.awaiting, ahead.due, ahead.command, since)


def _turn(partnership: Partnership) -> tuple[str, ...]:
    """Return what tells a step from the same step at another time, where no deadline does."""
    attempts = sum(one.attempt for one in partnership.tranches)
    counts = (partnership.opened, attempts, len(partnership.resolved), len(partnership.cleared_since))
    return tuple(map(str, counts))


def _of_obligations(partnership: Partnership) -> Iterator[Notice]:
    for owed in obligations(partnership):
        told = [one for one in partnership.told if one.obligation == owed.key]
        yield from _owed(partnership, NoticeKind.WAITS, owed, ())
        if any(one.due is None for one in told):
            yield from _owed(partnership, NoticeKind.REMINDED, owed, ())
        if again := partnership.told_again_on(owed.key):
            yield from _owed(partnership, NoticeKind.OVERDUE, owed, (again.isoformat(),))


def _owed(partnership: Partnership, kind: NoticeKind, owed: Obligation, since: tuple[str, ...]) -> Iterable[Notice]:
    command = f"accord {owed.command.format(id=partnership.partnership_id)}"
    return _told(partnership, kind, owed.key, owed.awaiting, end_of(owed.due), command, since)


def _told(
    partnership: Partnership,
    kind: NoticeKind,
    what: str,
    roles: tuple[Role, ...],
    due: Moment | None,
    command: str,
    since: tuple[str, ...],
) -> Iterator[Notice]:
    known = partnership.partnership_id
    for role in roles:
        notice_id = derive("notice", known, kind.value, what, role.value, *since)
        yield Notice(
            notice_id=notice_id, partnership_id=known, kind=kind, what=what, role=role, due=due, command=command
        )


def _code(command: str, partnership_id: str) -> str:
    """Return a command's words without the partnership and its placeholders: `approve`, or `release --tranche 2`."""
    words = [one for one in command.removeprefix("accord ").split() if one != partnership_id]
    kept = []
    for word, following in zip(words, [*words[1:], ""], strict=True):
        placeholder = word.isupper() or word == "BA-..."
        names_one = word.startswith("--") and (following.isupper() or following == "BA-...")
        kept += [] if placeholder or names_one else [word]
    return " ".join(kept)
