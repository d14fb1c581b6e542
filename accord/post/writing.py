"""The writing of mail: while it is sent, from the ledger and the read models as they stand then."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any, Final, NamedTuple, cast

import asyncpg

from accord.client.reading import LedgerAccess
from accord.post.calendars import DayEntry
from accord.post.choices import choice_of
from accord.post.kinds import OWED, MailKind
from accord.post.outbox import Mail, MailState
from accord.post.recipients import STAFF, MailAddress, NotToSend, contact_of
from accord.post.settings import MailSettings
from accord.presentation.faults import Refused
from accord.presentation.numbers import count_in_words
from accord.presentation.words import mail as words
from accord.presentation.words.commands import command_in_words
from accord.presentation.words.values import money_in_words
from domain.directory.directory import GUARDIANS
from domain.identity import derive
from domain.partnership import events as e
from domain.partnership.evolution import fold
from domain.partnership.stages import Stage
from domain.partnership.state import Partnership, TrancheState
from domain.partnership.waiting.obligations import obligations
from domain.payment.tranche import TrancheOutcome
from domain.recorded.event import RecordedEvent
from domain.streams import StreamId
from ledger import clock

MOST: Final = 200
"""The most lines of a digest."""
STAFF_LANGUAGE: Final = "en"

_OF_ONE: Final = """
SELECT n.partnership_id, n.kind, n.what, n.due, n.command
  FROM read_model.documents d,
       jsonb_to_recordset(d.document -> 'notices')
       AS n(partnership_id text, kind text, what text, due timestamptz, command text)
 WHERE d.name = 'partnerships' AND d.stream_id = $1 AND n.kind = $2 AND n.what = $3 LIMIT 1
"""
_OF_ROLES: Final = """
SELECT partnership_id, CASE WHEN bool_or(kind IN ('OVERDUE', 'LAPSES')) THEN 'OVERDUE' ELSE 'WAITS' END AS kind, what,
       min(due) AS due, min(command) AS command
  FROM read_model.notices WHERE role = ANY ($1)
 GROUP BY partnership_id, what ORDER BY min(due) NULLS LAST, partnership_id, what LIMIT $2
"""


_CHANGES: Final = "SELECT change_id FROM read_model.pending_changes ORDER BY position"


class Letter(NamedTuple):
    """A mail as it is written."""

    to: MailAddress
    subject: str
    text: str
    entries: tuple[DayEntry, ...]
    """What of it has a day."""


class _Notice(NamedTuple):
    subject: str
    """The partnership, or the directory."""
    kind: str
    what: str
    due: Any
    command: str
    path: str = ""
    """Its place in the console, if that is not the partnership's."""


