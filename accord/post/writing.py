"""The writing of mail: while it is sent, from the ledger and the read models as they stand then."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any, cast
from uuid import UUID

from accord.client.reading import LedgerAccess
from accord.post.calendars import DayEntry
from accord.post.digests import StaffWriter
from accord.post.door.asking import event_of, language_asked, words_of_asking
from accord.post.door.opening import FormOpener, MadeLink
from accord.post.door.plans import agreement_issued, plan_of
from accord.post.door.told import mail_with_agreement
from accord.post.door.warnings import warning
from accord.post.door.writing import DoorWriter
from accord.post.kinds import OWED, WARNINGS, MailKind, stage_of
from accord.post.letter import Letter
from accord.post.outbox import Mail, MailState, unqueued
from accord.post.recipients import LINK, STAFF, MailAddress, NotToSend, contact_of, language_of
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
from domain.payment.tranche.status import TrancheOutcome
from domain.recorded.event import RecordedEvent
from ledger import clock


class MailWriter:
    """Writes mail."""

    def __init__(self, access: LedgerAccess, settings: MailSettings) -> None:
        self._access = access
        self._settings = settings
        self.staff = StaffWriter(access, settings)
        self._door = DoorWriter(access, settings)
        self._opener = FormOpener(access.pool, settings)

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
        if kind == LINK:
            return await self._door.letter(mail, UUID(subject))
        partnership_id, _, number = subject.partition("/")
        history = await self._access.history(partnership_id)
        events = tuple(cast(e.Event, entry.event) for entry in history)
        partnership = fold(partnership_id, events)
        if partnership.proposal is None:
            raise NotToSend(MailState.LET_GO, "there is no such partnership")
        if mail.kind in WARNINGS:
            return warning(mail, partnership, history, self._settings)
        if partnership.hold is not None:
            raise NotToSend(MailState.LET_GO, "nothing is sent while a hold stands")
        addressee = contact_of(partnership, int(number))
        language = await self._language_of_form(mail, history) or language_of(partnership, int(number), history)
        language = language or self._settings.language
        link = await self._link(mail, partnership, history, addressee, language)
        phrases = words_of_asking(mail, history, language, link is not None)
        return self._to_grantee(mail, addressee, partnership, history, language, phrases, link)

    async def _language_of_form(self, mail: Mail, history: list[RecordedEvent]) -> str | None:
        """Return the language of the form that a mail invites to or sends back to, or None where it is of neither."""
        if isinstance(event := event_of(mail, history), e.SubmissionReturned):
            return await self._opener.language_of_submission(event.submission.sha256)
        return language_asked(mail, history)

    async def _link(
        self, mail: Mail, partnership: Partnership, history: list[RecordedEvent], addressee: MailAddress, language: str
    ) -> MadeLink | None:
        """Return a link to the form that a mail asks for, or None if it asks for none, or mail has no links."""
        if not self._settings.door:
            return None
        if mail.kind is MailKind.AGREEMENT_WAITS and await self._is_told_with_agreement(mail, partnership, history):
            raise NotToSend(MailState.LET_GO, "the mail with the agreement tells of it")
        plan = plan_of(mail, partnership, history)
        if isinstance(event := event_of(mail, history), e.SubmissionReturned):
            plan = await self._opener.plan_of_submission(partnership, event.submission.sha256)
        if plan is None:
            return None
        return await self._opener.link_to(plan, partnership, history, addressee.address, language)

    async def _is_told_with_agreement(self, mail: Mail, partnership: Partnership, history: list[RecordedEvent]) -> bool:
        """True if a mail about the agreement that was issued is in the outbox beside one that it is waited for."""
        letter, number = agreement_issued(partnership), int(mail.recipient.rpartition("/")[2])
        if "position" in mail.facts or letter is None:
            return False
        positions = [
            entry.position for entry in history
            if isinstance(entry.event, e.LetterIssued) and entry.event.pdf_sha256 == letter.pdf_sha256
        ]  # fmt: skip
        mails = [mail_with_agreement(partnership.partnership_id, number, position) for position in positions]
        return len(await unqueued(self._access.pool, mails)) < len(mails)

    def _to_grantee(
        self, mail: Mail, addressee: MailAddress, partnership: Partnership, history: list[RecordedEvent],
        language: str, phrases: tuple[words.MailWords, dict[str, Any]] | None, link: MadeLink | None,
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
        elif phrases is None:
            values |= _told(mail, partnership, history)
        template, further = phrases or (words.TO_GRANTEES[kind.value][language], {})
        return self._letter_of(template, language, addressee, {**values, **further}, entries, link)

    def _letter_of(
        self, phrases: words.MailWords, language: str, addressee: MailAddress, values: Mapping[str, Any],
        entries: tuple[DayEntry, ...], link: MadeLink | None,
    ) -> Letter:  # fmt: skip
        parts = (
            words.GREETINGS[language].format(name=addressee.name), phrases.text.format(**values),
            *((link.paragraph,) if link is not None else ()),
            words.ENDINGS[language].format(house=self._settings.name),
        )  # fmt: skip
        subject, text = phrases.subject.format(**values), "\n\n".join(parts) + "\n"
        secret = link.secret if link is not None else None
        return Letter(addressee, subject[:1].upper() + subject[1:], text, entries, secret)

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
    entry = next((event for event in history if event.position == mail.facts["position"]), None)
    match entry.event if entry is not None else None:
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
        case e.TrancheEnded(tranche=number, outcome=TrancheOutcome.SETTLED) as end:
            _require_first(end, entry, history)
            return _paid(partnership, number, TrancheState.SETTLED)
        case _:
            raise NotToSend(MailState.LET_GO, "what it told of counts for nothing, or is none of the grantee's")


def _require_first(end: e.TrancheEnded, entry: RecordedEvent | None, history: list[RecordedEvent]) -> None:
    """Raise NotToSend if the same payment was told as settled before, by a report on its status."""
    for event in history:
        if event is entry:
            return
        earlier_end = event.event
        if isinstance(earlier_end, e.TrancheEnded) and _payment_of(earlier_end) == _payment_of(end):
            raise NotToSend(MailState.LET_GO, "the same payment was told as settled before")


def _payment_of(end: e.TrancheEnded) -> tuple[int, int, TrancheOutcome]:
    return end.tranche, end.attempt, end.outcome


def _paid(partnership: Partnership, number: int, *states: TrancheState) -> dict[str, Any]:
    progress = partnership.tranche(number)
    if progress is None or progress.state not in states:
        raise NotToSend(MailState.LET_GO, "the payment went another way since")
    return {"number": number, "money": money_in_words(progress.money)}
