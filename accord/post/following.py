"""The follower: mail follows from the read models, and following them again queues nothing twice.

Staff get what waits for their roles; grantees what they owe, are asked and are told, once an organisation turns that
on. Of what was recorded before, grantees are told nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta
from typing import Final, NamedTuple
from uuid import UUID

import asyncpg
import structlog
from asyncpg.pool import PoolConnectionProxy

from accord.client.reading import LedgerAccess
from accord.post.choices import MailChoice, mail_choices
from accord.post.door.told import BY_EVENT, is_agreement_due, mails_of_event, mails_on_accounts
from accord.post.epochs import EpochOfMail, PutBack
from accord.post.kinds import TOLD_BY_DOOR, TOLD_BY_EVENT, MailKind, stage_of
from accord.post.outbox import MailState, NewMail, doubt_queued, queue, unqueued
from accord.post.recipients import contact_references, staff_reference
from accord.presentation.faults import Refused
from domain.directory.tiers import Role
from domain.identity import derive
from domain.partnership.waiting.notices import NoticeKind
from ledger import clock

MOST_AT_ONCE: Final = 5
"""The most mails on overdue things that a person gets at once, each on one. Of more, one mail tells of all."""
LATEST: Final = timedelta(hours=12)
"""The longest that a digest may be late: after that there is none for the day."""

_REACHED: Final = "SELECT max(position) FROM projection.checkpoints WHERE name = $1 AND live"
_STANDING: Final = """
SELECT notice_id, partnership_id, kind, what, role, due FROM read_model.notices
 WHERE position > $1 AND (kind IN ('OVERDUE', 'LAPSES') OR kind = 'WAITS' AND
       (what ~ '^(REPORT|YEARLY_REPORT|REFUND|CORRECTION) ' OR what ~ '^sign-agreement'))
 ORDER BY partnership_id, notice_id
"""
_EVENTS: Final = """
SELECT d.partnership_id, t.position, t.event
  FROM read_model.documents d,
       jsonb_to_recordset(d.document -> 'entries') AS t(position bigint, event text, counts boolean)
 WHERE d.name = 'timeline' AND d.position > $1 AND d.stream_id !~ '/tranche/'
   AND t.position > $1 AND t.position <= $2 AND t.event = ANY ($3) AND t.counts
 ORDER BY t.position
"""
_FOLLOWED: Final = "SELECT position, epoch FROM post.followed"
_FOLLOW: Final = """
INSERT INTO post.followed (position, epoch) VALUES ($1, $2)
ON CONFLICT (only_one) DO UPDATE SET position = EXCLUDED.position, epoch = EXCLUDED.epoch
 WHERE (post.followed.position, post.followed.epoch) IS DISTINCT FROM (EXCLUDED.position, EXCLUDED.epoch)