class MailWriter:
    """Writes mail."""

    def __init__(self, access: LedgerAccess, settings: MailSettings) -> None:
        self._access = access
        self._pool: asyncpg.Pool = access.pool
        self._settings = settings

    async def letter(self, mail: Mail) -> Letter:
        """Return a mail as it is to be sent now.

        Raises:
            NotToSend: Nobody has an address for it, or what it told of is over.
        """
        try:
            return await self._letter(mail)
        except Refused as fault:
            raise NotToSend(MailState.REFUSED, f"what it tells of cannot be read ({fault.kind})") from fault

    async def _letter(self, mail: Mail) -> Letter:
        kind, _, subject = mail.recipient.partition("/")
        if kind == STAFF:
            addressee = await self._member(subject)
            return await (
                self._digest(subject, addressee) if mail.kind is MailKind.DIGEST else self._late(mail, addressee)
            )
        partnership_id, _, number = subject.partition("/")
        history = await self._access.history(partnership_id)
        events = tuple(cast(e.Event, recorded.event) for recorded in history)
        partnership = fold(partnership_id, events)
        if partnership.proposal is None:
            raise NotToSend(MailState.LET_GO, "there is no such partnership")
        if partnership.hold is not None:
            raise NotToSend(MailState.LET_GO, "nothing is sent while a hold stands")
        addressee = contact_of(partnership, int(number))
        return self._to_grantee(mail, addressee, partnership, history)

    # To staff.

    async def _member(self, staff_id: str) -> MailAddress:
        choice, member = await choice_of(self._pool, staff_id), (await self._access.directory()).person(staff_id)
        if member is None:
            raise NotToSend(MailState.LET_GO, "they have left")
        if choice is None:
            raise NotToSend(MailState.LET_GO, "they chose not to be written to")
        return MailAddress(choice.address, member.name)

    async def _digest(self, staff_id: str, addressee: MailAddress) -> Letter:
        letter = await self.digest(staff_id, addressee)
        if not letter.entries and not letter.text:
            raise NotToSend(MailState.LET_GO, "nothing waits for them")
        return letter

    async def digest(self, staff_id: str, addressee: MailAddress) -> Letter:
        """Return the digest of a member of staff as it would be now. Without text, nothing waits for them."""
        capacities = (await self._access.directory()).capacities(staff_id, clock.today())
        roles = sorted({capacity.role.value for capacity in capacities})
        notices = [_Notice(*row) for row in await self._pool.fetch(_OF_ROLES, roles, MOST)]
        if not GUARDIANS.isdisjoint(roles):
            notices += [_change(str(row["change_id"])) for row in await self._pool.fetch(_CHANGES)]
        subject = words.DIGEST.subject.format(count=count_in_words(len(notices), "thing"))
        return self._to_staff(addressee, subject, words.DIGEST.text if notices else "", notices)

    async def _late(self, mail: Mail, addressee: MailAddress) -> Letter:
        stream = StreamId.partnership(mail.facts["partnership"])
        row = await self._pool.fetchrow(_OF_ONE, stream, mail.facts["kind"], mail.facts["what"])
        if row is None:
            raise NotToSend(MailState.LET_GO, "it is overdue no more")
        notice = _Notice(*row)
        subject = words.OVERDUE.subject.format(command=_act(notice), id=notice.subject)
        return self._to_staff(addressee, subject, words.OVERDUE.text, [notice])

    def _to_staff(self, addressee: MailAddress, subject: str, opening: str, notices: list[_Notice]) -> Letter:
        if not notices:
            return Letter(addressee, subject, "", ())
        lines = "\n".join(self._line(notice) for notice in notices)
        greeting = words.GREETINGS[STAFF_LANGUAGE].format(name=addressee.name)
        text = f"{greeting}\n\n{opening}\n\n{lines}\n\n{words.STAFF_ENDING}\n"
        entries = tuple(self._entry_of(notice) for notice in notices if notice.due is not None)
        return Letter(addressee, subject, text, entries)

    def _entry_of(self, notice: _Notice) -> DayEntry:
        summary = f"{_act(notice)} in {notice.subject}"
        return self._entry("notice", notice.subject, notice.what, notice.due.date(), summary)

    def _line(self, notice: _Notice) -> str:
        day = f" by {words.day_in(STAFF_LANGUAGE, notice.due.date())}" if notice.due is not None else ""
        late = " (overdue)" if notice.kind in {"OVERDUE", "LAPSES"} else ""
        console = self._settings.console
        place = f"{console}/{notice.path or notice.subject}" if console else notice.command
        return f"- {notice.subject}: {_act(notice)}{day}{late}\n  {place}"

    # To grantees.

    def _to_grantee(
        self, mail: Mail, addressee: MailAddress, partnership: Partnership, history: list[RecordedEvent]
    ) -> Letter:
        language = self._settings.language
        values: dict[str, Any] = {"id": partnership.partnership_id, "title": partnership.proposed.title}
        entries: tuple[DayEntry, ...] = ()
        if mail.kind in OWED:
            due, thing = _owed(partnership, str(mail.facts["key"]), language)
            values |= {"day": words.day_in(language, due), "what": thing}
            summary = f"{partnership.partnership_id}: {thing}"
            entries = (self._entry("owed", partnership.partnership_id, mail.facts["key"], due, summary),)
        elif mail.kind is MailKind.AGREEMENT_WAITS:
            if partnership.stage is not Stage.AGREEMENT:
                raise NotToSend(MailState.LET_GO, "the agreement waits no more")
        else:
            values |= _told(mail, partnership, history)
        return self._letter_of(mail.kind, language, addressee, values, entries)

    def _letter_of(
        self, kind: MailKind, language: str, addressee: MailAddress, values: Mapping[str, Any],
        entries: tuple[DayEntry, ...],
    ) -> Letter:  # fmt: skip
        said = words.TO_GRANTEES[kind.value][language]
        parts = (
            words.GREETINGS[language].format(name=addressee.name), said.text.format(**values),
            words.ENDINGS[language].format(house=self._settings.name),
        )  # fmt: skip
        subject = said.subject.format(**values)
        return Letter(addressee, subject[:1].upper() + subject[1:], "\n\n".join(parts) + "\n", entries)

    def _entry(self, kind: str, partnership_id: str, subject: object, day: date, summary: str) -> DayEntry:
        return DayEntry(f"{derive('calendar', kind, partnership_id, subject)}@{self._settings.domain}", day, summary)


def _change(change_id: str) -> _Notice:
    """Return a change of the directory that waits for another guardian."""
    command = f"accord staff confirm {change_id} --as STAFF"
    return _Notice("directory", "WAITS", "confirm a change", None, command, f"directory/changes/{change_id}")


def _act(notice: _Notice) -> str:
    return notice.what if notice.path else command_in_words(notice.command) or notice.what


def _owed(partnership: Partnership, key: str, language: str) -> tuple[date, str]:
    """Return the day of what a grantee owes, and what it is. Raises NotToSend if it is owed no more."""
    owed = next((obligation for obligation in obligations(partnership) if obligation.key == key), None)
    if owed is None:
        raise NotToSend(MailState.LET_GO, "it is owed no more")
    return owed.due, words.owed_thing(language, owed.kind.value, owed.about)


def _told(mail: Mail, partnership: Partnership, history: list[RecordedEvent]) -> dict[str, Any]:
    """Return the values of the event that a mail tells of. Raises NotToSend if that counts no more."""
    recorded = next((event for event in history if event.position == mail.facts["position"]), None)
    match recorded.event if recorded is not None else None:
        case e.InformationRequested():
            return {}
        case e.ReportAccepted(report=report):
            return {"number": report}
        case e.ReportReturned(report=report, reason=reason):
            return {"number": report, "words": reason}
        case e.TrancheHandedOver(tranche=number):
            return _paid(partnership, number, TrancheState.HANDED_OVER, TrancheState.SETTLED)
        case e.TrancheEnded(tranche=number, outcome=TrancheOutcome.SETTLED):
            return _paid(partnership, number, TrancheState.SETTLED)
        case _:
            raise NotToSend(MailState.LET_GO, "what it told of counts for nothing, or is none of the grantee's")


def _paid(partnership: Partnership, number: int, *states: TrancheState) -> dict[str, Any]:
    progress = partnership.tranche(number)
    if progress is None or progress.state not in states:
        raise NotToSend(MailState.LET_GO, "the payment went another way since")
    return {"number": number, "money": money_in_words(progress.money)}
