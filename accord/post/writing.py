"""The writing of mail: while it is sent, from the ledger and the read models as they stand then."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any, cast

from accord.client.reading import LedgerAccess
from accord.post.calendars import DayEntry
from accord.post.digests import StaffWriter
from accord.post.kinds import OWED, MailKind, stage_of
from accord.post.letter import Letter
from accord.post.outbox import Mail, MailState
from accord.post.recipients import STAFF, MailAddress, NotToSend, contact_of, language_of
from accord.post.settings import MailSettings
from accord.presentation.faults import Refused
from accord.presentation.words import mail as words
from accord.presentation.words.values import money_in_words
from domain.identity import derive
from domain.partnership import events as e
from domain.partnership.evolution import fold
from domain.partnership.stages import Stage
from domain.partnership.state import Partnership, TrancheState
from domain.partnership.waiting.obligations import obligations
from domain.payment.tranche import TrancheOutcome
from domain.recorded.event import RecordedEvent
from ledger import clock


class MailWriter:
    """Writes mail."""

    def __init__(self, access: LedgerAccess, settings: MailSettings) -> None:
        self._access = access
        self._settings = settings
        self.staff = StaffWriter(access, settings)

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
            return await self.staff.letter(mail, subject)
        partnership_id, _, number = subject.partition("/")
        history = await self._access.history(partnership_id)
        events = tuple(cast(e.Event, recorded.event) for recorded in history)
        partnership = fold(partnership_id, events)
        if partnership.proposal is None:
            raise NotToSend(MailState.LET_GO, "there is no such partnership")
        if partnership.hold is not None:
            raise NotToSend(MailState.LET_GO, "nothing is sent while a hold stands")
        addressee = contact_of(partnership, int(number))
        language = language_of(partnership, int(number), history) or self._settings.language
        return self._to_grantee(mail, addressee, partnership, history, language)

    def _to_grantee(
        self, mail: Mail, addressee: MailAddress, partnership: Partnership, history: list[RecordedEvent],
        language: str,
    ) -> Letter:  # fmt: skip
        values: dict[str, Any] = {"id": partnership.partnership_id, "title": partnership.proposed.title}
        entries: tuple[DayEntry, ...] = ()
        kind = mail.kind
        if kind in OWED:
            due, thing = _owed(partnership, str(mail.facts["key"]), language)
            kind = _kind_today(mail, due)
            values |= {"day": words.day_in(language, due), "what": thing}
            summary = f"{partnership.partnership_id}: {thing}"
            entries = (self._entry("owed", partnership.partnership_id, mail.facts["key"], due, summary),)
        elif kind is MailKind.AGREEMENT_WAITS:
            if partnership.stage is not Stage.AGREEMENT:
                raise NotToSend(MailState.LET_GO, "the agreement waits no more")
        else:
            values |= _told(mail, partnership, history)
        return self._letter_of(kind, language, addressee, values, entries)

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


def _owed(partnership: Partnership, key: str, language: str) -> tuple[date, str]:
    """Return the day of what a grantee owes, and what it is. Raises NotToSend if it is owed no more."""
    owed = next((obligation for obligation in obligations(partnership) if obligation.key == key), None)
    if owed is None:
        raise NotToSend(MailState.LET_GO, "it is owed no more")
    return owed.due, words.owed_thing(language, owed.kind.value, owed.about)


def _kind_today(mail: Mail, due: date) -> MailKind:
    """Return the kind of mail about an obligation today. Raises NotToSend if another mail tells of it by now."""
    stage = stage_of(due, clock.today())
    if stage is None or (stage[0] is not mail.kind and mail.again_of is None):
        raise NotToSend(MailState.LET_GO, "it waited until another mail tells of it")
    return stage[0]


def _told(mail: Mail, partnership: Partnership, history: list[RecordedEvent]) -> dict[str, Any]:
    """Return the values of the event that a mail tells of. Raises NotToSend if that counts no more."""
    recorded = next((event for event in history if event.position == mail.facts["position"]), None)
    match recorded.event if recorded is not None else None:
        case e.InformationRequested(question=question):
            if partnership.question != question:
                raise NotToSend(MailState.LET_GO, "the question was answered, or another was asked")
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