"""

_FORGET: Final = "DELETE FROM post.choices WHERE staff_id = ANY ($1)"

log: Final = structlog.get_logger("accord.post")


class StandingNotice(NamedTuple):
    """A notice that stands."""

    notice_id: UUID
    partnership_id: str
    kind: str
    what: str
    role: str
    due: datetime | None


class Follower:
    """Follows the read models, and queues what is to be mailed."""

    def __init__(self, access: LedgerAccess, to_grantees: bool, by_link: bool = False) -> None:
        """Hold what is read. `by_link`: mail to grantees has links to the door."""
        self._access = access
        self._to_grantees, self._by_link = to_grantees, by_link
        self._kinds = {**TOLD_BY_EVENT, **(TOLD_BY_DOOR if by_link else {})}
        self._epoch = EpochOfMail(access)
        self._seen: tuple[date, int] = (date.min, 0)
        """The day and the position of the last look at what stands."""
        self._is_doubted = False
        """True while it looks for the first time after a restore."""

    async def queue_new(self, connection: PoolConnectionProxy) -> None:
        """Queue all mail of this moment that was not queued yet. The first look after a restore queues it in doubt.

        Raises:
            PutBack: The ledger was restored, and does not go on yet.
        """
        epoch, followed = await self._epoch.number(), await connection.fetchrow(_FOLLOWED)
        self._is_doubted = followed is not None and followed["epoch"] not in {None, epoch}
        if self._is_doubted:
            await self._doubt(connection)
        choices = await self._choices(connection)
        await self._queue(connection, _digests(choices, clock.now()))
        await self._queue_standing(connection, choices)
        await self._queue_events(connection, followed["position"] if followed is not None else None, epoch)

    async def _doubt(self, connection: PoolConnectionProxy) -> None:
        """Mark what waits as in doubt, and look at all that stands, once the read models show the whole ledger."""
        head = await self._access.ledger.head()
        if min([await _reached(connection, name) for name in ("partnerships", "timeline")]) < head:
            raise PutBack("the read models do not show the whole ledger yet")
        log.warning("in doubt since the ledger was put back", mails=await doubt_queued(connection))
        self._seen = (date.min, 0)

    async def _queue(self, connection: PoolConnectionProxy, mails: Iterable[NewMail]) -> None:
        await queue(connection, [mail.doubted() if self._is_doubted else mail for mail in mails])

    async def _choices(self, connection: PoolConnectionProxy) -> list[tuple[MailChoice, frozenset[Role]]]:
        """Return everybody's choice with the roles that they hold today, and forget those of whoever left."""
        directory, today = await self._access.directory(), clock.today()
        choices = await mail_choices(connection)
        if leavers := [choice.staff_id for choice in choices if directory.person(choice.staff_id) is None]:
            await connection.execute(_FORGET, leavers)
        return [
            (choice, frozenset(capacity.role for capacity in directory.capacities(choice.staff_id, today)))
            for choice in choices
            if choice.staff_id not in leavers
        ]

    async def _queue_standing(
        self, connection: PoolConnectionProxy, choices: Iterable[tuple[MailChoice, frozenset[Role]]]
    ) -> None:
        """Queue mail on notices that are new since the last look or, on a new day, on all of them."""
        reached, today = await _reached(connection, "partnerships"), clock.today()
        if (today, reached) == self._seen:
            return
        day, position = self._seen
        since = position if day == today and position <= reached else 0
        standing = [StandingNotice(*row) for row in await connection.fetch(_STANDING, since)]
        await self._queue(connection, _bounded(await unqueued(connection, _overdue(standing, choices))))
        if self._to_grantees:
            for kind, partnership_id, facts, parts in _owed(standing, today):
                if kind is not MailKind.AGREEMENT_WAITS or await self._is_agreement_due(partnership_id):
                    await self._queue_to_contacts(connection, kind, partnership_id, facts, parts)
        self._seen = (today, reached)

    async def _is_agreement_due(self, partnership_id: str) -> bool:
        """True if it is time to tell that an agreement is waited for: at once, where it is not accepted by a link."""
        if not self._by_link:
            return True
        try:
            return is_agreement_due(await self._access.history(partnership_id), clock.now())
        except Refused:  # whoever queues it says so
            return True

    async def _queue_events(self, connection: PoolConnectionProxy, followed: int | None, epoch: int) -> None:
        """Queue mail to grantees on events since the last look, and note the position and the epoch, as one."""
        reached = await _reached(connection, "timeline")
        async with connection.transaction():
            if self._to_grantees and followed is not None and followed < reached:
                for partnership_id, position, event in await connection.fetch(
                    _EVENTS, followed, reached, list(self._kinds)
                ):
                    await self._queue_event(connection, self._kinds[event], partnership_id, position)
                await self._queue(connection, await mails_on_accounts(self._access, connection, followed, reached))
            await connection.execute(_FOLLOW, reached, epoch)

    async def _queue_event(
        self, connection: PoolConnectionProxy, kind: MailKind, partnership_id: str, position: int
    ) -> None:
        """Queue the mail on an event: to those of whom it says so, or to every contact."""
        if kind not in BY_EVENT:
            facts: dict[str, object] = {"partnership": partnership_id, "position": position}
            return await self._queue_to_contacts(connection, kind, partnership_id, facts, (str(position),))
        try:
            history = await self._access.history(partnership_id)
        except Refused as fault:  # as for every contact
            log.warning("nobody is written to", partnership=partnership_id, reason=fault.kind)
            return None
        return await self._queue(connection, mails_of_event(kind, partnership_id, history, position))

    async def _queue_to_contacts(
        self, connection: PoolConnectionProxy, kind: MailKind, partnership_id: str, facts: dict[str, object],
        parts: tuple[str, ...],
    ) -> None:  # fmt: skip
        """Queue a mail to each contact of a grantee. `parts`: what makes it another mail than others of its kind."""
        try:
            partnership = await self._access.partnership(partnership_id)
        except Refused as fault:  # an event of it that nobody can read: people judge it, and an alert tells them
            log.warning("nobody is written to", partnership=partnership_id, reason=fault.kind)
            return
        references = contact_references(partnership) if partnership is not None else ()
        mails = [
            NewMail(derive("mail", kind.value, partnership_id, *parts, reference), kind, reference, facts)
            for reference in references
        ]
        await self._queue(connection, mails)


