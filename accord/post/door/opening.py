"""Open the form of a mail, push what it shows, and make the link that stands in the mail alone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final, NamedTuple
from uuid import UUID

import asyncpg
from asyncpg.pool import PoolConnectionProxy

from accord.post.door.plans import FormPlan, is_wanted, plan_with_id
from accord.post.door.showing import HouseNames, shown_of
from accord.post.door.status import AtDoor
from accord.post.settings import MailSettings
from accord.presentation.words.door_mail import LINK
from accord.presentation.words.mail import LANGUAGES, day_in
from domain.partnership.state import Partnership
from domain.recorded.event import RecordedEvent
from domain.submissions.kinds import DoorForm, SubmissionKind
from ledger import clock
from records.submissions.forms import LINK_LIFE, FormErased, MadeSecret, new_link, open_form

_SUBMISSIONS: Final = """
SELECT s.kind, encode(s.sha256, 'hex'), s.at, s.form = $2 AND s.kind = f.kind
  FROM grantee.submissions s JOIN grantee.forms f ON f.id = s.form WHERE f.subject = $1 ORDER BY s.number
"""
_FORM_OF: Final = """
SELECT f.id, f.kind, f.about FROM grantee.submissions s JOIN grantee.forms f ON f.id = s.form
 WHERE s.sha256 = $1
"""
_LANGUAGE_OF: Final = """
SELECT f.language FROM grantee.submissions s JOIN grantee.forms f ON f.id = s.form WHERE s.sha256 = $1
"""


class MadeLink(NamedTuple):
    """A link in a mail: the paragraph that bears it, and the secret to lay down once the mail leaves."""

    paragraph: str
    secret: MadeSecret


class FormOpener:
    """Opens forms, and makes links to them, while mail is written."""

    def __init__(self, pool: asyncpg.Pool, settings: MailSettings) -> None:
        self._pool = pool
        self._settings = settings

    async def link_to(
        self, plan: FormPlan, partnership: Partnership, history: Sequence[RecordedEvent], address: str, language: str
    ) -> MadeLink | None:
        """Return a link to a form, opened for it, or None if nothing can be handed in by it, or it was erased."""
        form = plan.new_form(partnership.partnership_id, language)
        async with self._pool.acquire() as connection, connection.transaction():
            submissions = await submissions_of(connection, form.subject, form.id)
            handed_in = frozenset(submission.sha256 for submission in submissions if submission.is_of_form)
            if not is_wanted(plan, partnership, history, handed_in):
                return None
            content = shown_of(plan, partnership, history, submissions, self.house, language)
            try:
                key = await open_form(connection, form, content)
            except FormErased:
                return None
        secret = new_link(form, key, address)
        return MadeLink(self.paragraph(secret.secret, form.closes_at, language), secret)

    async def plan_of_submission(self, partnership: Partnership, sha256: str) -> FormPlan | None:
        """Return the form by which something was handed in, or None if nothing was under that digest."""
        row = await self._pool.fetchrow(_FORM_OF, bytes.fromhex(sha256))
        if row is None:
            return None
        return plan_with_id(partnership, row["id"], DoorForm(row["kind"]), row["about"])

    async def language_of_submission(self, sha256: str) -> str | None:
        """Return the language of the form by which something was handed in, or None if nothing was."""
        language = await self._pool.fetchval(_LANGUAGE_OF, bytes.fromhex(sha256))
        return language_of_form(language) if language is not None else None

    @property
    def house(self) -> HouseNames:
        """The names of the house."""
        return HouseNames(self._settings.name, self._settings.sender)

    def paragraph(self, secret: str, closes_at: datetime, language: str, words: Mapping[str, str] = LINK) -> str:
        """Return the paragraph of a mail with a link: its address, the last day of it, and whose it is."""
        until = (min(clock.now() + LINK_LIFE, closes_at) - timedelta(seconds=1)).date()
        url = f"{self._settings.door}/f/{secret}"
        return words[language].format(url=url, until=day_in(language, until))


async def submissions_of(connection: PoolConnectionProxy, subject: str, form: UUID) -> list[AtDoor]:
    """Return all that was handed in for a partnership, the oldest first, as one of its forms sees it."""
    rows = await connection.fetch(_SUBMISSIONS, subject, form)
    return [AtDoor(SubmissionKind(row[0]), *tuple(row)[1:]) for row in rows]


def language_of_form(language: str) -> str:
    """Return the language of a form's words, or English where mail has none of its language."""
    return language if language in LANGUAGES else LANGUAGES[0]
