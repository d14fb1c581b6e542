"""The mail that the door queues, to whoever has a link: a link, a code, a second browser, and what was handed in.

Links and codes are made here, while a mail is written, and count from the moment at which it is sent.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any, Final, NamedTuple, cast
from uuid import UUID

from accord.client.reading import LedgerAccess
from accord.post.door.contacts import code_waits_until, contact_with
from accord.post.door.opening import FormOpener, language_of_form
from accord.post.kinds import MailKind
from accord.post.letter import Letter
from accord.post.outbox import Mail, MailState
from accord.post.recipients import MailAddress, NotToSend, writable
from accord.post.settings import MailSettings
from accord.presentation.words import door_mail as words
from accord.presentation.words.mail import ENDINGS, GREETINGS, day_in
from domain.partnership import events as e
from domain.partnership.evolution import fold
from domain.partnership.state import Partnership
from domain.recorded.event import RecordedEvent
from ledger import clock
from records.submissions.forms import MadeSecret, StoredLink, asked_code, new_code, renewed_link, stored_link

_HANDED_IN: Final = "SELECT kind, encode(sha256, 'hex'), at FROM grantee.submissions WHERE number = $1"


class LinkHolder(NamedTuple):
    """The person whom a mail of the door is written to, and the partnership that it is about."""

    link: StoredLink
    name: str
    """Their name in the proposal, or '' for a colleague whom they invited."""
    partnership: Partnership
    history: list[RecordedEvent]

    @property
    def language(self) -> str:
        """The language of the form."""
        return language_of_form(self.link.language)

    @property
    def is_colleague(self) -> bool:
        """True if a grantee invited them, and the house did not."""
        return self.link.may != "SUBMIT"


class DoorPhrases(NamedTuple):
    """The words of a mail: by which name they stand in the table, with which values, and with which secret."""

    words: str
    values: dict[str, Any]
    secret: MadeSecret | None = None
    paragraph: str = ""


class DoorWriter:
    """Writes the mail of the door."""

    def __init__(self, access: LedgerAccess, settings: MailSettings) -> None:
        self._access = access
        self._settings = settings
        self._opener = FormOpener(access.pool, settings)

    async def letter(self, mail: Mail, link_id: UUID) -> Letter:
        """Return a mail to whoever has a link.

        Raises:
            NotToSend: The form is closed or was erased, or the address is none of a contact's any more.
        """
        holder = await self._reader(mail.kind, link_id)
        content = await self._said(mail, link_id, holder)
        language, proposal = holder.language, holder.partnership.proposed
        values = {"id": holder.partnership.partnership_id, "title": proposal.title, "partner": proposal.partner.name}
        values |= {"form": words.FORMS[holder.link.kind.value][language], **content.values}
        template = words.MAILS[content.words][language]
        greeting = GREETINGS[language].format(name=holder.name) if holder.name else words.GREETING[language]
        ending = ENDINGS[language].format(house=self._settings.name)
        parts = (greeting, template.text.format(**values), *filter(None, (content.paragraph,)), ending)
        addressee = writable(MailAddress(holder.link.address, holder.name))
        return Letter(addressee, template.subject.format(**values), "\n\n".join(parts) + "\n", (), content.secret)

    async def _reader(self, kind: MailKind, link_id: UUID) -> LinkHolder:
        link = await self._stored(link_id)
        if link is None:
            raise NotToSend(MailState.LET_GO, "its form was erased")
        if not link.is_open and kind in {MailKind.DOOR_LINK, MailKind.DOOR_CODE}:
            raise NotToSend(MailState.LET_GO, "its form is closed, or its link was revoked")
        history = await self._access.history(link.subject)
        partnership = fold(link.subject, tuple(cast(e.Event, entry.event) for entry in history))
        if partnership.proposal is None:
            raise NotToSend(MailState.LET_GO, "there is no such partnership")
        if link.may != "SUBMIT":
            return LinkHolder(link, "", partnership, history)
        contact = contact_with(partnership.proposed, link.address)
        if contact is None:
            raise NotToSend(MailState.LET_GO, "its address is none of a contact's any more")
        return LinkHolder(link, contact.name, partnership, history)

    async def _stored(self, link_id: UUID) -> StoredLink | None:
        """Return a link. What the door laid down may be anything: it stops no other mail."""
        try:
            async with self._access.pool.acquire() as connection:
                return await stored_link(connection, link_id)
        except ValueError as fault:
            raise NotToSend(MailState.REFUSED, "its address is not what was written at the door") from fault

    async def _said(self, mail: Mail, link_id: UUID, holder: LinkHolder) -> DoorPhrases:
        match mail.kind:
            case MailKind.DOOR_LINK:
                return self._link(link_id, holder)
            case MailKind.DOOR_CODE:
                return await self._code(UUID(mail.facts["code"]), link_id, holder)
            case MailKind.DOOR_HANDED_IN:
                return await self._handed_in(int(mail.facts["submission"]), holder.language)
            case _:
                return DoorPhrases(mail.kind.value, {})

    def _link(self, link_id: UUID, holder: LinkHolder) -> DoorPhrases:
        if not self._settings.door:
            raise NotToSend(MailState.REFUSED, "ACCORD_GRANTEE_ORIGIN is not set where mail is sent")
        secret, closes_at, language = (
            renewed_link(link_id, holder.link.closes_at),
            holder.link.closes_at,
            holder.language,
        )
        if not holder.is_colleague:
            return DoorPhrases("DOOR_LINK", {}, secret, self._opener.paragraph(secret.secret, closes_at, language))
        paragraph = self._opener.paragraph(secret.secret, closes_at, language, words.LINK_OF_COLLEAGUE)
        return DoorPhrases("DOOR_COLLEAGUE", {"may": words.MAY[holder.link.may][language]}, secret, paragraph)

    async def _code(self, code: UUID, link_id: UUID, holder: LinkHolder) -> DoorPhrases:
        """Return a code or, where the address is new on record, the day from which there is one."""
        async with self._access.pool.acquire() as connection:
            code_request = await asked_code(connection, code)
        if (
            code_request is None
            or code_request.link != link_id
            or code_request.used_at is not None
            or code_request.until <= clock.now()
        ):
            raise NotToSend(MailState.LET_GO, "the code is of no use any more: its reader asks for another")
        form = words.FORMS[holder.link.kind.value][holder.language]
        purpose = words.CODE_FOR[code_request.purpose][holder.language].format(form=form)
        until = code_waits_until(holder.history, holder.link.address)
        if until is not None and until > clock.now():
            day = day_in(holder.language, (until + timedelta(days=1)).date())
            return DoorPhrases("DOOR_CODE_WAITS", {"purpose": purpose, "day": day})
        secret = new_code(code, code_request, holder.link.key)
        return DoorPhrases(
            "DOOR_CODE", {"purpose": purpose, "code": secret.secret, "time": f"{code_request.until:%H:%M}"}, secret
        )

    async def _handed_in(self, number: int, language: str) -> DoorPhrases:
        row = await self._access.pool.fetchrow(_HANDED_IN, number)
        if row is None:
            raise NotToSend(MailState.LET_GO, "there is no such submission")
        kind, digest, at = row
        values = {"form": words.FORMS[kind][language], "digest": digest}
        return DoorPhrases("DOOR_HANDED_IN", {**values, "day": day_in(language, at.date()), "time": f"{at:%H:%M}"})
