"""Finders of things that wait for staff and are no step of a partnership, for the mail of a day."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import Final, NamedTuple

import asyncpg

from accord.client.reading import LedgerAccess
from accord.client.waiting.uncovered import MAY_COVER, UncoveredClaim, uncovered_claims
from domain.directory.directory import GUARDIANS
from domain.directory.tiers import Role
from domain.partnership.waiting.notices import NoticeKind
from domain.payment.bank_file import ExceptionResolved
from domain.payment.stated.covering import days_open, most_days
from domain.payment.stated.entries import FINANCE
from ledger import clock
from payments.answers.booking.open_entries import OpenEntry, open_entries

LATE: Final = (NoticeKind.OVERDUE, NoticeKind.LAPSES)
_CHANGES: Final = "SELECT change_id FROM read_model.pending_changes ORDER BY position"


class Thing(NamedTuple):
    """A thing that waits for somebody."""

    subject: str
    """The partnership, the directory, the fund or the entry."""
    kind: str
    what: str
    due: datetime | None
    command: str
    path: str = ""
    """Its place in the console, if that is not the partnership's."""
    beside: str = ""
    """The name of its act where it is no step of a partnership: CHANGE, COVER or ENTRY."""

    @property
    def day(self) -> date | None:
        """The day by which it is to be done. A day is over at its end, UTC."""
        return (self.due - timedelta(seconds=1)).date() if self.due is not None else None

    @property
    def is_late(self) -> bool:
        """True if its day has passed, or its partnership ends on it."""
        return self.kind in LATE


class ThingsBeside:
    """Finds the things that wait for a person beside the steps of partnerships."""

    def __init__(self, access: LedgerAccess) -> None:
        self._access = access
        self._pool: asyncpg.Pool = access.pool

    async def of(self, staff_id: str, roles: frozenset[Role]) -> tuple[Thing, ...]:
        """Return the things that wait for a person who holds some roles."""
        things: list[Thing] = []
        if not roles.isdisjoint(ExceptionResolved.roles):
            things += await self._open_entries(staff_id)
        if not roles.isdisjoint(MAY_COVER):
            things += [_of_claim(claim) for claim in await uncovered_claims(self._access)]
        if not roles.isdisjoint(GUARDIANS):
            things += [_change(str(row["change_id"])) for row in await self._pool.fetch(_CHANGES)]
        return tuple(things)

    async def _open_entries(self, staff_id: str) -> list[Thing]:
        """Return the open entries that were given to a person, and those of finance that are open for too long."""
        most = most_days((await self._access.directory()).rules)
        async with self._pool.acquire() as connection:
            entries = await open_entries(connection)
        return [_of_entry(entry, most) for entry in entries if _is_told(entry, staff_id, most)]


def _is_told(entry: OpenEntry, staff_id: str, most: int) -> bool:
    is_of_finance = entry.owner == FINANCE.value
    return entry.owner == staff_id or (is_of_finance and days_open(entry.booked_on, clock.today()) > most)


def _of_entry(entry: OpenEntry, most: int) -> Thing:
    due = datetime.combine(entry.booked_on + timedelta(days=most + 1), time(), UTC)
    kind = NoticeKind.OVERDUE if days_open(entry.booked_on, clock.today()) > most else NoticeKind.WAITS
    return Thing(entry.entry, kind, entry.entry, due, "accord payments entries --open", "", "ENTRY")


def _of_claim(claim: UncoveredClaim) -> Thing:
    subject = claim.fund
    return Thing(
        subject,
        NoticeKind.WAITS,
        f"{subject} {claim.partnership_id}",
        None,
        claim.command,
        f"funds/{claim.fund}",
        "COVER",
    )


def _change(change_id: str) -> Thing:
    """Return a change of the directory that waits for another guardian."""
    command = f"accord staff confirm {change_id} --as STAFF"
    return Thing("directory", NoticeKind.WAITS, "", None, command, f"directory/changes/{change_id}", "CHANGE")
