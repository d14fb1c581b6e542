"""Forms follow their partnerships: what they show is pushed anew, and what is handed in no more is closed."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from datetime import date
from typing import Final, NamedTuple, cast
from uuid import UUID

import structlog
from asyncpg.pool import PoolConnectionProxy

from accord.client.pace.reading import clock_of, digest_of_case
from accord.client.reading import LedgerAccess
from accord.post.door.contacts import contact_with
from accord.post.door.opening import language_of_form, submissions_of
from accord.post.door.plans import is_wanted, plan_with_id
from accord.post.door.showing import HouseNames, shown_of
from accord.post.settings import MailSettings
from accord.presentation.faults import Refused
from accord.presentation.words.pace import clock_in_words
from domain.canonical_json import canonical_json
from domain.partnership import events as e
from domain.partnership.evolution import fold
from domain.partnership.state import Partnership
from domain.recorded.event import RecordedEvent
from domain.submissions.kinds import DoorForm
from ledger import clock
from records.submissions.forms import close_form, push_shown
from records.submissions.sealing import FormSealing, TextDamaged

_READ: Final = """
SELECT f.id, f.kind, f.subject, f.about, f.language, k.key, s.content, f.closed_at IS NOT NULL
  FROM grantee.forms f JOIN grantee.keys k ON k.form = f.id JOIN grantee.shown s ON s.form = f.id
 WHERE f.closes_at > ledger.now()
   AND (f.closed_at IS NULL OR EXISTS (SELECT FROM grantee.links l WHERE l.form = f.id AND l.revoked_at IS NULL)) AND (
       EXISTS (SELECT FROM read_model.documents d
                WHERE d.name = 'timeline' AND d.stream_id = 'partnership/' || f.subject AND d.position > $1)
    OR EXISTS (SELECT FROM grantee.submissions h JOIN grantee.forms o ON o.id = h.form
                WHERE o.subject = f.subject AND h.number > $2))
 ORDER BY f.subject, f.id
"""
"""The forms that a link opens: of those that are closed it is still read where they stand, and a word is said there."""
_HEAD: Final = """
SELECT coalesce((SELECT max(position) FROM projection.checkpoints WHERE name = 'timeline' AND live), 0),
       coalesce((SELECT max(number) FROM grantee.submissions), 0)
"""
_LINKS: Final = "SELECT id, address FROM grantee.links WHERE form = $1 AND may = 'SUBMIT' AND revoked_at IS NULL"
_REVOKE_ALL: Final = """
UPDATE grantee.links SET revoked_at = ledger.now() WHERE form = $1 AND revoked_at IS NULL
"""
"""The end of an invitation: its links open nothing any more, not even to read."""
_REVOKE: Final = """
UPDATE grantee.links SET revoked_at = ledger.now() WHERE (id = $1 OR invited_by = $1) AND revoked_at IS NULL
"""

log: Final = structlog.get_logger("accord.post")


class StoredForm(NamedTuple):
    """A form that a link opens, with what it shows."""

    id: UUID
    kind: str
    subject: str
    about: str
    language: str
    key: bytes
    content: bytes
    closed: bool

    def text(self, place: str, stored_bytes: bytes) -> bytes:
        """Return a text of it, or nothing where the stored bytes are others than were written there."""
        try:
            return FormSealing(self.id, self.key).opened(place, stored_bytes)
        except TextDamaged:
            log.warning("a text of a form was changed", form=str(self.id), place=place)
            return b""


class FormFollower:
    """Follows the read models and what is handed in, for the forms that a link opens."""

    def __init__(self, access: LedgerAccess, settings: MailSettings) -> None:
        self._access = access
        self._house = HouseNames(settings.name, settings.sender)
        self._seen: tuple[date, int, int] = (date.min, 0, 0)
        """The day, the position and the last submission of the last look."""

    async def follow(self, connection: PoolConnectionProxy) -> None:
        """Look at the forms of what moved since the last look or, on a new day, at all of them."""
        position, number = await connection.fetchrow(_HEAD) or (0, 0)
        day, last_position, last_number = self._seen
        if day != clock.today() or position < last_position:
            last_position, last_number = -1, -1
        if (position, number) != (last_position, last_number):
            forms = [StoredForm(*row) for row in await connection.fetch(_READ, last_position, last_number)]
            for subject, own_forms in itertools.groupby(forms, key=lambda form: form.subject):
                await self._follow_subject(connection, subject, list(own_forms))
        self._seen = (clock.today(), position, number)

    async def _follow_subject(self, connection: PoolConnectionProxy, subject: str, forms: Sequence[StoredForm]) -> None:
        try:
            history = await self._access.history(subject)
        except Refused as fault:  # an event of it that nobody can read: people judge it, and an alert tells them
            log.warning("a form shows what it showed before", partnership=subject, reason=fault.kind)
            return
        partnership = fold(subject, tuple(cast(e.Event, entry.event) for entry in history))
        if partnership.proposal is not None:
            for form in forms:
                await self._follow_form(connection, form, partnership, history)

    async def _follow_form(
        self, connection: PoolConnectionProxy, form: StoredForm, partnership: Partnership,
        history: Sequence[RecordedEvent],
    ) -> None:  # fmt: skip
        """Close a form, or push what it shows. Nothing is told while a hold stands."""
        await _revoke_strangers(connection, form, partnership)
        plan = plan_with_id(partnership, form.id, DoorForm(form.kind), form.about)
        if plan.invitation and partnership.invitations[plan.invitation - 1].ended:
            await connection.execute(_REVOKE_ALL, form.id)
        if form.closed:
            return
        submissions = await submissions_of(connection, form.subject, form.id)
        handed_in = frozenset(submission.sha256 for submission in submissions if submission.is_of_form)
        if not is_wanted(plan, partnership, history, handed_in):
            await close_form(connection, form.id)
        elif partnership.hold is None:
            language = language_of_form(form.language)
            content = shown_of(plan, partnership, history, submissions, self._house, language)
            case_clock = await clock_of(self._access, form.subject, clock.now())
            for spoken, state in ((language, content["status"]), *content["spoken"].items()):
                state["clock"] = clock_in_words(case_clock, spoken)
            content["case"] = digest_of_case(form.subject, history)
            if canonical_json(content) != form.text("shown", form.content):
                await push_shown(connection, form.id, form.key, content)


async def _revoke_strangers(connection: PoolConnectionProxy, form: StoredForm, partnership: Partnership) -> None:
    """End the links of addresses that are none of a contact's any more, and of the colleagues whom they invited."""
    for link, address in await connection.fetch(_LINKS, form.id):
        if contact_with(partnership.proposed, form.text("address", address).decode("utf-8", "replace")) is None:
            await connection.execute(_REVOKE, link)