async def _reached(connection: asyncpg.Pool | PoolConnectionProxy, projection: str) -> int:
    return int(await connection.fetchval(_REACHED, projection) or 0)


def _digests(choices: Iterable[tuple[MailChoice, frozenset[Role]]], now: datetime) -> Iterator[NewMail]:
    """Yield the digest of each whose hour has come. What they chose after its hour begins on the next day."""
    for choice, _ in choices:
        due = choice.digest_due(now)
        if choice.digest_hour is not None and choice.changed_at <= due <= now < due + LATEST:
            day = due.date().isoformat()
            identifier = derive("mail", MailKind.DIGEST.value, choice.staff_id, day)
            yield NewMail(identifier, MailKind.DIGEST, staff_reference(choice.staff_id), {"day": day})


def _overdue(
    standing: Iterable[StandingNotice], choices: Iterable[tuple[MailChoice, frozenset[Role]]]
) -> Iterator[NewMail]:
    """Yield a mail on each thing that became overdue since its person chose to be told at once."""
    for notice in standing:
        if notice.kind not in {NoticeKind.OVERDUE, NoticeKind.LAPSES} or notice.due is None:
            continue
        facts = {"partnership": notice.partnership_id, "kind": notice.kind, "what": notice.what}
        for choice, roles in choices:
            if choice.overdue and notice.role in roles and choice.changed_at <= notice.due:
                parts = (choice.staff_id, *facts.values(), notice.due.isoformat())
                identifier = derive("mail", MailKind.OVERDUE.value, *parts)
                yield NewMail(identifier, MailKind.OVERDUE, staff_reference(choice.staff_id), facts)


def _bounded(mails: Iterable[NewMail]) -> Iterator[NewMail]:
    """Yield mails on overdue things. Whoever would get many gets one, and each of mails_of_one is let go."""
    by_recipient: dict[str, list[NewMail]] = {}
    for mail in mails:
        by_recipient.setdefault(mail.recipient, []).append(mail)
    for recipient, mails_of_one in by_recipient.items():
        if len(mails_of_one) <= MOST_AT_ONCE:
            yield from mails_of_one
            continue
        yield from (
            mail._replace(state=MailState.LET_GO, reason="told in one mail with others") for mail in mails_of_one
        )
        identifier = derive("mail", MailKind.OVERDUE.value, recipient, *sorted(str(mail.id) for mail in mails_of_one))
        yield NewMail(identifier, MailKind.OVERDUE, recipient, {"things": len(mails_of_one)})


Owed = tuple[MailKind, str, dict[str, object], tuple[str, ...]]


def _owed(standing: Iterable[StandingNotice], today: date) -> Iterator[Owed]:
    """Yield (kind, partnership, facts, parts of the id) of each mail to grantees on standing notices."""
    seen = set[tuple[str, str]]()
    for notice in standing:
        subject = (notice.partnership_id, notice.what)
        if notice.kind != NoticeKind.WAITS or subject in seen:
            continue
        seen.add(subject)
        if notice.what.startswith("sign-agreement"):
            facts: dict[str, object] = {"partnership": notice.partnership_id}
            yield MailKind.AGREEMENT_WAITS, notice.partnership_id, facts, (str(notice.notice_id),)
        elif (stage := stage_of(date.fromisoformat(notice.what.rpartition(" ")[2]), today)) is not None:
            facts = {"partnership": notice.partnership_id, "key": notice.what}
            yield stage[0], notice.partnership_id, facts, (notice.what, str(stage[1]))
