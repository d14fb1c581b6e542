"""Warnings of a theft: an address was taken out of the contacts, or an account was recorded for a payee who has one.

They go to addresses that stood before, as they stood then, and also while a hold stands: whoever changed
the one may have placed the other.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from accord.post.door.contacts import contacts_at
from accord.post.letter import Letter
from accord.post.outbox import Mail, MailState
from accord.post.recipients import MailAddress, NotToSend, writable
from accord.post.settings import MailSettings
from accord.presentation.words.door_mail import MAILS
from accord.presentation.words.mail import ENDINGS, GREETINGS, day_in
from domain.partnership.state import Partnership
from domain.recorded.event import RecordedEvent


def warning(mail: Mail, partnership: Partnership, history: Sequence[RecordedEvent], settings: MailSettings) -> Letter:
    """Return a warning to a contact as they stood in an earlier version of the proposal.

    Raises:
        NotToSend: They had no address, or were erased.
    """
    number, version = int(mail.recipient.rpartition("/")[2]), int(mail.facts["position"])
    contact = contacts_at(history, version)[1].get(number)
    if contact is None or not contact.email:
        raise NotToSend(MailState.REFUSED, "the proposal had no address of this contact, or the person was erased")
    addressee = writable(MailAddress(contact.email, contact.name))
    language = contact.language.value if contact.language is not None else settings.language
    template, values = MAILS[mail.kind.value][language], _values(mail, partnership, language)
    greeting, ending = GREETINGS[language].format(name=contact.name), ENDINGS[language].format(house=settings.name)
    text = "\n\n".join((greeting, template.text.format(**values), ending)) + "\n"
    return Letter(addressee, template.subject.format(**values), text, ())


def _values(mail: Mail, partnership: Partnership, language: str) -> dict[str, Any]:
    out, proposal = partnership.proposed.funds_out, partnership.proposed
    values = {"id": partnership.partnership_id, "title": proposal.title}
    values["partner"] = out.payee.name if out is not None else proposal.partner.name
    if day := mail.facts.get("day"):
        values["day"] = day_in(language, date.fromisoformat(day))
    return values
